/** The rows of w as a strip of blocks: drag over those that are meant, or choose with the arrows (Shift moves the other end). */
import { useRef, type KeyboardEvent, type PointerEvent } from 'react'
import { Popover } from '../parts/Menu'
import { Tip } from '../parts/Tooltip'
import type { Rows } from '../network/vectors'
import { ALL_ROWS, rowsBetween, rowSpan, rowWords } from './recipe'

interface RowStripProps {
  rows: Rows
  /** How many rows the network reads. */
  many: number
  label: string
  /** The span always begins with the first row. */
  fromFirst?: boolean
  onMove: (rows: Rows) => void
  onSet: (rows: Rows) => void
}

export function RowStrip({ rows, many, label, fromFirst = false, onMove, onSet }: RowStripProps) {
  const strip = useRef<HTMLDivElement>(null)
  const drag = useRef<{ from: number; last: Rows } | null>(null)
  const [first, end] = rowSpan(rows, many)
  const rowAt = (event: PointerEvent): number => {
    const box = strip.current?.getBoundingClientRect()
    return box ? Math.min(many - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * many))) : 0
  }
  const move = (event: PointerEvent): void => {
    if (!drag.current) return
    const next = rowsBetween(drag.current.from, rowAt(event), many)
    if (JSON.stringify(next) === JSON.stringify(drag.current.last)) return
    drag.current.last = next
    onMove(next)
  }
  const drop = (): void => {
    if (drag.current) onSet(drag.current.last)
    drag.current = null
  }
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    if (event.shiftKey || fromFirst) return onSet(rowsBetween(first, Math.min(many - 1, Math.max(first, end - 1 + step)), many))
    const start = Math.min(many - 1, Math.max(0, first + step))
    onSet(rowsBetween(start, Math.max(start, end - 1), many))
  }
  return (
    <div
      ref={strip} className="rowstrip" role="slider" tabIndex={0} aria-label={label} aria-valuemin={0} aria-valuemax={many - 1} aria-valuenow={first}
      aria-valuetext={rowWords(rows, many)} onKeyDown={press}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        const from = fromFirst ? 0 : rowAt(event)
        drag.current = { from, last: { first: -1, end: -1 } }
        move(event)
      }}
      onPointerMove={move} onPointerUp={drop} onPointerCancel={drop} onDoubleClick={() => onSet(ALL_ROWS)}
    >
      {Array.from({ length: many }, (_, row) => <i key={row} className={row >= first && row < end ? 'on' : ''} title={`Row ${row}`} />)}
    </div>
  )
}

/** The same behind a small button that says which rows are meant. */
export function RowsButton(props: RowStripProps) {
  const { rows, many, label, onSet } = props
  const [first, end] = rowSpan(rows, many)
  const isAll = first === 0 && end === many
  const words = rowWords(rows, many)
  return (
    <Popover label={label} button={
      <button type="button" className={isAll ? 'mini rows' : 'mini rows on'} aria-label={`${label}: ${words}`} title={`${label}: ${words.toLowerCase()}`}>
        <span className="num">{isAll ? 'All' : end - first === 1 ? first : `${first}–${end - 1}`}</span>
      </button>
    }>
      <div className="rows-popover col">
        <div className="row"><span className="strong grow">{label}</span><button type="button" className="link accent xs" onClick={() => onSet(ALL_ROWS)}>All rows</button></div>
        <RowStrip {...props} />
        <StripEnds />
        <span className="xs soft num">{words}</span>
      </div>
    </Popover>
  )
}

export function StripEnds() {
  return <div className="row xxs faint"><Tip text="The first rows say where things are"><span>Pose, shape</span></Tip><Tip text="The last rows say how they are painted"><span className="end">Colour, detail</span></Tip></div>
}
