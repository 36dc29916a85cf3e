/** Metrics: a figure per snapshot, as a table and as curves. */
import { useMemo } from 'react'
import { address } from '../lib/page'
import { Note } from '../parts/basics'
import { IconButton } from '../parts/Button'
import { Tip } from '../parts/Tooltip'
import { CurveBox } from './CurveBox'
import { xWords } from './RunCurves'
import type { Run, Sample } from './wire'
import { figure, kimgWords, metricName } from './words'

/** The metrics of the samples, in the order of the known names. */
export function metricsOf(samples: readonly Sample[]): string[] {
  const order = ['fid', 'kid', 'precision', 'recall', 'patch_distance', 'sharpness', 'diversity', 'path_length']
  const found = [...new Set(samples.flatMap((one) => Object.keys(one.metrics)))]
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length)
  return found.sort((a, b) => place(a) - place(b) || a.localeCompare(b))
}

/** The best value of a metric; null where better and worse are not known. */
export function bestOf(samples: readonly Sample[], name: string): number | null {
  const { better } = metricName(name)
  const values = samples.flatMap((one) => one.metrics[name] ?? [])
  if (better === null || values.length < 2) return null
  return better === 'less' ? Math.min(...values) : Math.max(...values)
}

const HUES = ['blue', 'orange', 'green', 'pink', 'violet', 'yellow', 'red'] as const

/** Every sentence of the samples once: what stands beside a figure must be read with it. */
export function notesOf(samples: readonly Sample[]): string[] {
  return [...new Set(samples.flatMap((one) => one.notes))]
}

export function MetricCurves({ samples, shown, onShow }: { samples: readonly Sample[]; shown: Sample | undefined; onShow: (kimg: number) => void }) {
  const names = useMemo(() => metricsOf(samples), [samples])
  const x = useMemo(() => samples.map((one) => one.kimg), [samples])
  if (names.length === 0 || samples.length < 2) return null
  return (
    <section className="runcurves" aria-label="Metrics of each snapshot">
      <div className="row curvesbar"><h2 className="grow">Metrics of each snapshot</h2></div>
      <div className="curvegrid">
        {names.map((name, at) => <MetricCurve key={name} name={name} hue={HUES[at % HUES.length]!} x={x} samples={samples} mark={shown?.kimg ?? null} onShow={onShow} />)}
      </div>
      <MetricNotes samples={samples} />
    </section>
  )
}

function MetricCurve({ name, hue, x, samples, mark, onShow }: { name: string; hue: string; x: readonly number[]; samples: readonly Sample[]; mark: number | null; onShow: (kimg: number) => void }) {
  const values = useMemo(() => [samples.map((one) => one.metrics[name] ?? null)], [samples, name])
  const lines = useMemo(() => [{ title: metricName(name).title, hue }], [name, hue])
  return <CurveBox title={metricName(name).title} unit="" lines={lines} x={x} values={values} xTitle="kimg" xWords={xWords.kimg} group="metrics" span={null} onZoom={() => undefined} mark={mark} onPress={onShow} nothing="Not measured." />
}

export function MetricNotes({ samples }: { samples: readonly Sample[] }) {
  return <>{notesOf(samples).map((one) => <Note key={one} mood={/not comparable/.test(one) ? 'warn' : 'plain'}>{one}</Note>)}</>
}

interface TableProps {
  run: Run
  samples: readonly Sample[]
  at: number
  onChoose: (at: number) => void
}

/** Newest first, as one looks for the best of the last ones. */
export function SnapshotTable({ run, samples, at, onChoose }: TableProps) {
  const names = useMemo(() => metricsOf(samples), [samples])
  const best = useMemo(() => Object.fromEntries(names.map((name) => [name, bestOf(samples, name)])), [samples, names])
  if (samples.length === 0) return <div className="sect quietline soft xs">The first snapshot comes soon after it starts.</div>
  return (
    <div className="metrictable">
      <table className="dense others" aria-label={`Snapshots of ${run.name}`}>
        <thead><tr><th scope="col">kimg</th>{names.map((name) => <th key={name} scope="col" className="num"><Tip text={metricName(name).about}><span tabIndex={-1}>{metricName(name).title}</span></Tip></th>)}<th scope="col"><span className="unseen">Open</span></th></tr></thead>
        <tbody>
          {samples.map((one, place) => ({ one, place })).reverse().map(({ one, place }) => (
            <tr key={one.kimg} className={place === at ? 'goes on' : 'goes'} onClick={(event) => !(event.target as HTMLElement).closest('a, button') && onChoose(place)}>
              <td className="num-left"><button type="button" className="link num" aria-current={place === at ? 'true' : undefined} onClick={() => onChoose(place)}>{kimgWords(one.kimg)}</button></td>
              {names.map((name) => <td key={name} className={best[name] !== null && one.metrics[name] === best[name] ? 'num accent' : 'num'} title={best[name] !== null && one.metrics[name] === best[name] ? 'The best so far' : undefined}>{figure(one.metrics[name])}</td>)}
              <td className="acts">{run.network_id && one.snapshot_id && <IconButton small icon="eye" label={`Explore kimg ${kimgWords(one.kimg)}`} href={address.explore(run.network_id, `?snapshot=${one.snapshot_id}`)} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
