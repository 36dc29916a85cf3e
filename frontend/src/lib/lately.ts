/** Lately: events as sentences: who did what, newest first, without what machines did by themselves. */
import type { StudioEvent } from '../wire/types'

export interface Deed {
  number: number
  actor: string
  text: string
  at: string
}

const nouns: Record<string, string> = {
  track: 'the track', cue: 'the cue', grid: 'the beat grid', scene: 'the scene', render: 'the render', network: 'the network',
  snapshot: 'the snapshot', member: '', invitation: 'an invitation', project: 'the project', job: '',
}

const verbs: Record<string, string> = {
  added: 'added', made: 'made', created: 'made', changed: 'changed', removed: 'put in the bin', deleted: 'put in the bin', binned: 'put in the bin', restored: 'brought back',
  renamed: 'renamed', duplicated: 'copied', started: 'started', queued: 'started', cancelled: 'stopped', retried: 'took up again', analysed: 'analysed', imported: 'brought in',
  joined: 'joined', left: 'left', revoked: 'took back', invited: 'made',
}

/** "added the track “Undertow”", or null for what is not worth a line. */
export function sentenceOfEvent(event: StudioEvent): string | null {
  const [noun = '', past = ''] = event.kind.split('.')
  if (past === 'progress' || noun === 'job') return null
  const payload = event.payload as { name?: string; label?: string; title?: string; track_name?: string; is_binned?: boolean; person?: string }
  const verb = payload.is_binned ? verbs.removed : verbs[past]
  if (!verb) return null
  if (noun === 'member') return past === 'joined' || past === 'added' ? 'joined the project' : `${verb} a member`
  const name = payload.name ?? payload.label ?? payload.title
  const thing = nouns[noun] ?? noun
  const put = verb === verbs.removed
  const text = put ? `put ${thing}${name ? ` “${name}”` : ''} in the bin` : `${verb} ${thing}${name ? ` “${name}”` : ''}`
  return payload.track_name ? `${text} in ${payload.track_name}` : text
}

/** The newest `most` deeds; a run of the same deed by the same person is one. */
export function lately(events: readonly StudioEvent[], most: number): Deed[] {
  const deeds: Deed[] = []
  for (const event of [...events].sort((a, b) => b.number - a.number)) {
    if (event.actor === null) continue
    const text = sentenceOfEvent(event)
    if (text === null) continue
    if (deeds.some((one) => one.text === text && one.actor === event.actor)) continue
    deeds.push({ number: event.number, actor: event.actor, text, at: event.at })
    if (deeds.length === most) break
  }
  return deeds
}
