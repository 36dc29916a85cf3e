/** Time rail: the months beside the grid, by how much of it they take. Dragging it jumps. */
import { useRef, type KeyboardEvent, type PointerEvent } from 'react'
import { useStore, type Store } from '../lib/store'
import type { Desk } from './desk'
import { PAGE } from './source'
import type { LibraryIndex } from './wire'

/** Three letters each: the rail is narrow. */
const month = new Intl.DateTimeFormat('en-US', { month: 'short' })
const monthYear = { format: (date: Date): string => `${month.format(date)} ${String(date.getFullYear()).slice(2)}` }
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

/** Share of a label's height that neighbours keep free. */
const ROOM = 0.045

/** "Nov", with the year where it changes: places from 0 to 1 by rank, none nearer than the last by `ROOM`. */
export function railLabels(index: Pick<LibraryIndex, 'months' | 'count'>): { text: string; at: number; rank: number }[] {
  let [last, year] = [-1, '']
  return index.months.flatMap(({ month: name, rank }) => {
    const [at, date] = [rank / Math.max(1, index.count), new Date(`${name.slice(0, 7)}-15T12:00:00`)]
    if (at - last < ROOM && last >= 0) return []
    const isNewYear = year !== '' && name.slice(0, 4) !== year
    ;[last, year] = [at, name.slice(0, 4)]
    return [{ text: (isNewYear ? monthYear : month).format(date), at, rank }]
  })
}

/** The day of a rank, as near as the index's stops know. */
export function dayAt(index: LibraryIndex, rank: number): string {
  const iso = index.stops[Math.min(index.stops.length - 1, Math.round(rank / PAGE))]?.taken_at
  return iso ? day.format(new Date(iso)) : ''
}

export function TimeRail({ desk, top, onJump }: { desk: Desk; top: Store<number>; onJump: (rank: number) => void }) {
  const source = useStore(desk.source)
  const rank = useStore(top)
  const rail = useRef<HTMLDivElement>(null)
  const isByTime = ['taken', 'received'].includes(source?.filter.sort ?? 'taken')
  if (!source || !isByTime || source.index.count === 0) return <div className="timerail" />
  const { index } = source
  const jump = (event: PointerEvent): void => {
    const box = rail.current?.getBoundingClientRect()
    if (box) onJump(Math.round(Math.min(1, Math.max(0, (event.clientY - box.top) / box.height)) * (index.count - 1)))
  }
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const here = index.months.findLastIndex((one) => one.rank <= rank)
    onJump(index.months[Math.max(0, Math.min(index.months.length - 1, here + step))]?.rank ?? 0)
  }
  const share = rank / Math.max(1, index.count)
  return (
    <div
      className="timerail" ref={rail} role="slider" tabIndex={0} aria-label="Time" aria-orientation="vertical" aria-valuemin={0} aria-valuemax={index.count - 1} aria-valuenow={rank} aria-valuetext={dayAt(index, rank)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        jump(event)
      }}
      onPointerMove={(event) => event.buttons > 0 && jump(event)}
      onKeyDown={press}
    >
      {railLabels(index).map((one) => Math.abs(one.at - share) > ROOM && <span key={one.rank} className="month" style={{ top: `${one.at * 96}%` }}>{one.text}</span>)}
      <span className="here num" style={{ top: `${share * 96}%` }}><b>{dayAt(index, rank)}</b></span>
    </div>
  )
}
