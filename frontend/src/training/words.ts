/** Words: where a run stands, how long it takes and what its figures are, as a person says them. */
import { count, duration, timeLeft } from '../lib/format'
import type { Estimate, Run, RunState } from './wire'

/** Three figures that count: 0.2134 → "0.213", 12.5 → "12.5", 1834 → "1,834". */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  const sign = value < 0 ? '−' : ''
  if (size >= 1000) return sign + count(Math.round(size))
  if (size >= 0.001 || size === 0) return sign + size.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
  if (size >= 0.00001) return sign + String(Number(size.toPrecision(2)))
  return sign + size.toExponential(1).replace(/e-(\d+)/, (_, power: string) => ` × 10${superscript(-Number(power))}`)
}

function superscript(power: number): string {
  return String(power).replaceAll(/./g, (one) => (one === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(one)] ?? one))
}

/** The same on an axis, as short as can be: 0.5 → "0.5", 0 → "0". */
export function axisWords(value: number): string {
  const size = Math.abs(value)
  return `${value < 0 ? '−' : ''}${size >= 10_000 ? size.toLocaleString('en-US') : size > 0 && size < 0.00001 ? figure(size) : String(Number(size.toPrecision(3)))}`
}

/** 0.512 → "0.5", 12 → "12", 5210.4 → "5,210": kimg as heads and axes show them. */
export function kimgWords(kimg: number): string {
  if (kimg >= 100) return count(Math.round(kimg))
  return String(Number(kimg.toFixed(kimg >= 10 ? 1 : 2)))
}

export const stateWords: Record<RunState, string> = {
  waiting: 'Waiting',
  starting: 'Starting',
  training: 'Training',
  yielding: 'Giving way to a preview',
  paused: 'Paused',
  stopped: 'Stopped',
  done: 'Done',
  failed: 'Failed',
}

/** Work goes on, or waits to. */
export function isGoing(run: Pick<Run, 'state'>): boolean {
  return ['waiting', 'starting', 'training', 'yielding'].includes(run.state)
}

export function moodOf(run: Pick<Run, 'state'>): 'ok' | 'busy' | 'warn' | 'danger' | 'off' {
  const moods = { waiting: 'off', starting: 'busy', training: 'busy', yielding: 'warn', paused: 'off', stopped: 'off', done: 'ok', failed: 'danger' } as const
  return moods[run.state]
}

export function shareOf(run: Pick<Run, 'kimg' | 'total_kimg'>): number {
  return run.total_kimg > 0 ? Math.min(1, run.kimg / run.total_kimg) : 0
}

/** "Pausing" as long as the run has not heard of it. */
export function standingWords(run: Pick<Run, 'state' | 'wanted' | 'phase'>): string {
  if (isGoing(run) && run.wanted === 'pause') return 'Pausing, after this step'
  if (isGoing(run) && run.wanted === 'stop') return 'Stopping, after this step'
  // Finer than the state: at each snapshot it saves and measures for a while.
  if (run.state === 'training' && run.phase === 'measuring') return 'Measuring its snapshot'
  if (run.state === 'training' && run.phase === 'saving') return 'Saving'
  return stateWords[run.state]
}

/** "kimg 5,210 of 6,400". */
export function progressWords(run: Pick<Run, 'kimg' | 'total_kimg'>): string {
  return `kimg ${kimgWords(run.kimg)} of ${kimgWords(run.total_kimg)}`
}

/** "2 h 10 min left", or that it is still being measured; null where nothing is under way. */
export function leftWords(run: Pick<Run, 'state' | 'left_seconds' | 'kimg'>): string | null {
  if (!isGoing(run)) return null
  if (run.left_seconds !== null) return timeLeft(run.left_seconds)
  return run.state === 'waiting' ? null : 'Measuring speed'
}

/** "41.8 pictures/s". */
export function rateWords(picturesPerSecond: number | null): string {
  return picturesPerSecond === null || picturesPerSecond <= 0 ? '' : `${figure(picturesPerSecond)} pictures/s`
}

/** How many a run makes, the one at its beginning with them. 0.6 kimg hold six times 0.1, whatever binary fractions say. */
export function snapshotsOf(kimg: number, every: number): number {
  return Math.floor(kimg / every + 1e-6) + 1
}

const days = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' })
const hours = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** When something that takes so long is through: "today at 16:20", "Tuesday 3 March". */
export function endsAt(seconds: number, now: Date = new Date()): string {
  const end = new Date(now.getTime() + seconds * 1000)
  const apart = Math.round((midnight(end) - midnight(now)) / 86_400_000)
  if (apart === 0) return `today at ${hours.format(end)}`
  if (apart === 1) return `tomorrow at ${hours.format(end)}`
  const year = end.getFullYear() === now.getFullYear() ? '' : ` ${end.getFullYear()}`
  return `${days.format(end)}${year}`
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

/** Long times in days: 6_220_800 → "72 days". */
export function longTime(seconds: number): string {
  if (seconds < 48 * 3600) return duration(seconds)
  const whole = Math.floor(seconds / 86_400)
  const rest = Math.round((seconds - whole * 86_400) / 3600)
  return whole >= 10 || rest === 0 ? `${count(Math.round(seconds / 86_400))} days` : `${whole} days ${rest} h`
}

/** What a trial measured: "31 s for each thousand pictures: 3 h 27 min in all, through today at 22:10." */
export function estimateWords(estimate: Pick<Estimate, 'seconds' | 'measured'>, now: Date = new Date()): string | null {
  const { seconds, measured } = estimate
  if (seconds === null) return null
  const each = measured ? `${measured.seconds_per_kimg < 10 ? `${figure(measured.seconds_per_kimg)} s` : duration(measured.seconds_per_kimg)} for each thousand pictures: ` : ''
  return `${each}${longTime(seconds)} in all. Begun now, it ends ${endsAt(seconds, now)}.`
}

/** Where a time comes from that no try of these settings told: another run, or arithmetic. */
export function basisWords({ basis, device, run_name: run }: Pick<Estimate, 'basis' | 'device' | 'run_name'>): string | null {
  if (basis === 'run') return `As “${run}” trained with such settings on ${device}.`
  if (basis !== 'scaled') return null
  return `Rough: scaled by the amount of arithmetic from ${run ? `“${run}”` : 'other settings that were tried'} on ${device}. Measure for a better one.`
}

/** "About 3 to 6 hours"; both ends in the unit of the longer one. */
export function rangeWords(low: number, high: number): string {
  const [unit, name] = units.find(([seconds]) => high >= 1.5 * seconds) ?? units.at(-1)!
  const [from, to] = [low, high].map((seconds) => {
    const value = seconds / unit
    return value < 10 ? Math.max(0.1, Math.round(value * (value < 1 ? 10 : 1)) / (value < 1 ? 10 : 1)) : Number(value.toPrecision(2))
  })
  return from === to ? `About ${count(to!)} ${name}` : `About ${from! < 1 ? from : count(from!)} to ${count(to!)} ${name}`
}

const units: readonly (readonly [number, string])[] = [[86_400, 'days'], [3600, 'hours'], [60, 'minutes'], [1, 'seconds']]

interface MetricName {
  title: string
  /** Which way is better; null = neither. */
  better: 'less' | 'more' | null
  about: string
}

const metricNames: Record<string, MetricName> = {
  fid: { title: 'FID', better: 'less', about: 'Distance of the pictures to the portraits, on the features of the operator’s network.' },
  kid: { title: 'KID', better: 'less', about: 'The same distance by another measure, steadier for few pictures.' },
  precision: { title: 'Precision', better: 'more', about: 'Share of the pictures that lie among the portraits.' },
  recall: { title: 'Recall', better: 'more', about: 'Share of the portraits that lie among the pictures.' },
  patch_distance: { title: 'Patch distance', better: 'less', about: 'How far patches at every scale lie from those of the portraits. Needs no features.' },
  sharpness: { title: 'Sharpness', better: null, about: 'Fine detail against that of the portraits: 1 is as sharp as they are.' },
  diversity: { title: 'Diversity', better: null, about: 'How much the pictures differ among each other, against the portraits: 1 is as varied as they are.' },
  path_length: { title: 'Path length', better: 'less', about: 'How much a picture changes on a small step between two vectors.' },
}

export function metricName(name: string): MetricName {
  return metricNames[name] ?? { title: name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' '), better: null, about: '' }
}
