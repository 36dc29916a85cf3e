/** One cell of the table of cues, and the field in it while it is edited. */
import { memo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import type { Cue } from '../../wire/types'
import type { Desk } from '../desk'
import { valueOf, type CellContext, type CueColumn } from './cue_columns'

interface CueCellProps {
  id: string
  cue: Cue
  column: CueColumn
  context: CellContext
  desk: Desk
  isHere: boolean
  isEditing: boolean
  onPoint: (event: MouseEvent) => void
  onDone: () => void
  onTab: (direction: 1 | -1) => void
}

export function CueCell(props: CueCellProps) {
  const { id, cue, column, context, isHere, isEditing, onPoint } = props
  const classes = [column.isNumber && 'num', isHere && 'here'].filter(Boolean).join(' ')
  return (
    <div role="gridcell" id={id} className={classes} onClick={onPoint}>
      {isEditing ? <CellField {...props} /> : (
        <>
          {column.id === 'colour' && <span className="spot" style={{ background: `var(--hue-${cue.colour})` }} aria-hidden="true" />}
          <Words text={column.says(cue, context)} />
        </>
      )}
    </div>
  )
}

const Words = memo(({ text }: { text: string }) => <span className="clip">{text}</span>)
Words.displayName = 'Words'

function CellField({ cue, column, context, desk, onDone, onTab }: CueCellProps) {
  const [text, setText] = useState(() => (column.choices ? valueOf(cue, column) : column.says(cue, context)))
  const [fault, setFault] = useState<string | null>(null)
  const first = useRef(text)
  const isDone = useRef(false)
  /** Whether the field may be left. */
  const keep = (value: string): boolean => {
    if (isDone.current || value === first.current) return true
    const typed = column.typed(cue, value, context)
    if (typeof typed === 'string') {
      setFault(typed)
      return false
    }
    isDone.current = true
    if (typed) desk.cues.change(cue.id, typed, column.id === 'label' ? 'Rename cue' : 'Change cue')
    return true
  }
  const press = (event: KeyboardEvent): void => {
    event.stopPropagation()
    if (event.key === 'Escape') {
      isDone.current = true
      onDone()
    } else if (event.key === 'Enter' || event.key === 'F2') {
      event.preventDefault()
      if (keep(text)) onDone()
    } else if (event.key === 'Tab') {
      event.preventDefault()
      if (keep(text)) onTab(event.shiftKey ? -1 : 1)
    }
  }
  const shared = { 'aria-label': column.title, 'aria-invalid': fault !== null, autoFocus: true, value: text, onKeyDown: press, onClick: (event: MouseEvent) => event.stopPropagation() }
  if (column.choices) {
    return (
      <>
        <select {...shared} className="select small" onChange={(event) => setText(event.target.value)} onBlur={() => keep(text) && onDone()}>
          {column.choices.map(({ value, label }) => <option key={value} value={value}>{label}</option>)}
        </select>
        {fault && <Fault sentence={fault} />}
      </>
    )
  }
  return (
    <>
      <input {...shared} className={fault ? 'field small wrong' : 'field small'} maxLength={200} onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)} onBlur={() => keep(text) && onDone()} />
      {fault && <Fault sentence={fault} />}
    </>
  )
}

function Fault({ sentence }: { sentence: string }) {
  return <div className="wrong-text cell-fault" role="alert">{sentence}</div>
}
