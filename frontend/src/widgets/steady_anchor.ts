/**
 * Where the track is on the graph's clock, from readings that each err a little: both clocks step by whole buffers.
 * The median of the last readings holds still, so that clicks are even; a jump begins anew.
 */
const KEPT = 31
const JUMP_SECONDS = 0.06

export class SteadyAnchor {
  private offsets: number[] = []
  private rate = 1

  reset(): void {
    this.offsets = []
  }

  /** The track is known to have stepped by so much. */
  shift(seconds: number): void {
    this.offsets = this.offsets.map((offset) => offset + seconds)
  }

  /** `at` on the graph's clock the track was read to be at `seconds`. -> the second it is really at, and whether it has jumped */
  take(at: number, seconds: number, rate: number): { seconds: number; hasJumped: boolean } {
    const offset = seconds - at * rate
    const isNew = rate !== this.rate || this.offsets.length === 0
    const hasJumped = !isNew && Math.abs(offset - middle(this.offsets)) > JUMP_SECONDS * Math.max(1, rate)
    if (isNew || hasJumped) this.offsets = []
    this.rate = rate
    this.offsets = [...this.offsets.slice(-KEPT + 1), offset]
    return { seconds: middle(this.offsets) + at * rate, hasJumped: hasJumped || isNew }
  }
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[sorted.length >> 1]!
}
