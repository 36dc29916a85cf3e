import { useEffect, useRef, useState } from 'react'
import { useWidget } from '../lib/widget'
import { newest, valueText } from './curves'
import { createPlot, type Plot, type PlotLine } from './plot'
import { axisWords } from './words'

interface CurveBoxProps {
  title: string
  unit: string
  lines: readonly PlotLine[]
  x: readonly number[]
  values: readonly (readonly (number | null)[])[]
  /** The word for x and how it is written: "kimg 120", "3.2 hours". */
  xTitle: string
  xWords: (value: number) => string
  range?: readonly [number, number] | undefined
  group: string
  span: readonly [number, number] | null
  onZoom: (span: readonly [number, number] | null) => void
  mark?: number | null
  ticks?: readonly number[]
  onPress?: ((x: number) => void) | undefined
  /** Instead of the curves, where there are none yet. */
  nothing: string
}

const NO_TICKS: readonly number[] = []

/** One plot with its name and its values above it: the newest ones, or those under the pointer. */
export function CurveBox({ title, unit, lines, x, values, xTitle, xWords, range, group, span, onZoom, mark = null, ticks = NO_TICKS, onPress, nothing }: CurveBoxProps) {
  const [row, setRow] = useState<number | null>(null)
  const plot = useRef<Plot | null>(null)
  const acts = useRef({ onZoom, onPress })
  useEffect(() => {
    acts.current = { onZoom, onPress }
  })
  const shape = JSON.stringify([lines, range, group, xTitle])
  const hasData = x.length > 0 && lines.length > 0
  const box = useWidget<HTMLDivElement>((scope, parent) => {
    const made = createPlot(scope, parent, {
      lines, range, group, xWords, yWords: axisWords, onHover: setRow, onZoom: (next) => acts.current.onZoom(next), onPress: (at) => acts.current.onPress?.(at),
    })
    plot.current = made
    scope.add(() => (plot.current = null))
  }, [shape, hasData])
  useEffect(() => plot.current?.setData(x, values), [x, values, shape, hasData])
  useEffect(() => plot.current?.setSpan(span), [span, shape, hasData])
  useEffect(() => plot.current?.setMark(mark), [mark, shape, hasData])
  useEffect(() => plot.current?.setTicks(ticks), [ticks, shape, hasData])
  const at = row !== null && row < x.length ? row : null
  const said = values.map((one) => (at === null ? newest([...one]) : (one[at] ?? null)))
  const where = at === null ? '' : `${xTitle} ${xWords(x[at]!)}`
  return (
    <section className="curvebox" aria-label={title}>
      <div className="row curvehead">
        <h3 className="clip">{title}</h3>
        <span className="xxs faint num nowrap grow">{where}</span>
        {lines.map((line, index) => (
          <span key={line.title} className="row tight xxs num nowrap curvevalue">
            <i className="curvekey" style={{ background: `var(--hue-${line.hue})` }} aria-hidden="true" />
            <span className="soft curvename">{line.title}</span>
            <span>{valueText(said[index] ?? null, unit)}</span>
          </span>
        ))}
      </div>
      {hasData ? <div className="curve" ref={box} role="img" aria-label={`${title}: ${lines.map((line, index) => `${line.title} ${valueText(newest([...(values[index] ?? [])]), unit)}`).join(', ')}`} /> : <div className="curve nocurve xs faint">{nothing}</div>}
    </section>
  )
}
