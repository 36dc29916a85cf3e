/** Sessions in words: what a sitting is called, when it was, what came of it. */
import { count } from '../lib/format'
import type { IndexSection, Session } from './wire'
import { dayOf } from './words'

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const ARRIVING_MS = 90_000

/** Its own name, else its day: "18 November". */
export function sessionTitle(session: Pick<Session, 'name' | 'started_at'>): string {
  return session.name || dayOf(session.started_at)
}

const sources: Record<Session['source'], string> = { device: 'Camera', upload: 'Added by hand', archive: 'From a zip' }

/** "Tripod Pi, arriving now". */
export function sessionSource(session: Pick<Session, 'device_name' | 'source' | 'ended_at' | 'name' | 'started_at'>, lastArrival: number | null, now: number): string {
  const from = session.device_name || sources[session.source]
  const isArriving = session.ended_at === null && lastArrival !== null && now - lastArrival < ARRIVING_MS
  const day = session.name ? `${dayOf(session.started_at)}, ` : ''
  return isArriving ? `${from}, arriving now` : `${day}${from}`
}

/** Sessions that alternate stand in one section: "Uploads of 21 November and winter_set", "ines and 3 other sessions". */
export function sectionTitle(sessions: readonly (Pick<Session, 'name' | 'started_at'> | undefined)[]): string {
  const names = sessions.map((one) => (one ? sessionTitle(one) : 'One session'))
  if (names.length <= 2) return names.join(' and ')
  return `${names[0]!} and ${names.length - 1} other sessions`
}

const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

/** Times within a day, else the days. */
function spanOf(from: Date, to: Date): string {
  const [say, other] = from.toDateString() === to.toDateString() ? [time.format(from), time.format(to)] : [shortDay.format(from), shortDay.format(to)]
  return say === other ? say : `${say} – ${other}`
}

/** "19:42 – 20:31 · 1,204 of 2,880 match". */
export function sectionFacts(section: IndexSection, inSession: number | undefined, withDay = false): string {
  if (section.first_at === null || section.last_at === null) return count(section.count)
  const [from, to] = [new Date(section.first_at), new Date(section.last_at)].sort((a, b) => a.getTime() - b.getTime())
  const isOneDay = from!.toDateString() === to!.toDateString()
  const times = `${withDay && isOneDay ? `${dayOf(section.first_at)}, ` : ''}${spanOf(from!, to!)}`
  const isAll = inSession === undefined || inSession <= section.count
  return isAll ? `${times} · ${count(section.count)}` : `${times} · ${count(section.count)} of ${count(inSession)} match`
}
