/**
 * Tapped tempo: from the moments of taps to beats per minute, and to where the beats lie.
 *
 * The median of the intervals says how many beats lie between two taps; then a straight line through beat number and time
 * (least squares) is fitted again and again without the taps that lie far off it.
 */

export interface TapFit {
  bpm: number
  /** Beats per minute that the truth may differ: two standard errors of the slope. */
  margin: number
  /** When one of the beats is, in the taps' own seconds; the line at the middle tap. */
  beat: number
  /** Taps that the line is drawn through, and those that were left out. */
  used: number
  left: number
}

export const FEWEST_TAPS = 4
const ROUNDS = 5
/** Further off than so many typical distances (or seconds at the least) a tap does not count. */
const FAR = 3
const NEAR_SECONDS = 0.03
/** The median of distances times this is the standard deviation of a bell curve. */
const SPREAD_OF_MEDIAN = 1.4826

/** Seconds of taps, ascending. Null while they are too few or say nothing. */
export function fitTaps(taps: readonly number[]): TapFit | null {
  const clean = withoutDoubles(taps)
  if (clean.length < FEWEST_TAPS) return null
  const typical = median(intervalsOf(clean))
  const numbers = numbersOf(clean, typical)
  let kept = clean.map((_, index) => index)
  let line = lineThrough(numbers, clean, kept)
  for (let round = 0; round < ROUNDS; round++) {
    const away = clean.map((seconds, index) => Math.abs(seconds - line.at(numbers[index]!)))
    const limit = Math.max(NEAR_SECONDS, FAR * SPREAD_OF_MEDIAN * median(kept.map((index) => away[index]!)))
    const next = clean.map((_, index) => index).filter((index) => away[index]! <= limit)
    if (next.length < FEWEST_TAPS || next.join() === kept.join()) break
    kept = next
    line = lineThrough(numbers, clean, kept)
  }
  if (!(line.slope > 0)) return null
  const bpm = 60 / line.slope
  const middle = numbers[kept[kept.length >> 1]!]!
  return { bpm, margin: (2 * line.slopeError * bpm) / line.slope, beat: line.at(middle), used: kept.length, left: taps.length - kept.length }
}

/** "120.03 bpm from 12 taps, ±0.2". */
export function fitWords({ bpm, margin, used, left }: TapFit): string {
  const digits = margin >= 0.95 ? 0 : margin >= 0.095 ? 1 : 2
  const told = `${bpm.toFixed(2)} bpm from ${used} taps, ±${Math.max(margin, 10 ** -digits).toFixed(digits)}`
  return left ? `${told} (${left === 1 ? 'one' : left} left out)` : told
}

/** A finger that bounces taps twice within a moment: the second is none. */
function withoutDoubles(taps: readonly number[]): number[] {
  if (taps.length < 3) return [...taps]
  const typical = median(intervalsOf(taps))
  const result: number[] = []
  for (const seconds of taps) if (!result.length || seconds - result.at(-1)! > 0.4 * typical) result.push(seconds)
  return result
}

/** Which beat each tap is: a pause of about two beats is two. Counted on from the tap before, so that errors do not add up. */
function numbersOf(taps: readonly number[], typical: number): number[] {
  let number = 0
  return taps.map((seconds, index) => {
    if (index) number += Math.max(1, Math.round((seconds - taps[index - 1]!) / typical))
    return number
  })
}

interface Line {
  slope: number
  slopeError: number
  at(x: number): number
}

function lineThrough(xs: readonly number[], ys: readonly number[], kept: readonly number[]): Line {
  const mean = (values: readonly number[]): number => kept.reduce((sum, index) => sum + values[index]!, 0) / kept.length
  const [mx, my] = [mean(xs), mean(ys)]
  const sum = (of: (index: number) => number): number => kept.reduce((total, index) => total + of(index), 0)
  const spread = sum((index) => (xs[index]! - mx) ** 2)
  const slope = sum((index) => (xs[index]! - mx) * (ys[index]! - my)) / spread
  const rest = sum((index) => (ys[index]! - my - slope * (xs[index]! - mx)) ** 2)
  return { slope, slopeError: Math.sqrt(rest / Math.max(1, kept.length - 2) / spread), at: (x) => my + slope * (x - mx) }
}

const intervalsOf = (times: readonly number[]): number[] => times.slice(1).map((seconds, index) => seconds - times[index]!)

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
