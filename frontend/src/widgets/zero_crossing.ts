/** Zeros of a wave: where a cut makes no click. */

/** One sample of the sum of all channels, any unit; null where it is not there (yet). */
export type ReadSample = (frame: number) => number | null

/**
 * The frame nearest to `frame` (which may lie between two) at which the wave changes its sign or is nothing, as a fraction
 * between two samples; null where none is within reach or a sample on the way is missing.
 */
export function nearestZero(read: ReadSample, frame: number, reach: number): number | null {
  const middle = Math.floor(frame)
  for (let away = 0; away <= reach + 1; away++) {
    const here = [zeroBetween(read, middle + away), zeroBetween(read, middle - away)].filter((zero): zero is number => zero !== null)
    if (here.length === 0) continue
    // The next pair further out may hold a zero that is nearer than this one by a part of a sample.
    const near = [...here, zeroBetween(read, middle - away - 1), zeroBetween(read, middle + away + 1)].filter((zero): zero is number => zero !== null)
    const best = near.reduce((one, other) => (Math.abs(other - frame) < Math.abs(one - frame) ? other : one))
    return Math.abs(best - frame) <= reach ? best : null
  }
  return null
}

/** The zero on the line from a sample to the next, the first included. */
function zeroBetween(read: ReadSample, frame: number): number | null {
  const [now, next] = [read(frame), read(frame + 1)]
  if (now === null) return null
  if (now === 0) return frame
  if (next === null || next === 0 || now > 0 === next > 0) return null
  return frame + now / (now - next)
}
