/** Coarser levels of a curve: the largest value of any stretch, however long, from a few numbers. */
import type { Curve } from './draw_curve'
import type { NumberArray } from './packed'

const BITS = 4
/** Stretches of fewer rows than this are read as they are. */
const FEW_ROWS = 64

const known = new WeakMap<NumberArray, NumberArray[]>()

/** The largest value × scale of a column in rows `first` … `end` − 1. Blocks of a long stretch may reach a quarter of it beyond. */
export function mostBetween(curve: Curve, first: number, end: number, column: number): number {
  const rows = curve.values.length / curve.columns
  let [from, to] = [Math.max(0, first), Math.min(rows, end)]
  let level = 0
  while (to - from > FEW_ROWS) {
    from >>= BITS
    to = ((to - 1) >> BITS) + 1
    level += 1
  }
  const values = level === 0 ? curve.values : levelsOf(curve)[level - 1]!
  let most = 0
  for (let row = from; row < to; row++) {
    const value = values[row * curve.columns + column]!
    if (value > most) most = value
  }
  return most * curve.scale
}

function levelsOf({ values, columns }: Curve): NumberArray[] {
  const found = known.get(values)
  if (found) return found
  const levels: NumberArray[] = []
  let finer = values
  while (finer.length / columns > FEW_ROWS) levels.push((finer = coarser(finer, columns)))
  known.set(values, levels)
  return levels
}

function coarser(values: NumberArray, columns: number): NumberArray {
  const rows = values.length / columns
  const made = new (values.constructor as new (length: number) => NumberArray)((((rows - 1) >> BITS) + 1) * columns)
  for (let row = 0; row < rows; row++) {
    const at = (row >> BITS) * columns
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column]!
      if (value > made[at + column]!) made[at + column] = value
    }
  }
  return made
}
