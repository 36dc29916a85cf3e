/** Table: sticky head, sort by head, rows that lead somewhere, more pages as one scrolls. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react'
import { Icon } from './Icon'

export interface Column<T> {
  id: string
  title: string
  /** Read aloud where the head shows nothing. */
  name?: string
  cell: (row: T) => ReactNode
  /** What the head sorts by; without it the column is not sorted. */
  by?: (row: T) => string | number | null
  isNumber?: boolean
  width?: number | string
  className?: string
}

export interface Sorting {
  column: string
  isDown: boolean
}

/** Rows in the order of a column; rows without a value come last either way. */
export function sorted<T>(rows: readonly T[], columns: readonly Column<T>[], sorting: Sorting | null): readonly T[] {
  const by = columns.find((one) => one.id === sorting?.column)?.by
  if (!sorting || !by) return rows
  const sign = sorting.isDown ? -1 : 1
  return [...rows].sort((a, b) => {
    const [left, right] = [by(a), by(b)]
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
    return sign * (typeof left === 'string' ? left.localeCompare(String(right), 'en', { numeric: true }) : left - Number(right))
  })
}

interface TableProps<T> {
  rows: readonly T[]
  columns: Column<T>[]
  name: string
  idOf: (row: T) => string
  hrefOf?: (row: T) => string | null
  /** Chooses a row instead of going somewhere; something in the row does the same for the keyboard. */
  onRow?: (row: T) => void
  isOn?: (row: T) => boolean
  dense?: boolean
  /** Loads the next page, where there is one. */
  more?: (() => void) | null
  /** The part that scrolls; rows far from it are not drawn. */
  scroller: RefObject<HTMLElement | null>
}

const [FEW, TALL, LOW] = [80, 44, 34]

export function Table<T>({ rows, columns, name, idOf, hrefOf, onRow, isOn, dense, more, scroller }: TableProps<T>) {
  const [sorting, setSorting] = useState<Sorting | null>(null)
  const ordered = useMemo(() => sorted(rows, columns, sorting), [rows, columns, sorting])
  const height = dense ? LOW : TALL
  const isLong = ordered.length > FEW
  const virtual = useVirtualizer({ count: isLong ? ordered.length : 0, getScrollElement: () => scroller.current, estimateSize: () => height, overscan: 12 })
  const visible = isLong ? virtual.getVirtualItems().map(({ index }) => index) : ordered.map((_, index) => index)
  const before = isLong ? (visible[0] ?? 0) * height : 0
  const after = isLong ? (ordered.length - 1 - (visible.at(-1) ?? ordered.length - 1)) * height : 0
  const spacer = (pixels: number) => pixels > 0 && <tr aria-hidden="true"><td colSpan={columns.length} style={{ height: pixels, border: 0 }} /></tr>
  return (
    <div className="card table">
      <table className={dense ? 'dense' : ''} aria-label={name} aria-rowcount={ordered.length + 1}>
        <thead>
          <tr>{columns.map((column) => <Head key={column.id} column={column} sorting={sorting} onSort={setSorting} />)}</tr>
        </thead>
        <tbody>
          {spacer(before)}
          {visible.map((index) => {
            const row = ordered[index]
            return row === undefined ? null : <Row key={idOf(row)} row={row} columns={columns} href={hrefOf?.(row) ?? null} isOn={isOn?.(row) ?? false} onRow={onRow} />
          })}
          {spacer(after)}
        </tbody>
      </table>
      {more && <More load={more} />}
    </div>
  )
}

function Head<T>({ column, sorting, onSort }: { column: Column<T>; sorting: Sorting | null; onSort: (next: Sorting | null) => void }) {
  const isHere = sorting?.column === column.id
  const classes = [column.isNumber && 'num', column.className].filter(Boolean).join(' ')
  const style = column.width === undefined ? undefined : { width: column.width }
  if (!column.by) return <th className={classes} style={style} scope="col">{column.title || <span className="unseen">{column.name}</span>}</th>
  // Down, up, and back to the list's own order.
  const next = !isHere ? { column: column.id, isDown: Boolean(column.isNumber) } : sorting.isDown === Boolean(column.isNumber) ? { column: column.id, isDown: !sorting.isDown } : null
  return (
    <th className={classes} style={style} scope="col" aria-sort={isHere ? (sorting.isDown ? 'descending' : 'ascending') : 'none'}>
      <button type="button" className="sorter" onClick={() => onSort(next)}>
        {column.title}
        {isHere && <span className={sorting.isDown ? 'arrow' : 'arrow up'}><Icon name="down" size="small" /></span>}
      </button>
    </th>
  )
}

function Row<T>({ row, columns, href, isOn, onRow }: { row: T; columns: Column<T>[]; href: string | null; isOn: boolean; onRow: ((row: T) => void) | undefined }) {
  const go = (): void => {
    if (href) window.location.assign(href)
    else onRow?.(row)
  }
  const pressed = (event: KeyboardEvent<HTMLTableRowElement>): void => {
    const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key] as 'nextElementSibling' | 'previousElementSibling' | undefined
    if (!step) return
    const link = event.currentTarget[step]?.querySelector<HTMLElement>('a[href], button')
    if (!link) return
    event.preventDefault()
    link.focus()
  }
  return (
    <tr
      className={[(href || onRow) && 'goes', isOn && 'on'].filter(Boolean).join(' ')}
      onKeyDown={pressed}
      onClick={(event) => {
        // The row's own links, buttons and menus act for themselves; React also brings clicks out of their portals here.
        const target = event.target as HTMLElement
        if (event.currentTarget.contains(target) && !target.closest('a, button, input, select')) go()
      }}
    >
      {columns.map((column) => (
        <td key={column.id} className={[column.isNumber && 'num', column.className].filter(Boolean).join(' ')}>{column.cell(row)}</td>
      ))}
    </tr>
  )
}

/** Asks for more when it comes into sight. */
function More({ load }: { load: () => void }) {
  const line = useRef<HTMLDivElement>(null)
  const latest = useRef(load)
  useEffect(() => {
    latest.current = load
  })
  useEffect(() => {
    if (!line.current || typeof IntersectionObserver === 'undefined') return
    const observer = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && latest.current(), { rootMargin: '400px' })
    observer.observe(line.current)
    return () => observer.disconnect()
  }, [])
  return <div ref={line} className="more"><button type="button" className="btn quiet small" onClick={load}>Show more</button></div>
}
