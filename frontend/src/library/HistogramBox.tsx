/** Histogram: what there is of a score, the kept part in the accent, two grips, exact numbers on double click. */
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { fitCanvas, token } from '../lib/element'
import { count } from '../lib/format'
import { Button } from '../parts/Button'
import type { Range, RangeName } from './filter'
import { countWithin, moved, nearestGrip, opened, readNumber, sharesOf, valueAt } from './grips'
import { figure, measure, scales, span } from './words'
import type { Histogram } from './wire'

interface HistogramProps {
  name: RangeName
  data: Histogram | undefined
  range: Range
  /** The hand let go, or a number was written. An open range takes the condition away. */
  onSet: (range: Range) => void
}

const NUDGE: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }

export function HistogramBox({ name, data, range, onSet }: HistogramProps) {
  const scale = scales[name]
  const ends = data && data.to > data.from ? data : scale
  const [dragged, setDragged] = useState<Range | null>(null)
  const [isExact, setExact] = useState(false)
  const plot = useRef<HTMLDivElement>(null)
  const hand = useRef<{ grip: 0 | 1; x: number; isMoving: boolean } | null>(null)
  const shown = dragged ?? range
  const shares = sharesOf(shown, ends)
  const shareUnder = (event: PointerEvent): number => {
    const box = plot.current?.getBoundingClientRect()
    return box ? (event.clientX - box.left) / box.width : 0
  }
  const settle = useSettling((next: Range) => {
    setDragged(null)
    onSet(next)
  })
  const move = (event: PointerEvent): void => {
    if (!hand.current) return
    // A double click trembles a little; that is no drag.
    hand.current.isMoving ||= Math.abs(event.clientX - hand.current.x) > 2
    if (hand.current.isMoving) setDragged(moved(shown, hand.current.grip, valueAt(shareUnder(event), ends, scale.step), ends))
  }
  const press = (which: 0 | 1) => (event: KeyboardEvent): void => {
    const nudge = NUDGE[event.key]
    const edge = event.key === 'Home' ? ends.from : event.key === 'End' ? ends.to : null
    if ((nudge === undefined && edge === null) || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    const now = shown[which] ?? (which === 0 ? ends.from : ends.to)
    const next = moved(shown, which, edge ?? now + (nudge ?? 0) * scale.step * (event.shiftKey ? 10 : 1), ends)
    setDragged(next)
    settle(next)
  }
  return (
    <div className="histo">
      <div className="row xs">
        <span className="grow clip">{scale.title}</span>
        <span className="num soft nowrap">{dragged && data ? `${span(name, shown, ends)} · ${count(countWithin(data.bins, shown, ends))}` : span(name, shown, ends)}</span>
      </div>
      <div
        className="plot" ref={plot} title="Drag the ends. Double click for exact numbers."
        onPointerDown={(event) => {
          if (event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          hand.current = { grip: nearestGrip(shareUnder(event), shares), x: event.clientX, isMoving: false }
        }}
        onPointerMove={move}
        onPointerUp={() => {
          hand.current = null
          if (dragged) onSet(dragged)
          setDragged(null)
        }}
        onPointerCancel={() => {
          hand.current = null
          setDragged(null)
        }}
        onDoubleClick={() => setExact(true)}
      >
        <Bars data={data} shares={shares} />
        {([0, 1] as const).map((which) => (
          <span
            key={which} className="grip" style={{ left: `${shares[which] * 100}%` }} role="slider" tabIndex={0}
            aria-label={`${scale.title}, ${which === 0 ? 'from' : 'to'}`} aria-valuemin={ends.from} aria-valuemax={ends.to}
            aria-valuenow={shown[which] ?? (which === 0 ? ends.from : ends.to)} aria-valuetext={shown[which] === null ? 'open' : measure(name, shown[which])}
            onKeyDown={press(which)}
          />
        ))}
      </div>
      <div className="row xs faint num ends"><span>{scale.unit === '°' ? measure(name, ends.from) : figure(ends.from)}</span><span className="end">{measure(name, ends.to)}{scale.isOpen ? ' +' : ''}</span></div>
      {isExact && <Exact name={name} range={range} ends={ends} onSet={onSet} onClose={() => setExact(false)} />}
    </div>
  )
}

/** Calls once when keys have rested: the end of their gesture. */
function useSettling(onSet: (range: Range) => void): (range: Range) => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef(onSet)
  useEffect(() => {
    latest.current = onSet
  })
  return (range) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => latest.current(range), 350)
  }
}

function Bars({ data, shares: [left, right] }: { data: Histogram | undefined; shares: [number, number] }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const draw = (): void => {
      const fitted = canvas.current && fitCanvas(canvas.current)
      if (!fitted || !canvas.current) return
      const [context, width, height] = fitted
      const bins = data?.bins ?? []
      // A lonely heap (often the end bin) must not flatten all the rest: the scale leaves the highest hundredth out.
      const top = Math.max(1, [...bins].sort((a, b) => b - a)[Math.floor(bins.length / 60)] ?? 1)
      const [accent, grey] = [token(canvas.current, 'accent'), token(canvas.current, 'wave-peak')]
      bins.forEach((value, at) => {
        const middle = (at + 0.5) / bins.length
        const tall = value === 0 ? 0 : Math.max(1.5, Math.min(1, value / top) * (height - 2))
        context.fillStyle = middle >= left && middle <= right ? accent : grey
        context.fillRect((at * width) / bins.length, height - tall, width / bins.length - 1, tall)
      })
    }
    draw()
    window.addEventListener('theme', draw)
    return () => window.removeEventListener('theme', draw)
  }, [data, left, right])
  return <canvas ref={canvas} aria-hidden="true" />
}

interface ExactProps {
  name: RangeName
  range: Range
  ends: { from: number; to: number }
  onSet: (range: Range) => void
  onClose: () => void
}

/** Two numbers to write; an empty one is open. */
function Exact({ name, range, ends, onSet, onClose }: ExactProps) {
  const [texts, setTexts] = useState<[string, string]>([range[0] === null ? '' : String(range[0]), range[1] === null ? '' : String(range[1])])
  const [from, to] = [readNumber(texts[0]), readNumber(texts[1])]
  const wrong = from === undefined || to === undefined ? 'Write numbers, or nothing for an open end.' : from !== null && to !== null && from > to ? 'The first number is the larger one.' : null
  const send = (): void => {
    if (wrong !== null) return
    onSet(opened([from!, to!], { from: -Infinity, to: Infinity }))
    onClose()
  }
  const field = (at: 0 | 1, label: string, hint: number) => (
    <input
      className={wrong ? 'field small wrong' : 'field small'} inputMode="decimal" aria-label={`${scales[name].title}, ${label}`} placeholder={measure(name, hint)} value={texts[at]} autoFocus={at === 0}
      onChange={(event) => setTexts(at === 0 ? [event.target.value, texts[1]] : [texts[0], event.target.value])}
      onKeyDown={(event) => {
        if (event.key === 'Enter') send()
        if (event.key === 'Escape') onClose()
      }}
    />
  )
  return (
    <div className="exact">
      <div className="row">{field(0, 'from', ends.from)}<span className="faint">to</span>{field(1, 'to', ends.to)}<Button small onClick={send} reason={wrong}>Set</Button><Button small kind="quiet" onClick={onClose}>Close</Button></div>
      {wrong && <div className="wrong-text" role="alert">{wrong}</div>}
    </div>
  )
}
