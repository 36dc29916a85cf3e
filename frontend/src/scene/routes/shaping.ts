/** Shaping: smoothed, followed, quantised, bent, turned over; in the order that the render service keeps. */
import type { RouteSpec } from '../../wire/types'

type Shape = Pick<RouteSpec, 'smoothing_seconds' | 'attack_seconds' | 'release_seconds' | 'quantise' | 'bend' | 'invert'>

export function shaped(levels: Float32Array, shape: Shape, rate: number): Float32Array {
  const soft = smoothed(levels, shape.smoothing_seconds * rate)
  return followed(soft, shape.attack_seconds * rate, shape.release_seconds * rate).map((level) => finished(level, shape))
}

/** What needs no memory. 0…1 -> 0…1 */
export function finished(level: number, { quantise, bend, invert }: Pick<Shape, 'quantise' | 'bend' | 'invert'>): number {
  let done = level
  if (quantise > 1) done = Math.round(done * (quantise - 1)) / (quantise - 1)
  else if (quantise === 1) done = 0
  if (bend) done = done ** (4 ** bend)
  return invert ? 1 - done : done
}

/** Chases the levels with these time constants in points; 0 is at once. */
export function followed(levels: Float32Array, rise: number, fall: number): Float32Array {
  if (rise === 0 && fall === 0) return levels
  const [up, down] = [rise, fall].map((points) => (points > 0 ? 1 - Math.exp(-1 / points) : 1)) as [number, number]
  let level = levels[0] ?? 0
  return levels.map((target) => (level += (target - level) * (target > level ? up : down)))
}

/** Gaussian of width `sigma` in points; at the ends the curve goes on as it was there. */
export function smoothed(levels: Float32Array, sigma: number): Float32Array {
  if (sigma <= 0 || levels.length < 2) return levels
  // Three running means come so near to a Gaussian that no eye sees the difference, at any width.
  const reach = Math.round((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2)
  return [1, 2, 3].reduce((soft) => meanOf(soft, reach), levels)
}

function meanOf(levels: Float32Array, reach: number): Float32Array {
  if (reach === 0) return levels
  const read = (index: number): number => levels[Math.min(levels.length - 1, Math.max(0, index))]!
  let sum = 0
  for (let index = -reach; index <= reach; index++) sum += read(index)
  return levels.map((_, index) => {
    const mean = sum / (2 * reach + 1)
    sum += read(index + reach + 1) - read(index - reach)
    return mean
  })
}
