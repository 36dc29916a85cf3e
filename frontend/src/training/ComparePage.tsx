/** Runs compared: the same curves over each other, the sheets at the same kimg, what their settings differ in. */
import { useQueries } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { address, projectId } from '../lib/page'
import { Empty, FaultNote, Select, Skeleton } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Shell } from '../shell/Shell'
import { useAsk } from '../wire/query'
import { CurveBox } from './CurveBox'
import { along, dataOf, joined, plots, type Along, type PlotSpec } from './curves'
import { comparedLines } from './differences'
import { wordsOf, type FieldWords } from './fields'
import { nearestSample } from './film'
import { MetricNotes, metricsOf } from './Metrics'
import { trainingQueries } from './queries'
import { xWords } from './RunCurves'
import { RUN_HUES, useCompared } from './use_compared'
import type { Run, Sample, TickColumns } from './wire'
import { kimgWords, metricName } from './words'

export function ComparePage() {
  const { ids, add, take } = useCompared()
  const all = useAsk(trainingQueries.runs(projectId()))
  const runs = (all.data?.items ?? []).filter((one) => ids.includes(one.id)).toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
  const others = (all.data?.items ?? []).filter((one) => !ids.includes(one.id))
  return (
    <Shell place="training" thing={{ name: 'Compare runs' }}>
      <div className="middle">
        <header className="pagehead"><div className="grow"><h1>Compare runs</h1><div className="lead">The same figures over each other, the same moment beside each other.</div></div></header>
        {all.error && <FaultNote fault={all.error} what="The runs could not be loaded." again={() => void all.refetch()} />}
        {all.isPending && <Skeleton rows={4} height={40} />}
        {all.data && (
          <div className="compareruns">
            <div className="runkeys">
              {runs.map((run, at) => (
                <span key={run.id} className="runkey"><i style={{ background: `var(--hue-${RUN_HUES[at % RUN_HUES.length]})` }} aria-hidden="true" /><a className="plain strong clip" href={address.run(run.id)}>{run.name}</a><IconButton small icon="close" label={`Leave out ${run.name}`} onClick={() => take(run.id)} /></span>
              ))}
              {others.length > 0 && <Select aria-label="Another run" value="" choices={[{ value: '', label: 'Another run…' }, ...others.map((one) => ({ value: one.id, label: one.name }))]} onChange={(id) => id && add(id)} />}
            </div>
            {runs.length < 2 ? <Empty title="Choose two runs or more" action={<Button href={address.place('training')}>All runs</Button>}>Then their curves lie over each other.</Empty> : <Compared runs={runs} />}
          </div>
        )}
      </div>
    </Shell>
  )
}

function Compared({ runs }: { runs: readonly Run[] }) {
  const presets = useAsk(trainingQueries.presets()).data
  const words = useMemo(() => wordsOf(presets), [presets])
  const ticks = useQueries({ queries: runs.map((one) => trainingQueries.ticks(one.id)) })
  const samples = useQueries({ queries: runs.map((one) => trainingQueries.samples(one.id)) })
  const columns = ticks.map((one) => one.data?.columns ?? {})
  const sheets = samples.map((one) => one.data?.items ?? [])
  return (
    <>
      <Sheets runs={runs} sheets={sheets} />
      <Curves runs={runs} columns={columns} sheets={sheets} />
      <Configs runs={runs} words={words} />
    </>
  )
}

/** Every run's sheet nearest to one kimg, which a slider moves. */
function Sheets({ runs, sheets }: { runs: readonly Run[]; sheets: readonly (readonly Sample[])[] }) {
  const ends = sheets.flatMap((one) => one.at(-1)?.kimg ?? [])
  const last = Math.max(0, ...ends)
  const shared = Math.min(last, ...ends)
  const [chosen, setChosen] = useState<number | null>(null)
  const kimg = chosen ?? shared
  if (last === 0 && sheets.every((one) => one.length === 0)) return null
  return (
    <section aria-label="Sheets at the same kimg">
      <div className="row curvesbar"><h2 className="grow">Sheets at the same kimg</h2></div>
      <div className="samescrub">
        <span className="num strong" role="status">kimg {kimgWords(kimg)}</span>
        <input type="range" className="range grow" min={0} max={last} step={last / 500 || 1} value={kimg} style={{ '--v': last > 0 ? kimg / last : 0 } as React.CSSProperties} aria-label="kimg" aria-valuetext={`kimg ${kimgWords(kimg)}`} onChange={(event) => setChosen(Number(event.target.value))} />
      </div>
      <div className="comparedsheets">
        {runs.map((run, at) => {
          const sample = sheets[at]?.[nearestSample(sheets[at] ?? [], kimg)]
          return (
            <figure key={run.id}>
              <div className="pic">{sample?.grid_url ? <img src={sample.grid_url} alt={`Sheet of ${run.name} at kimg ${kimgWords(sample.kimg)}`} /> : <span className="faint xs">No snapshot yet</span>}</div>
              <figcaption className="row xs"><i className="curvekey" style={{ background: `var(--hue-${RUN_HUES[at % RUN_HUES.length]})` }} aria-hidden="true" /><span className="clip strong">{run.name}</span><span className="num soft end nowrap">{sample ? `kimg ${kimgWords(sample.kimg)}` : ''}</span></figcaption>
            </figure>
          )
        })}
      </div>
    </section>
  )
}

function Curves({ runs, columns, sheets }: { runs: readonly Run[]; columns: readonly TickColumns[]; sheets: readonly (readonly Sample[])[] }) {
  const [by, setBy] = useState<Along>('kimg')
  const [span, setSpan] = useState<readonly [number, number] | null>(null)
  const single = plots.flatMap((spec): PlotSpec[] => spec.lines.map((line) => ({ ...spec, id: `${spec.id}-${line.column}`, title: spec.lines.length === 1 ? spec.title : `${spec.title}: ${line.title.toLowerCase()}`, lines: [line] })))
  const metrics = metricsOf(sheets.flat())
  const choose = (next: string): void => {
    setSpan(null)
    setBy(next as Along)
  }
  const said = { runs, by, span, onZoom: setSpan }
  return (
    <section aria-label="Curves">
      <div className="row curvesbar">
        <h2 className="grow">Curves</h2>
        {span && <Button small kind="quiet" icon="grow" onClick={() => setSpan(null)}>Show all</Button>}
        <Select small aria-label="Along" value={by} onChange={choose} choices={[{ value: 'kimg', label: 'By kimg' }, { value: 'clock', label: 'By hours of training' }]} />
      </div>
      <div className="curvegrid">
        {metrics.map((name) => <Over key={name} {...said} title={metricName(name).title} unit="" tables={sheets.map((one) => ({ x: one.map((sample) => (by === 'kimg' ? sample.kimg : sample.seconds / 3600)), values: one.map((sample) => sample.metrics[name] ?? null) }))} />)}
        {single.map((spec) => {
          const tables = columns.map((one) => {
            const { x, lines } = dataOf(one, spec, by)
            return { x: lines[0] ? x : [], values: lines[0]?.values ?? [] }
          })
          return tables.some((one) => one.x.length > 0) ? <Over key={spec.id} {...said} title={spec.title} unit={spec.unit} range={spec.range} tables={tables} /> : null
        })}
      </div>
      <MetricNotes samples={sheets.flat()} />
    </section>
  )
}

interface OverProps {
  runs: readonly Run[]
  by: Along
  span: readonly [number, number] | null
  onZoom: (span: readonly [number, number] | null) => void
  title: string
  unit: string
  range?: readonly [number, number] | undefined
  tables: readonly { x: number[]; values: (number | null)[] }[]
}

/** One figure, one line for each run. */
function Over({ runs, by, tables, ...rest }: OverProps) {
  const names = runs.map((one) => one.name).join('\n')
  const lines = useMemo(() => names.split('\n').map((title, at) => ({ title, hue: RUN_HUES[at % RUN_HUES.length]! })), [names])
  const text = JSON.stringify(tables)
  const { x, values } = useMemo(() => joined(JSON.parse(text) as typeof tables), [text])
  return <CurveBox {...rest} lines={lines} x={x} values={values} xTitle={along[by].title} xWords={xWords[by]} group={`compared-${by}`} nothing="None of them says it." />
}

function Configs({ runs, words }: { runs: readonly Run[]; words: FieldWords }) {
  const lines = comparedLines(runs, words)
  const about = [
    { name: 'pictures', title: 'Trained on', values: runs.map((one) => one.version.name) },
    { name: 'start', title: 'Begun from', values: runs.map((one) => (one.start ? `${one.start.network_name}, ${one.start.name}` : 'nothing')) },
  ].filter((one) => new Set(one.values).size > 1)
  const rows = [...about, ...lines]
  return (
    <section aria-label="Differences">
      <div className="row curvesbar"><h2 className="grow">Differences</h2></div>
      {rows.length === 0 ? <p className="soft">They have the same settings and pictures.</p> : (
        <div className="card table">
          <table className="dense" aria-label="Settings that differ">
            <thead><tr><th scope="col">Setting</th>{runs.map((one, at) => <th key={one.id} scope="col"><span className="row tight"><i className="curvekey" style={{ background: `var(--hue-${RUN_HUES[at % RUN_HUES.length]})` }} aria-hidden="true" /><span className="clip">{one.name}</span></span></th>)}</tr></thead>
            <tbody>{rows.map((one) => <tr key={one.name}><td className="soft">{one.title}</td>{one.values.map((value, at) => <td key={at} className="clip num-left" title={value}>{value}</td>)}</tr>)}</tbody>
          </table>
        </div>
      )}
    </section>
  )
}
