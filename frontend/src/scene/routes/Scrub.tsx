/** A number that is dragged sideways: the amount of a route in its row. Arrows move it too (Shift × 10, Alt ÷ 10). */
import { useEffect, useRef, type KeyboardEvent } from 'react'

const PX_OF_WAY = 160
const STEP = 0.01
const MOST = 4
const RESTS_MS = 350

interface ScrubProps {
  label: string
  value: number
  words: string
  onMove: (value: number) => void
  onSet: (value: number) => void
}

export function Scrub({ label, value, words, onMove, onSet }: ScrubProps) {
  const drag = useRef<{ x: number; from: number; last: number } | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef(onSet)
  useEffect(() => {
    latest.current = onSet
  })
  const press = (event: KeyboardEvent): void => {
    const direction = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key]
    if (!direction || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    const next = amountNear(value + direction * STEP * (event.shiftKey ? 10 : event.altKey ? 0.1 : 1))
    onMove(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => latest.current(next), RESTS_MS)
  }
  const end = (): void => {
    if (drag.current && drag.current.last !== drag.current.from) onSet(drag.current.last)
    drag.current = null
  }
  return (
    <span className="amount scrub" role="slider" tabIndex={0} aria-label={label} aria-valuemin={-MOST} aria-valuemax={MOST} aria-valuenow={value} aria-valuetext={words} title="Drag sideways"
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        drag.current = { x: event.clientX, from: value, last: value }
      }}
      onPointerMove={(event) => {
        if (!drag.current) return
        const next = amountNear(drag.current.from + (event.clientX - drag.current.x) / PX_OF_WAY)
        if (next === drag.current.last) return
        drag.current.last = next
        onMove(next)
      }}
      onPointerUp={end} onPointerCancel={end} onKeyDown={press}
    >
      {words}
    </span>
  )
}

function amountNear(value: number): number {
  return Math.min(MOST, Math.max(-MOST, Number(value.toFixed(3))))
}
