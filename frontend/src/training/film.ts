/** Film: the grids of a run as pictures of one film. Where one is in it is a number: 2.4 is 40 % of the way from the third to the fourth. */
import type { Sample } from './wire'

/** Snapshots per second while it plays, and how long the whole takes at least and at most. */
const [PER_SECOND, SHORTEST, LONGEST] = [2.5, 2, 30]

/** Seconds that `many` pictures take. */
export function filmSeconds(many: number): number {
  return Math.min(LONGEST, Math.max(SHORTEST, (many - 1) / PER_SECOND))
}

/** Where it has got after so many seconds; null = it is over. */
export function playedTo(from: number, seconds: number, many: number): number | null {
  const last = Math.max(0, many - 1)
  const at = from + (seconds * last) / filmSeconds(many)
  return at >= last ? null : at
}

/** The two pictures at a place and how much of the second is seen. */
export function blendAt(place: number, many: number): { under: number; over: number; share: number } {
  const at = Math.min(Math.max(0, place), Math.max(0, many - 1))
  const under = Math.floor(at)
  const over = Math.min(under + 1, Math.max(0, many - 1))
  return { under, over, share: over === under ? 0 : at - under }
}

/** The picture that a place counts as. */
export function pictureAt(place: number, many: number): number {
  return Math.min(Math.max(0, Math.round(place)), Math.max(0, many - 1))
}

const steps: Record<string, (at: number, last: number) => number> = {
  ArrowLeft: (at) => at - 1,
  ArrowDown: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  ArrowUp: (at) => at + 1,
  PageUp: (at) => at + 10,
  PageDown: (at) => at - 10,
  Home: () => 0,
  End: (_, last) => last,
}

/** Where a key leads; null = the key is none of the film's. */
export function steppedBy(place: number, key: string, many: number): number | null {
  const step = steps[key]
  const last = Math.max(0, many - 1)
  return step ? Math.min(last, Math.max(0, step(pictureAt(place, many), last))) : null
}

/** The sample whose kimg is nearest; -1 where there is none. */
export function nearestSample(samples: readonly Pick<Sample, 'kimg'>[], kimg: number): number {
  let best = -1
  for (const [at, one] of samples.entries()) if (best < 0 || Math.abs(one.kimg - kimg) < Math.abs(samples[best]!.kimg - kimg)) best = at
  return best
}

/** What was seen before still is: who looked at the newest looks at the newest, who looked at another one stays there. */
export function placeAfter(before: readonly Pick<Sample, 'kimg'>[], place: number, after: readonly Pick<Sample, 'kimg'>[]): number {
  if (before.length === 0 || place >= before.length - 1) return Math.max(0, after.length - 1)
  const seen = before[pictureAt(place, before.length)]
  return seen ? Math.max(0, nearestSample(after, seen.kimg)) : 0
}
