/** Cues from the analysis: where the beats, onsets, sections and peaks of a curve are, before anybody accepts them. */
import type { Beats } from '../../widgets/beats'
import { levelBetween, type Curve, type Stretch } from '../../widgets/draw_curve'
import type { Cue } from '../../wire/types'

export interface Moment {
  seconds: number
  end_seconds: number | null
  /** What it is called when nobody names it; sections have letters. */
  label: string
  /** How strong it is on its curve, 0…1; null where there is no threshold. */
  level: number | null
}

const moment = (seconds: number, level: number | null = null): Moment => ({ seconds, end_seconds: null, label: '', level })

/** Every n-th, the first included. */
export function everyNth(times: readonly number[], n: number): Moment[] {
  return times.filter((_, index) => index % Math.max(1, n) === 0).map((seconds) => moment(seconds))
}

/** How far around an onset its curve is looked at, seconds: the curve's peak may come a little later. */
const [BEFORE_ONSET, AFTER_ONSET] = [0.02, 0.05]

export function onsetMoments({ onsets }: Pick<Beats, 'onsets'>, curve: Curve | null): Moment[] {
  return onsets.map((seconds) => moment(seconds, curve ? levelBetween(curve, seconds - BEFORE_ONSET, seconds + AFTER_ONSET) : 1))
}

export function sectionMoments(stretches: readonly Stretch[]): Moment[] {
  return stretches.map(({ from, to, label }) => ({ seconds: from, end_seconds: to, label, level: null }))
}

/** The tops of a curve: values that no neighbour exceeds; of a plateau its middle. Ascending. */
export function peakMoments({ values, columns, scale, secondsPerValue, start }: Curve): Moment[] {
  if (columns !== 1) return []
  const found: Moment[] = []
  for (let index = 0; index < values.length;) {
    let end = index
    while (end + 1 < values.length && values[end + 1] === values[index]) end++
    const isAbove = (values[index - 1] ?? -1) < values[index]! && (values[end + 1] ?? -1) < values[index]!
    if (isAbove && values[index]! > 0) found.push(moment(start + ((index + end) / 2) * secondsPerValue, values[index]! * scale))
    index = end + 1
  }
  return found
}

/** At least so strong; where two are closer than `apartSeconds`, the stronger one. Ascending. */
export function strongEnough(moments: readonly Moment[], threshold: number, apartSeconds: number): Moment[] {
  const strong = moments.filter(({ level }) => (level ?? 1) >= threshold)
  if (apartSeconds <= 0) return strong
  const order = strong.map((_, index) => index).sort((one, other) => (strong[other]!.level ?? 1) - (strong[one]!.level ?? 1) || one - other)
  const dropped = new Uint8Array(strong.length)
  const kept = new Uint8Array(strong.length)
  for (const index of order) {
    if (dropped[index]) continue
    kept[index] = 1
    const near = (other: number): boolean => other in strong && Math.abs(strong[other]!.seconds - strong[index]!.seconds) < apartSeconds - 1e-9
    for (let other = index + 1; near(other); other++) dropped[other] = 1
    for (let other = index - 1; near(other); other--) dropped[other] = 1
  }
  return strong.filter((_, index) => kept[index])
}

export function inside(moments: readonly Moment[], range: { from: number; to: number } | null): Moment[] {
  return range ? moments.filter(({ seconds }) => seconds >= range.from && seconds < range.to) : [...moments]
}

/** Closer to a cue than this a moment has one already, seconds. */
const SAME = 0.001

/** Those at which no cue stands yet. Both ascending. */
export function unmarked(moments: readonly Moment[], cues: readonly Pick<Cue, 'seconds'>[]): Moment[] {
  let at = 0
  return moments.filter(({ seconds }) => {
    while (at < cues.length && cues[at]!.seconds < seconds - SAME) at++
    return at >= cues.length || cues[at]!.seconds > seconds + SAME
  })
}
