/** Growth: the same vectors (rows) through every snapshot (columns). What lies where, and where the keys lead. */
import type { Snapshot } from '../wire/types'

/** A place in the grid: `column` counts snapshots, `row` vectors. */
export interface Cell {
  column: number
  row: number
}

export interface Grid {
  columns: number
  rows: number
}

type Placed = Pick<Snapshot, 'kimg' | 'order' | 'id'>

/** By what it has seen; those that do not say keep their order behind those that do, as files of one drop came in. */
export function inOrder<T extends Placed>(snapshots: readonly T[]): T[] {
  return snapshots.toSorted((a, b) => {
    if (a.kimg !== null && b.kimg !== null && a.kimg !== b.kimg) return a.kimg - b.kimg
    if ((a.kimg === null) !== (b.kimg === null)) return a.kimg === null ? 1 : -1
    return a.order - b.order || (a.id < b.id ? -1 : 1)
  })
}

/** First, last and `most` - 2 between them at even steps, so that a long training fits on the page. */
export function picked<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all]
  return Array.from({ length: most }, (_, at) => all[Math.round((at * (all.length - 1)) / (most - 1))]!)
}

/** The same, and the one at `keep` among them: it takes the place of its nearest neighbour. */
export function pickedWith<T>(all: readonly T[], most: number, keep: number): T[] {
  const places = picked(all.map((_, at) => at), most)
  if (!places.includes(keep) && all[keep] !== undefined) {
    const nearest = places.reduce((best, place, at) => (Math.abs(place - keep) < Math.abs(places[best]! - keep) ? at : best), 0)
    places[nearest] = keep
  }
  return places.map((place) => all[place]!)
}

/** Columns that can be looked at without scrolling: cells of at least `least` px with a gap between them. */
export function columnsFor(width: number, least: number, gap: number): number {
  return Math.max(2, Math.floor((width + gap) / (least + gap)))
}

const steps: Record<string, (cell: Cell, grid: Grid) => Cell> = {
  ArrowLeft: (cell) => ({ ...cell, column: cell.column - 1 }),
  ArrowRight: (cell) => ({ ...cell, column: cell.column + 1 }),
  ArrowUp: (cell) => ({ ...cell, row: cell.row - 1 }),
  ArrowDown: (cell) => ({ ...cell, row: cell.row + 1 }),
  Home: (cell) => ({ ...cell, column: 0 }),
  End: (cell, grid) => ({ ...cell, column: grid.columns - 1 }),
  PageUp: (cell) => ({ ...cell, row: 0 }),
  PageDown: (cell, grid) => ({ ...cell, row: grid.rows - 1 }),
}

/** Where a key leads from a cell; null = the key is not one of the grid's. */
export function moved(cell: Cell, key: string, grid: Grid): Cell | null {
  const step = steps[key]
  if (!step) return null
  const next = step(cell, grid)
  return { column: clamp(next.column, grid.columns), row: clamp(next.row, grid.rows) }
}

/** A single snapshot lies: its vectors stand beside each other, so the arrows to the sides change the vector. */
export function movedLying(cell: Cell, key: string, grid: Grid): Cell | null {
  const turned = moved({ column: cell.row, row: cell.column }, key, { columns: grid.rows, rows: grid.columns })
  return turned && { column: turned.row, row: turned.column }
}

function clamp(value: number, many: number): number {
  return Math.min(Math.max(0, value), Math.max(0, many - 1))
}

/** How an image of many tiles lies behind a window of one tile: CSS lengths in percent of the window. */
export function tileStyle(at: number, columns: number): { width: string; left: string; top: string } {
  return { width: `${columns * 100}%`, left: `${-(at % columns) * 100 || 0}%`, top: `${-Math.floor(at / columns) * 100 || 0}%` }
}

/** "4,800", "35 %" of "Smoke 1, 35 %": the head of a column. */
export function columnHead(snapshot: Pick<Snapshot, 'name' | 'kimg'>, networkName: string): string {
  return snapshot.kimg === null ? shortName(snapshot, networkName) : snapshot.kimg.toLocaleString('en-US')
}

/** "kimg 4,800", or its name without what it shares with the network's: the head of the panel. */
export function snapshotTitle(snapshot: Pick<Snapshot, 'name' | 'kimg'>, networkName = ''): string {
  return snapshot.kimg === null ? shortName(snapshot, networkName) : `kimg ${snapshot.kimg.toLocaleString('en-US')}`
}

/** "Smoke 1, 35 %" of "Smoke 1" → "35 %". */
export function shortName(snapshot: Pick<Snapshot, 'name'>, networkName: string): string {
  const { name } = snapshot
  return networkName !== '' && name.startsWith(networkName) ? name.slice(networkName.length).replace(/^[\s,:–-]+/, '') || name : name
}
