/** Curves: which figures of a run are drawn together, and how the reports become columns for a plot. */
import { figure } from './words'
import type { TickColumns } from './wire'

export interface Line {
  column: string
  title: string
  /** A data hue of the tokens. */
  hue: string
  /** Shown as this many times its value. */
  times?: number
}

export interface PlotSpec {
  id: string
  title: string
  /** Unit word after the values; '' where they have none. */
  unit: string
  lines: readonly Line[]
  /** Ends of the axis where they are known. */
  range?: readonly [number, number]
  /** A value that is aimed at, drawn as a thin line. */
  aim?: number
}

const MB = 1e-9

export const plots: readonly PlotSpec[] = [
  { id: 'loss', title: 'Losses', unit: '', lines: [{ column: 'loss_g', title: 'Generator', hue: 'blue' }, { column: 'loss_d', title: 'Discriminator', hue: 'orange' }] },
  { id: 'sign', title: 'Signs of the scores', unit: '', range: [-1, 1], lines: [{ column: 'sign_real', title: 'Real', hue: 'green' }, { column: 'sign_fake', title: 'Made', hue: 'pink' }] },
  { id: 'p', title: 'Strength of augmentation', unit: '', lines: [{ column: 'p', title: 'p', hue: 'violet' }] },
  { id: 'speed', title: 'Pictures per second', unit: '', lines: [{ column: 'pictures_per_second', title: 'Pictures/s', hue: 'green' }] },
  { id: 'memory', title: 'Memory', unit: 'GB', lines: [{ column: 'memory_bytes', title: 'Process', hue: 'yellow', times: MB }, { column: 'device_bytes', title: 'Device', hue: 'red', times: MB }] },
  { id: 'terms', title: 'Penalties', unit: '', lines: [{ column: 'r1', title: 'R1', hue: 'blue' }, { column: 'path', title: 'Path length', hue: 'violet' }] },
]

/** Along what the curves are drawn. */
export type Along = 'kimg' | 'clock'

export const along: Record<Along, { title: string; column: string; times: number }> = {
  kimg: { title: 'kimg', column: 'kimg', times: 1 },
  clock: { title: 'hours', column: 'seconds', times: 1 / 3600 },
}

type Column = (number | null)[]

/** x, then one column for each line; what was never said is left out of the lines. */
interface PlotData {
  x: number[]
  lines: { line: Line; values: Column }[]
}

export function dataOf(columns: TickColumns, spec: PlotSpec, by: Along): PlotData {
  const { column, times } = along[by]
  const x = (columns[column] ?? []).map((value) => (value ?? 0) * times)
  const lines = spec.lines.flatMap((line) => {
    const values = columns[line.column]
    if (!values || values.every((one) => one === null || (line.column === 'device_bytes' && one === 0))) return []
    return [{ line, values: values.map((one) => (one === null ? null : one * (line.times ?? 1))) }]
  })
  return { x, lines }
}

/** One report more. What the run has done again since it was interrupted takes the place of what it said before. */
export function withTick(columns: TickColumns, tick: { kimg: number } & object): TickColumns {
  const said = Object.entries(tick).filter((one): one is [string, number] => typeof one[1] === 'number')
  const kept = (columns.kimg ?? []).filter((kimg) => (kimg ?? 0) < tick.kimg).length
  const names = new Set([...Object.keys(columns), ...said.map(([name]) => name)])
  const newest = new Map(said)
  const made: TickColumns = {}
  for (const name of names) {
    const before = columns[name] ?? Array.from({ length: kept }, () => null)
    made[name] = [...before.slice(0, kept), newest.get(name) ?? null]
  }
  return made
}

/** Every second row less, from the older half on, once there are too many to draw. The last row stays. */
export function thinned(columns: TickColumns, most: number): TickColumns {
  const rows = columns.kimg?.length ?? 0
  if (rows <= most) return columns
  const keep = (_: unknown, row: number): boolean => (rows - 1 - row) % 2 === 0
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.filter(keep)]))
}

/** The row whose x is nearest. `x` ascends. -1 where there is none. */
export function nearest(x: readonly number[], to: number): number {
  if (x.length === 0) return -1
  let [low, high] = [0, x.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (x[middle]! < to) low = middle + 1
    else high = middle
  }
  return low > 0 && to - x[low - 1]! <= x[low]! - to ? low - 1 : low
}

/** The newest value that was said of a column. */
export function newest(values: Column): number | null {
  return values.findLast((one) => one !== null) ?? null
}

/** "0.693", "1.2 GB". */
export function valueText(value: number | null, unit: string): string {
  return value === null ? '–' : `${figure(value)}${unit ? ` ${unit}` : ''}`
}

/** Several runs in one plot: one x for all of them, and null where a run has no row. */
export function joined(tables: readonly { x: readonly number[]; values: Column }[]): { x: number[]; values: Column[] } {
  const x = [...new Set(tables.flatMap((one) => one.x))].sort((a, b) => a - b)
  const values = tables.map((one) => {
    const rows = new Map(one.x.map((at, row) => [at, one.values[row] ?? null]))
    return x.map((at) => rows.get(at) ?? null)
  })
  return { x, values }
}
