/** Slider: drag, wheel over the value box, type, arrows (Shift × 10, Alt ÷ 10), double-click = default. One undo step per gesture. */
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'
import { isBipolar, isChanged, rounded, shareOf, shown, stepped, valueAt, wrongNumber, type Field } from './schema'

const WHEEL_RESTS_MS = 350
const STEPS: Record<string, number> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }

interface SliderProps {
  field: Field
  value: number
  /** The hand moves. */
  onMove: (value: number) => void
  /** The hand let go. */
  onSet: (value: number) => void
  /** What lies over the groove, such as the bands of routes. */
  children?: ReactNode
}

export function Slider({ field, value, onMove, onSet, children }: SliderProps) {
  const groove = useRef<HTMLDivElement>(null)
  const drag = useRef<{ last: number } | null>(null)
  const share = shareOf(field, value)
  const at = (event: PointerEvent): number => {
    const box = groove.current?.getBoundingClientRect()
    return box ? valueAt(field, (event.clientX - box.left) / box.width) : value
  }
  const move = (event: PointerEvent): void => {
    if (!drag.current) return
    const next = at(event)
    if (next === drag.current.last) return
    drag.current.last = next
    onMove(next)
  }
  const keys = useSettling(onSet)
  const press = (event: KeyboardEvent): void => {
    const step = STEPS[event.key]
    const end = event.key === 'Home' ? field.minimum : event.key === 'End' ? field.maximum : null
    if (step === undefined && end === null) return
    if (event.ctrlKey || event.metaKey) return
    event.preventDefault()
    const size = event.shiftKey ? 10 : event.altKey && !field.isWhole ? 0.1 : 1
    const next = end ?? stepped(field, value, (step ?? 0) * size)
    onMove(next)
    keys(next)
  }
  return (
    <div
      className="slider" ref={groove} role="slider" tabIndex={0} aria-label={field.title}
      aria-valuemin={field.minimum} aria-valuemax={field.maximum} aria-valuenow={value} aria-valuetext={`${shown(field, value)} ${field.unit}`.trim()}
      style={{ '--v': share } as React.CSSProperties}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        drag.current = { last: value }
        move(event)
      }}
      onPointerMove={move}
      onPointerUp={() => {
        if (drag.current && drag.current.last !== value) onSet(drag.current.last)
        else if (drag.current) onSet(value)
        drag.current = null
      }}
      onPointerCancel={() => {
        if (drag.current) onSet(drag.current.last)
        drag.current = null
      }}
      onDoubleClick={() => onSet(field.default as number)}
      onKeyDown={press}
    >
      <i className="fill" style={fillStyle(field, share)} />
      {children}
      <i className="thumb" />
    </div>
  )
}

/** From the left, or from the middle both ways. */
function fillStyle(field: Field, share: number): React.CSSProperties {
  if (!isBipolar(field)) return {}
  return { left: `${Math.min(0.5, share) * 100}%`, width: `${Math.abs(share - 0.5) * 100}%` }
}

/** Calls once when keys or the wheel have rested: the end of their gesture. */
function useSettling(onSet: (value: number) => void): (value: number) => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef(onSet)
  useEffect(() => {
    latest.current = onSet
  })
  return (value) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => latest.current(value), WHEEL_RESTS_MS)
  }
}

/** The value as a box to type into; the wheel turns it. */
export function ValueBox({ field, value, onMove, onSet }: SliderProps) {
  const [text, setText] = useState<string | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const box = useRef<HTMLInputElement>(null)
  const settle = useSettling(onSet)
  useEffect(() => {
    const input = box.current
    if (!input) return
    // React listens to wheels passively; the page must not scroll while one turns a value.
    const turn = (event: WheelEvent): void => {
      event.preventDefault()
      const next = stepped(field, value, (event.deltaY < 0 ? 1 : -1) * (event.shiftKey ? 10 : 1))
      onMove(next)
      settle(next)
    }
    input.addEventListener('wheel', turn, { passive: false })
    return () => input.removeEventListener('wheel', turn)
  })
  const keep = (): void => {
    if (text === null) return
    const number = Number(text.trim().replace(',', '.').replace('−', '-'))
    const problem = text.trim() === '' ? wrongNumber(field, NaN) : wrongNumber(field, number)
    setFault(problem)
    if (problem !== null) return
    setText(null)
    if (number !== value) onSet(field.isWhole ? rounded(field, number) : number)
  }
  return (
    <>
      <span className="value">
        <input
          ref={box} inputMode="decimal" aria-label={`${field.title}${field.unit ? ` in ${field.unit}` : ''}`} aria-invalid={fault !== null}
          className={fault ? 'wrong' : ''} size={Math.max(3, (text ?? shown(field, value)).length)} value={text ?? shown(field, value)}
          onFocus={(event) => event.target.select()} onChange={(event) => setText(event.target.value)} onBlur={keep}
          onKeyDown={(event) => {
            if (event.key === 'Enter') keep()
            if (event.key === 'Escape') {
              setText(null)
              setFault(null)
            }
          }}
        />
        {field.unit && <span className="unit">{field.unit}</span>}
      </span>
      {fault && <span className="wrong-text value-fault" role="alert">{fault}</span>}
    </>
  )
}

export function changedClass(field: Field, value: unknown): string {
  return isChanged(field, value) ? ' changed' : ''
}
