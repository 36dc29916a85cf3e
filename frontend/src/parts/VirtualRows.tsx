/** Rows of one height of which only those in sight stand in the page: ten thousand scroll as ten do. */
import { useVirtualizer } from '@tanstack/react-virtual'
import type { ReactNode, RefObject } from 'react'

/** So few are all drawn: nothing is gained by leaving some out. */
const FEW = 60
const BEYOND = 12

export interface VirtualRow {
  index: number
  /** Pixels from the top of all rows. */
  top: number
}

export interface VirtualList {
  rows: readonly VirtualRow[]
  /** Height of all rows together, px. */
  height: number
  /** Scrolls as little as needed for a row to be seen. */
  reveal: (index: number) => void
}

interface VirtualListOptions {
  count: number
  rowHeight: number
  /** The part that scrolls. */
  scroller: RefObject<HTMLElement | null>
  /** How far below the top of what scrolls the first row stands, px. */
  before?: number
}

export function useVirtualRows({ count, rowHeight, scroller, before = 0 }: VirtualListOptions): VirtualList {
  const isLong = count > FEW
  const virtual = useVirtualizer({
    count: isLong ? count : 0, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: BEYOND, scrollMargin: before,
  })
  const shown = isLong ? virtual.getVirtualItems().map(({ index }) => index) : Array.from({ length: count }, (_, index) => index)
  return {
    rows: shown.map((index) => ({ index, top: index * rowHeight })),
    height: count * rowHeight,
    reveal(index) {
      const box = scroller.current
      if (!box || index < 0) return
      const top = before + index * rowHeight
      if (top < box.scrollTop) box.scrollTop = top
      else if (top + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + rowHeight - box.clientHeight
    },
  }
}

interface VirtualRowsProps<T> {
  list: VirtualList
  rows: readonly T[]
  keyOf: (row: T) => string
  children: (row: T, index: number) => ReactNode
}

/** Inside the part that scrolls. What stands in a row tells its place: `aria-setsize` and `aria-posinset`. */
export function VirtualRows<T>({ list, rows, keyOf, children }: VirtualRowsProps<T>) {
  return (
    <div role="presentation" style={{ height: list.height, position: 'relative' }}>
      {list.rows.map(({ index, top }) => {
        const row = rows[index]
        return row === undefined ? null : (
          <div key={keyOf(row)} role="presentation" style={{ position: 'absolute', left: 0, right: 0, top }}>{children(row, index)}</div>
        )
      })}
    </div>
  )
}
