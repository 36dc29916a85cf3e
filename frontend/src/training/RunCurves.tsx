/** The curves of a run, side by side, all along the same kimg or hours. */
import { useMemo, useState } from 'react'
import { Select } from '../parts/basics'
import { Button } from '../parts/Button'
import { CurveBox } from './CurveBox'
import { along, dataOf, plots, type Along, type PlotSpec } from './curves'
import type { Sample, TickColumns } from './wire'
import { axisWords, figure, kimgWords } from './words'

interface RunCurvesProps {
  columns: TickColumns
  samples: readonly Sample[]
  /** The sample that the film shows. */
  shown: Sample | undefined
  onShow: (kimg: number) => void
}

export const xWords: Record<Along, (value: number) => string> = { kimg: (kimg) => (kimg < 1 ? axisWords(kimg) : kimgWords(kimg)), clock: (hours) => figure(hours) }

export function RunCurves({ columns, samples, shown, onShow }: RunCurvesProps) {
  const [by, setBy] = useState<Along>('kimg')
  const [span, setSpan] = useState<readonly [number, number] | null>(null)
  const choose = (next: string): void => {
    setSpan(null)
    setBy(next as Along)
  }
  const place = (one: Sample): number => (by === 'kimg' ? one.kimg : one.seconds / 3600)
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `place` follows from `by`
  const ticks = useMemo(() => samples.map(place), [samples, by])
  const show = (x: number): void => {
    if (by === 'kimg') onShow(x)
    else onShow(kimgAt(columns, x))
  }
  return (
    <section className="runcurves" aria-label="Curves">
      <div className="row curvesbar">
        <h2 className="grow">Curves</h2>
        {span && <Button small kind="quiet" icon="grow" onClick={() => setSpan(null)}>Show all</Button>}
        <span className="xs faint not-phone">Drag to zoom. A press shows its sheet.</span>
        <Select small aria-label="Along" value={by} onChange={choose} choices={(Object.keys(along) as Along[]).map((one) => ({ value: one, label: one === 'kimg' ? 'By kimg' : 'By hours of training' }))} />
      </div>
      <div className="curvegrid">
        {plots.map((spec) => <OneCurve key={spec.id} spec={spec} columns={columns} by={by} span={span} onZoom={setSpan} mark={shown ? place(shown) : null} ticks={ticks} onPress={show} />)}
      </div>
    </section>
  )
}

interface OneCurveProps {
  spec: PlotSpec
  columns: TickColumns
  by: Along
  span: readonly [number, number] | null
  onZoom: (span: readonly [number, number] | null) => void
  mark: number | null
  ticks: readonly number[]
  onPress: (x: number) => void
}

function OneCurve({ spec, columns, by, ...rest }: OneCurveProps) {
  const { x, lines } = useMemo(() => dataOf(columns, spec, by), [columns, spec, by])
  const shape = lines.map(({ line }) => line.column).join()
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the lines are those of the spec
  const drawn = useMemo(() => lines.map(({ line }) => ({ title: line.title, hue: line.hue })), [shape])
  const values = useMemo(() => lines.map((one) => one.values), [lines])
  const isEmpty = (columns.kimg?.length ?? 0) === 0
  return (
    <CurveBox {...rest} title={spec.title} unit={spec.unit} lines={drawn} x={x} values={values} range={spec.range} group={`run-${by}`} xTitle={along[by].title} xWords={xWords[by]}
      nothing={isEmpty ? 'Drawn from the first report on.' : 'This run has none of them.'} />
  )
}

/** The kimg at so many hours. */
function kimgAt(columns: TickColumns, hours: number): number {
  const seconds = columns.seconds ?? []
  const row = seconds.findIndex((one) => (one ?? 0) >= hours * 3600)
  return (row < 0 ? columns.kimg?.at(-1) : columns.kimg?.[row]) ?? 0
}
