/**
 * Layout: where the portrait of each rank lies in a grid of any length, and which ranks a window of it shows. Sections
 * (sessions) begin a new row below a heading. All lengths are pixels; ranks count from 0.
 */

export interface Section {
  /** Rank of its first portrait. */
  rank: number
  count: number
}

export interface LayoutSpec {
  count: number
  sections: readonly Section[]
  width: number
  /** The wished side of a cell; cells fill the width, so they are a little larger or smaller. */
  side: number
  gap: number
  /** Height of a heading; without sections there is none. */
  heading: number
}

export interface Cell {
  x: number
  y: number
}

export interface Layout {
  readonly columns: number
  readonly side: number
  readonly height: number
  cellOf(rank: number): Cell
  /** The rank at or nearest before a point. */
  rankAt(x: number, y: number): number
  /** First and last rank of the rows that touch [top, bottom], both included; null when there are none. */
  ranksBetween(top: number, bottom: number): { first: number; last: number } | null
  /** Which sections' headings lie in [top, bottom]: index and y. */
  headingsBetween(top: number, bottom: number): { index: number; y: number }[]
  /** The rank one row up (-1) or down (1), in the same column where there is one; the same rank at the ends. */
  rowStep(rank: number, step: 1 | -1): number
  sectionAt(y: number): number
}

interface Block extends Section {
  y: number
  /** Where its rows begin. */
  rowsY: number
  rows: number
  bottom: number
}

export function createLayout({ count, sections, width, side, gap, heading }: LayoutSpec): Layout {
  const columns = Math.max(1, Math.round((width + gap) / (side + gap)))
  const real = Math.max(1, (width - gap * (columns - 1)) / columns)
  const pitch = real + gap
  const parts = sections.length > 0 ? sections : [{ rank: 0, count }]
  const head = sections.length > 0 ? heading : 0
  const blocks: Block[] = []
  let y = 0
  for (const part of parts) {
    const rows = Math.ceil(part.count / columns)
    blocks.push({ ...part, y, rowsY: y + head, rows, bottom: y + head + rows * pitch })
    y += head + rows * pitch
  }
  const height = count === 0 ? 0 : Math.max(0, y - gap)

  /** The last block that begins at or before. */
  const find = (isAfter: (block: Block) => boolean): number => {
    let [low, high] = [0, blocks.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (isAfter(blocks[middle]!)) high = middle - 1
      else low = middle
    }
    return low
  }
  const blockOf = (rank: number): Block => blocks[find((one) => one.rank > rank)]!
  const clamp = (rank: number): number => Math.max(0, Math.min(count - 1, rank))

  const rowOf = (block: Block, at: number): number => Math.max(0, Math.min(block.rows - 1, Math.floor((at - block.rowsY) / pitch)))

  return {
    columns,
    side: real,
    height,
    cellOf(rank) {
      const block = blockOf(rank)
      const inside = rank - block.rank
      return { x: (inside % columns) * pitch, y: block.rowsY + Math.floor(inside / columns) * pitch }
    },
    rankAt(x, at) {
      const block = blocks[find((one) => one.y > at)]!
      const column = Math.max(0, Math.min(columns - 1, Math.floor(x / pitch)))
      return clamp(block.rank + Math.min(block.count - 1, rowOf(block, at) * columns + column))
    },
    ranksBetween(top, bottom) {
      if (count === 0) return null
      const [from, to] = [blocks[find((one) => one.y > top)]!, blocks[find((one) => one.y > bottom)]!]
      const first = from.rank + rowOf(from, top) * columns
      const last = to.rank + Math.min(to.count, (rowOf(to, bottom) + 1) * columns) - 1
      return { first: clamp(first), last: clamp(last) }
    },
    headingsBetween(top, bottom) {
      if (head === 0 || count === 0) return []
      const found: { index: number; y: number }[] = []
      for (let index = find((one) => one.y > top); index < blocks.length && blocks[index]!.y <= bottom; index += 1) {
        if (blocks[index]!.y + head >= top) found.push({ index, y: blocks[index]!.y })
      }
      return found
    },
    rowStep(rank, step) {
      const index = find((one) => one.rank > rank)
      const block = blocks[index]!
      const inside = rank - block.rank
      const [row, column] = [Math.floor(inside / columns), inside % columns]
      if (row + step >= 0 && row + step < block.rows) return block.rank + Math.min(block.count - 1, (row + step) * columns + column)
      const next = blocks[index + step]
      if (!next) return rank
      const target = step === 1 ? 0 : next.rows - 1
      return next.rank + Math.min(next.count - 1, target * columns + column)
    },
    sectionAt: (at) => find((one) => one.y > at),
  }
}

/** Taller than this, browsers lose count of pixels: the scroll bar then stands for more than it is long. */
export const TALLEST = 12_000_000

/** Turns the scroll bar's place into the grid's and back; the same number while the grid is short enough. */
export function createScroll(height: number, viewport: number): { height: number; toGrid(bar: number): number; toBar(grid: number): number } {
  const bar = Math.min(height, TALLEST)
  const [long, short] = [Math.max(1, height - viewport), Math.max(1, bar - viewport)]
  const ratio = long / short
  if (height <= TALLEST) return { height: bar, toGrid: (at) => at, toBar: (at) => at }
  return { height: bar, toGrid: (at) => at * ratio, toBar: (at) => at / ratio }
}
