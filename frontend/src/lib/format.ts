/** Format: numbers as people read them. English words, tabular numerals, thin units. */

const counts = new Intl.NumberFormat('en-US')

/** 6412 → "6,412". */
export function count(value: number): string {
  return counts.format(value)
}

/** "1 scene", "3 scenes". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** A place in a track: 61.98 → "1:01.98"; `digits` after the point; hours only when there are some. */
export function clock(seconds: number, digits = 2): string {
  if (!Number.isFinite(seconds)) return '–:––'
  const unit = 10 ** digits
  const ticks = Math.round(Math.abs(seconds) * unit)
  const whole = Math.floor(ticks / unit)
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const tail = digits > 0 ? `.${String(ticks % unit).padStart(digits, '0')}` : ''
  const head = hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}` : String(minutes)
  return `${seconds < 0 && ticks > 0 ? '−' : ''}${head}:${String(rest).padStart(2, '0')}${tail}`
}

/** For screen readers: 61.98 → "1 minute 1.98 seconds". */
export function spokenClock(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  const rest = Number((seconds - minutes * 60).toFixed(2))
  const tail = `${rest} ${rest === 1 ? 'second' : 'seconds'}`
  return minutes > 0 ? `${plural(minutes, 'minute')} ${tail}` : tail
}

/** How long something takes: 165 → "2 min 45 s", 5 → "5 s", 33_000 → "9 h 10 min". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`
  const minutes = Math.round(whole / 60)
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** "2 min 45 s left"; long waits are told in whole minutes. */
export function timeLeft(seconds: number): string {
  return `${duration(seconds >= 600 ? Math.round(seconds / 60) * 60 : seconds)} left`
}

const sizes = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/** 88_000_000 → "88 MB", 1_100_000_000 → "1.1 GB". Decimal units, as disks count. */
export function fileSize(bytes: number): string {
  let [value, unit] = [bytes, 0]
  while (value >= 999.5 && unit < sizes.length - 1) {
    value /= 1000
    unit += 1
  }
  const text = unit > 0 && value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value))
  return unit === 0 ? plural(bytes, 'byte') : `${text} ${sizes[unit]}`
}

/** "41 of 88 MB", or "900 kB of 2.1 MB" where the units differ. */
export function sentOf(sent: number, total: number): string {
  const [left, right] = [fileSize(sent), fileSize(total)]
  const unit = right.split(' ')[1]
  return left.endsWith(` ${unit}`) ? `${left.split(' ')[0]} of ${right}` : `${left} of ${right}`
}

/** 0.482 → "48 %". Never 100 before the end. */
export function percent(share: number): string {
  return `${share >= 1 ? 100 : Math.min(99, Math.max(0, Math.floor(share * 100)))} %`
}

/** A picture's size: "1024²" when square, else "1280 × 720". */
export function pictureSize(width: number, height: number): string {
  return width === height ? `${width}²` : `${width} × ${height}`
}

/** Frames per second from "30" or "30000/1001": "30", "29.97". */
export function frameRate(fps: string): string {
  const value = framesPerSecond(fps)
  return Number.isInteger(value) ? String(value) : value.toFixed(2)
}

export function framesPerSecond(fps: string): number {
  const [over, under = '1'] = fps.split('/')
  return Number(over) / Number(under)
}

/** First and last four characters: "9c41…e07a". */
export function shortHash(hash: string): string {
  return hash.length <= 9 ? hash : `${hash.slice(0, 4)}…${hash.slice(-4)}`
}

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' })
const fullDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })

/** The time of day: "14:52". */
export function timeOfDay(iso: string): string {
  return time.format(new Date(iso))
}

/** When something happened, as near as needed: "now", "12 min ago", "14:02", "yesterday", "Monday", "12 October". */
export function when(iso: string, now: Date = new Date()): string {
  const then = new Date(iso)
  const seconds = (now.getTime() - then.getTime()) / 1000
  if (seconds < 45) return 'now'
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`
  const days = Math.round((midnight(now) - midnight(then)) / 86_400_000)
  if (days === 0) return seconds < 6 * 3600 ? `${Math.round(seconds / 3600)} h ago` : time.format(then)
  if (days === 1) return 'yesterday'
  if (days < 7) return weekday.format(then)
  return then.getFullYear() === now.getFullYear() ? day.format(then) : fullDay.format(then)
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

const ordinals = ['First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth', 'Seventh', 'Eighth', 'Ninth', 'Tenth']

/** 3 → "Third in the queue". */
export function queuePlace(place: number): string {
  return place >= 1 && place <= ordinals.length ? `${ordinals[place - 1]} in the queue` : `Number ${count(place)} in the queue`
}

/** "noise-blend" → "Noise blend". */
export function sentenceCase(name: string): string {
  const words = name.replaceAll(/[-_]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
