/** Lately: events as sentences: who did what, newest first, without what machines did by themselves. */
import type { StudioEvent } from '../wire/types'

export interface Deed {
  number: number
  actor: string
  subject: string
  text: string
  at: string
}

const nouns: Record<string, string> = {
  track: 'the track', track_version: 'the version', cue: 'the cue', grid: 'the beat grid', scene: 'the scene', render: 'the render', network: 'the network',
  snapshot: 'the snapshot', member: '', invitation: 'an invitation', project: 'the project', job: '', device: 'the camera', pin: 'the pin', path: 'the path', training: 'the training',
  projection: 'the projection',
}

/** Steps of work that has a sentence of its own. */
const quiet = new Set(['job', 'import', 'sheet', 'export', 'directions', 'harvest'])

const verbs: Record<string, string> = {
  added: 'added', made: 'made', created: 'made', changed: 'changed', removed: 'put in the bin', deleted: 'put in the bin', binned: 'put in the bin', restored: 'brought back',
  renamed: 'renamed', duplicated: 'copied', started: 'started', queued: 'started', cancelled: 'stopped', retried: 'took up again', analysed: 'analysed', imported: 'brought in',
  joined: 'joined', left: 'left', stopped: 'stopped', revoked: 'took back', invited: 'made',
}

function memberSentence(event: StudioEvent, past: string): string {
  const { user, role } = event.payload as { user?: { id: string; name?: string }; role?: string }
  const isSelf = user !== undefined && user.id === event.actor
  if (past === 'removed') return isSelf ? 'left the project' : 'removed a member'
  return isSelf ? 'joined the project' : `made ${user?.name || 'a member'} ${role === 'viewer' ? 'a viewer' : `an ${role ?? 'editor'}`}`
}

function commentSentence(event: StudioEvent, past: string): string | null {
  const { text, parent_id: parent, resolved_at: resolved } = event.payload as { text?: string; parent_id?: string | null; resolved_at?: string | null }
  const words = `“${text && text.length > 60 ? `${text.slice(0, 59)}…` : (text ?? '')}”`
  if (past === 'added') return `${parent ? 'answered' : 'said'} ${words}`
  return past === 'changed' && resolved ? `resolved ${words}` : null
}

/** "added the track “Undertow”", or null for what is not worth a line. */
export function sentenceOfEvent(event: StudioEvent): string | null {
  const [noun = '', past = ''] = event.kind.split('.')
  if (past === 'progress' || quiet.has(noun)) return null
  if (event.kind === 'track.edited') return `changed beats and cues of “${String(event.payload.track_name)}”`
  if (noun === 'comment') return commentSentence(event, past)
  if (noun === 'share') return event.payload.state === 'revoked' ? 'took back a link for guests' : 'made a link for guests'
  const payload = event.payload as { name?: string; label?: string; title?: string; track_name?: string; is_binned?: boolean; person?: string }
  const verb = payload.is_binned ? verbs.removed : verbs[past]
  if (!verb) return null
  if (noun === 'member') return memberSentence(event, past)
  const name = payload.name ?? payload.label ?? payload.title
  const thing = nouns[noun] ?? noun
  const put = verb === verbs.removed
  const text = put ? `put ${thing}${name ? ` “${name}”` : ''} in the bin` : `${verb} ${thing}${name ? ` “${name}”` : ''}`
  return payload.track_name ? `${text} in ${payload.track_name}` : text
}

const SOON = 10 * 60_000

function isSoon(before: string, after: string): boolean {
  return new Date(after).getTime() - new Date(before).getTime() < SOON
}

/** The newest `most` deeds; what one person did to one thing again and again is one. */
export function lately(events: readonly StudioEvent[], most: number): Deed[] {
  const deeds: Deed[] = []
  for (const event of [...events].sort((a, b) => b.number - a.number)) {
    if (event.actor === null) continue
    const text = sentenceOfEvent(event)
    if (text === null) continue
    const known = deeds.find((one) => one.actor === event.actor && (one.text === text || (one.subject === event.subject && text.startsWith('changed'))))
    if (known) continue
    // What was added and changed at once was added.
    const begun = deeds.find((one) => one.subject === event.subject && one.actor === event.actor && one.text.startsWith('changed') && isSoon(event.at, one.at))
    if (begun) begun.text = text
    else deeds.push({ number: event.number, actor: event.actor, subject: event.subject, text, at: event.at })
    if (deeds.length === most) break
  }
  return deeds
}
