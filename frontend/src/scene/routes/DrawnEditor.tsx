/** A curve drawn by hand: click adds a point, drag moves it, Delete or a double click takes it out; arrows move the chosen one. */
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import type { RouteSource } from '../../wire/types'
import { beatsAt } from './source_curves'
import type { RouteDesk } from './context'

type Drawn = Extract<RouteSource, { kind: 'drawn' }>
type Point = [number, number]

const [WIDE, HIGH] = [280, 72]
const NEAR_PX = 9

export function DrawnEditor({ source, about, onMove, onSet }: { source: Drawn; about: RouteDesk; onMove: (source: Drawn) => void; onSet: (source: Drawn) => void }) {
  const box = useRef<SVGSVGElement>(null)
  const drag = useRef<{ points: Point[]; index: number } | null>(null)
  const [chosen, setChosen] = useState<number | null>(null)
  const points = [...source.points].sort((one, other) => one[0] - other[0]) as Point[]
  const length = source.loop ?? lengthOf(source, about)
  const xOf = (at: number): number => (at / length) * WIDE
  const yOf = (height: number): number => HIGH - 4 - height * (HIGH - 8)
  const read = (event: PointerEvent): Point => {
    const edges = box.current?.getBoundingClientRect()
    if (!edges) return [0, 0]
    return pointWithin([((event.clientX - edges.left) / edges.width) * length, (HIGH - 4 - ((event.clientY - edges.top) / edges.height) * HIGH) / (HIGH - 8)], length)
  }
  const near = (event: PointerEvent): number => {
    const edges = box.current?.getBoundingClientRect()
    if (!edges) return -1
    return points.findIndex(([at, height]) => Math.hypot((xOf(at) / WIDE) * edges.width - (event.clientX - edges.left), (yOf(height) / HIGH) * edges.height - (event.clientY - edges.top)) < NEAR_PX)
  }
  const without = (index: number): void => {
    if (points.length > 1) onSet({ ...source, points: points.filter((_, place) => place !== index) })
    setChosen(null)
  }
  const press = (event: KeyboardEvent): void => {
    if (chosen === null || !points[chosen]) return
    if (event.key === 'Delete' || event.key === 'Backspace') return without(chosen)
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
    if (!step) return
    event.preventDefault()
    const [at, height] = points[chosen]
    const moved = pointWithin([at + (step[0]! * length) / 100, height + step[1]! / 50], length)
    onSet({ ...source, points: points.map((point, place) => (place === chosen ? moved : point)) })
  }
  return (
    <>
      <svg ref={box} className="drawn" viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" role="application" tabIndex={0}
        aria-label={`Drawn curve with ${points.length} points. Comma and full stop choose a point, arrows move it, Delete takes it out.`}
        onKeyDown={(event) => {
          if (event.key === ',' || event.key === '.') setChosen((now) => (((now ?? -1) + (event.key === '.' ? 1 : -1)) + points.length) % points.length)
          else press(event)
        }}
        onPointerDown={(event) => {
          if (event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          const found = near(event)
          const next = found >= 0 ? points : [...points, read(event)].sort((one, other) => one[0] - other[0])
          const index = found >= 0 ? found : next.findIndex((point) => !points.includes(point))
          drag.current = { points: next, index }
          setChosen(index)
          if (found < 0) onMove({ ...source, points: next })
        }}
        onPointerMove={(event) => {
          if (!drag.current) return
          const { points: now, index } = drag.current
          const [at, height] = read(event)
          // A point stays between its neighbours.
          const within = Math.min(now[index + 1]?.[0] ?? length, Math.max(now[index - 1]?.[0] ?? 0, at))
          drag.current.points = now.map((point, place) => (place === index ? [within, height] : point))
          onMove({ ...source, points: drag.current.points })
        }}
        onPointerUp={() => {
          if (drag.current) onSet({ ...source, points: drag.current.points })
          drag.current = null
        }}
        onDoubleClick={(event) => {
          const found = near(event as unknown as PointerEvent)
          if (found >= 0) without(found)
        }}>
        <polyline points={[[0, points[0]?.[1] ?? 0], ...points, [length, points.at(-1)?.[1] ?? 0]].map(([at, height]) => `${xOf(at!)},${yOf(height!)}`).join(' ')} />
        {points.map(([at, height], index) => <circle key={index} cx={xOf(at)} cy={yOf(height)} r={chosen === index ? 5 : 3.5} className={chosen === index ? 'on' : ''} />)}
      </svg>
      <div className="row xxs faint num"><span>0</span><span className="end">{Number(length.toFixed(1))} {source.unit}</span></div>
    </>
  )
}

/** The whole track, or as far as the last point. */
function lengthOf(source: Drawn, { desk }: RouteDesk): number {
  const seconds = desk.view.durationSeconds
  const whole = source.unit === 'seconds' ? seconds : beatsAt(desk.sound.beats.get().beats, seconds)
  return Math.max(1, whole, ...source.points.map(([at]) => at))
}

function pointWithin([at, height]: Point, length: number): Point {
  return [Number(Math.min(length, Math.max(0, at)).toFixed(3)), Number(Math.min(1, Math.max(0, height)).toFixed(3))]
}
