/** Words and numbers of the capture page: what a status means to a person. Pure functions. */
import { count, duration, fileSize, plural, when } from '../lib/format'
import type { DeviceStatus, SpoolCounts } from './messages'

/** "1,920 × 1,080" is hard to type: width and height of "2000 x 2000", "2000×2000" or "2000"; null when it is no size. */
export function readSize(text: string): [number, number] | null {
  const found = /^\s*(\d{1,5})\s*(?:[x×*, ]\s*(\d{1,5}))?\s*$/i.exec(text)
  if (!found) return null
  const width = Number(found[1])
  return [width, found[2] === undefined ? width : Number(found[2])]
}

export function sizeText([width, height]: readonly [number, number]): string {
  return `${width} × ${height}`
}

/** "21.4 GB, about 14,900 shots". A disk at its floor says so. */
export function spaceWords(status: Pick<DeviceStatus, 'free_bytes' | 'floor_bytes' | 'shots_left'>): string {
  if (status.free_bytes <= status.floor_bytes) return 'Full: no more shots'
  const shots = status.shots_left === null ? '' : `, about ${plural(roughly(status.shots_left), 'shot')}`
  return `${fileSize(status.free_bytes)}${shots}`
}

/** Three digits are enough for a guess: 14,873 → 14,900. */
export function roughly(value: number): number {
  const step = value >= 1000 ? 10 ** (Math.floor(Math.log10(value)) - 2) : 1
  return Math.floor(value / step) * step
}

export function spoolWords(spool: SpoolCounts): string {
  const waiting = waitingOn(spool)
  const parts = [waiting > 0 ? `${count(waiting)} waiting` : 'empty', spool.blocked > 0 ? `${count(spool.blocked)} blocked` : '']
  return parts.filter(Boolean).join(', ')
}

export function waitingOn(spool: SpoolCounts): number {
  return spool.waiting + spool.sending
}

const WEAK_BITS = 4_000_000
/** A line that has carried nothing for so long, with shots waiting, is down. */
const SILENT_MS = 60_000

/** "2.1 Mbit/s, weak": how the device's uploads find the line. */
export function networkWords(status: Pick<DeviceStatus, 'network' | 'spool' | 'at'>): string {
  const { bits_per_second: bits, last_ok_at: lastOk } = status.network
  const silentMs = lastOk === null ? Infinity : new Date(status.at).getTime() - new Date(lastOk).getTime()
  if (waitingOn(status.spool) > 0 && lastOk !== null && silentMs > SILENT_MS) return 'Nothing gets through'
  if (bits === 0) return 'Not measured yet'
  return bits < WEAK_BITS ? `Weak, ${bitRate(bits)}` : bitRate(bits)
}

export function bitRate(bits: number): string {
  if (bits < 1_000_000) return `${Math.round(bits / 1000)} kbit/s`
  const mega = bits / 1_000_000
  return `${mega < 10 ? mega.toFixed(1) : Math.round(mega)} Mbit/s`
}

/** "1 s ago", "12 min ago", then as elsewhere. */
export function heardWords(iso: string, now: Date = new Date()): string {
  const seconds = Math.max(0, Math.round((now.getTime() - new Date(iso).getTime()) / 1000))
  return seconds < 60 ? `${seconds} s ago` : when(iso, now)
}

/** A device that is off: since when, and what is known to wait on it. */
export function awayWords(device: { state: string; last_seen_at: string | null; status: Partial<DeviceStatus> }, now: Date = new Date()): string {
  if (device.state === 'new' || device.last_seen_at === null) return 'Paired; has not connected yet.'
  const seen = when(device.last_seen_at, now)
  const since = seen === 'now' ? 'Off since a moment ago.' : seen.endsWith(' ago') ? `Off for ${seen.slice(0, -4)}.` : `Off since ${seen}.`
  const waiting = device.status.spool ? waitingOn(device.status.spool) : null
  return waiting === null ? since : `${since} ${plural(waiting, 'shot')} waiting on it.`
}

export interface OnItsWay {
  arrived: number
  total: number
  share: number
  sentence: string
}

/**
 * How many of the session's shots the studio has, and when the rest is here. `arrived` counts portraits of this session;
 * null where the studio knows no such session yet.
 */
export function onItsWay(status: DeviceStatus, arrived: number | null, isOnline = true): OnItsWay | null {
  const waiting = waitingOn(status.spool)
  const blocked = status.spool.blocked
  if (waiting === 0 && blocked === 0 && arrived === null) return null
  const got = arrived ?? 0
  // The spool may hold shots of earlier sessions as well: what waits is never left out of the whole.
  const total = Math.max(status.session_id === null ? 0 : status.taken, got + waiting + blocked)
  return { arrived: got, total, share: total > 0 ? got / total : 1, sentence: waySentence(status, waiting, blocked, isOnline) }
}

function waySentence(status: DeviceStatus, waiting: number, blocked: number, isOnline: boolean): string {
  const parts: string[] = []
  if (waiting === 0 && blocked === 0) parts.push('Every shot is here.')
  if (waiting > 0) {
    const { bits_per_second: bits } = status.network
    const seconds = bits > 0 ? (status.spool.bytes * 8) / bits : null
    parts.push(`${plural(waiting, 'shot')} ${waiting === 1 ? 'waits' : 'wait'} on the device.`)
    if (!isOnline) parts.push('Nothing is sent until it is back.')
    else if (seconds !== null) parts.push(`At this speed they are here in ${duration(seconds >= 600 ? Math.round(seconds / 60) * 60 : seconds)}.`)
    parts.push('It keeps each one until the studio has confirmed it.')
  }
  if (blocked > 0) parts.push(`${plural(blocked, 'shot')} ${blocked === 1 ? 'was' : 'were'} refused and ${blocked === 1 ? 'stays' : 'stay'} on the device; “phosphene-capture sets” there says why.`)
  return parts.join(' ')
}

const months = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' })

/** The device names a setting as its protocol does ("shutter_us: use a whole number…"); people know it by its title. */
export function settingSentence(sentence: string, title: string): string {
  return sentence.replace(/^(settings\.)?[a-z_]+: /, `${title}: `)
}

/** What a sitting is called unless somebody names it: "20 November, evening". */
export function sittingName(at: Date): string {
  const hour = at.getHours()
  const part = hour < 5 ? 'night' : hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening'
  return `${months.format(at)}, ${part}`
}

/** ISO as photographers say it: gain 2.01 is ISO 201. */
export function isoOf(analogue: number | null, digital: number | null): number | null {
  return analogue === null ? null : Math.round(analogue * (digital ?? 1) * 100)
}

/** "2.1 shots/s", and for slow ones "1 shot every 12 s". */
export function rateWords(rate: number): string {
  if (rate <= 0) return ''
  return rate >= 0.5 ? `${rate.toFixed(1)} shots/s` : `1 shot every ${duration(1 / rate)}`
}
