/** Grips: a histogram's two ends under the hand. An end at the edge is open: values beyond the histogram count too. */
import type { Range } from './filter'
import type { Histogram } from './wire'

type Ends = Pick<Histogram, 'from' | 'to'>

/** Where the two grips stand, 0 to 1. */
export function sharesOf([from, to]: Range, ends: Ends): [number, number] {
  const share = (value: number): number => clamp((value - ends.from) / (ends.to - ends.from || 1))
  return [from === null ? 0 : share(from), to === null ? 1 : share(to)]
}

/** The value at a share of the width, on the score's own steps. */
export function valueAt(share: number, ends: Ends, step: number): number {
  const value = ends.from + clamp(share) * (ends.to - ends.from)
  return Number((Math.round(value / step) * step).toFixed(6))
}

/** The range after one grip went to `value`; grips do not pass each other, an edge is open. */
export function moved(range: Range, grip: 0 | 1, value: number, ends: Ends): Range {
  const [from, to] = [range[0] ?? ends.from, range[1] ?? ends.to]
  const next: [number, number] = grip === 0 ? [Math.min(value, to), to] : [from, Math.max(value, from)]
  return opened(next, ends)
}

export function opened([from, to]: [number | null, number | null], ends: Ends): Range {
  return [from === null || from <= ends.from ? null : from, to === null || to >= ends.to ? null : to]
}

/** The grip nearest to a share; right of both, or where they stand on each other, the one that can go there. */
export function nearestGrip(share: number, [left, right]: [number, number]): 0 | 1 {
  if (left === right) return share < left ? 0 : 1
  return Math.abs(share - left) <= Math.abs(share - right) ? 0 : 1
}

/** How many of the bins lie in the range: whole bins, and the share of those that a grip cuts. */
export function countWithin(bins: readonly number[], range: Range, ends: Ends): number {
  const [left, right] = sharesOf(range, ends)
  const width = 1 / bins.length
  let sum = 0
  bins.forEach((count, at) => {
    const covered = Math.min(right, (at + 1) * width) - Math.max(left, at * width)
    sum += count * clamp(covered / width)
  })
  return Math.round(sum)
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share))
}

/** "−12", "0.4" or "42,5" as a number; empty is open; undefined is none. */
export function readNumber(text: string): number | null | undefined {
  const said = text.trim().replace('−', '-').replace(',', '.')
  if (said === '') return null
  const value = Number(said)
  return Number.isFinite(value) ? value : undefined
}
