/** Strip: the found frames of a projection in the order of the film, and which of them is looked at. */
import type { Batch } from './wire'

/** One batch more. Where it lies over older ones (found again after a break), it takes their place. */
export function withBatch(batches: readonly Batch[], made: Batch): Batch[] {
  const kept = batches.filter((one) => one.id !== made.id && (one.end <= made.first || one.first >= made.end))
  return [...kept, made].sort((a, b) => a.first - b.first)
}

/** What was seen before still is: who looked at the newest looks at the newest, who looked at another one stays there. */
export function placeAfter(before: readonly Batch[], at: number, after: readonly Batch[]): number {
  const last = Math.max(0, after.length - 1)
  if (before.length === 0 || at >= before.length - 1) return last
  const seen = before[at]!.end - 1
  const found = after.findIndex((one) => one.first <= seen && seen < one.end)
  return found < 0 ? Math.min(at, last) : found
}

/** The batch that holds a frame, or the nearest before it; 0 where there is none. */
export function batchOf(batches: readonly Pick<Batch, 'first' | 'end'>[], frame: number): number {
  const after = batches.findIndex((one) => one.end > frame)
  return after < 0 ? Math.max(0, batches.length - 1) : after
}

const steps: Record<string, (at: number, last: number) => number> = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  PageUp: (at) => at + 10,
  PageDown: (at) => at - 10,
  Home: () => 0,
  End: (_, last) => last,
}

/** Where a key leads; null = the key is none of the strip's. */
export function steppedBy(at: number, key: string, many: number): number | null {
  const step = steps[key]
  const last = Math.max(0, many - 1)
  return step ? Math.min(last, Math.max(0, step(at, last))) : null
}

/** Mean of the losses that were said; null where none was. */
export function meanLoss(batch: Pick<Batch, 'losses'>): number | null {
  const said = batch.losses.filter((one): one is number => one !== null)
  return said.length > 0 ? said.reduce((sum, one) => sum + one, 0) / said.length : null
}

/** The first step by which `share` of the whole gain was reached; null where the curve does not say. */
export function stepAt(convergence: Readonly<Record<string, readonly number[]>>, share: number): number | null {
  const row = convergence.share?.findIndex((one) => one >= share) ?? -1
  return row < 0 ? null : (convergence.step?.[row] ?? null)
}
