/** Beside the film: what can be done with the newest snapshots, what the run is made of, and its snapshots with their metrics. */
import { useState, type ReactNode } from 'react'
import { count, when } from '../lib/format'
import { address, mayEdit } from '../lib/page'
import { Button } from '../parts/Button'
import { toastFault } from '../parts/toasts'
import { configLines, differenceLines } from './differences'
import { valueWords, type FieldWords } from './fields'
import { MetricNotes, SnapshotTable } from './Metrics'
import { openPreview } from './preview'
import { RunNotes } from './RunNotes'
import type { Run, Sample, StartCard } from './wire'
import { kimgWords } from './words'

interface PanelProps {
  run: Run
  words: FieldWords
  samples: readonly Sample[]
  at: number
  onChoose: (at: number) => void
}

export function RunPanel({ run, words, samples, at, onChoose }: PanelProps) {
  return (
    <aside className="aside recipe runpanel" aria-label="The run" data-region="inspector">
      <Doors run={run} />
      <Made run={run} words={words} />
      <Settings run={run} words={words} />
      <section aria-label="Snapshots">
        <div className="head"><h3>Snapshots</h3><span className="faint num xs">{samples.length}</span></div>
        <SnapshotTable run={run} samples={samples} at={at} onChoose={onChoose} />
        {samples.some((one) => one.notes.length > 0) && <div className="sect col"><MetricNotes samples={samples} /></div>}
      </section>
    </aside>
  )
}

/** What one does with a run's snapshots. */
function Doors({ run }: { run: Run }) {
  const [isBusy, setBusy] = useState(false)
  const reason = run.network_id && run.snapshots > 0 ? null : 'It has no snapshot yet. The first one comes soon after it starts.'
  const preview = (): void => {
    setBusy(true)
    openPreview(run).catch((fault: unknown) => {
      setBusy(false)
      toastFault(fault)
    })
  }
  return (
    <div className="sect doors">
      {mayEdit() && <Button kind={run.state === 'training' || run.state === 'done' ? 'primary' : 'plain'} className="fill" icon="scene" busy={isBusy} reason={reason} onClick={preview}>Preview newest with a track</Button>}
      <div className="two tightly">
        <Button kind="line" icon="network" href={run.network_id ? address.network(run.network_id) : undefined} reason={reason}>Open network</Button>
        <Button kind="line" icon="eye" href={run.network_id ? address.explore(run.network_id, run.newest_snapshot_id ? `?snapshot=${run.newest_snapshot_id}` : '') : undefined} reason={reason}>Explore</Button>
      </div>
    </div>
  )
}

function Made({ run, words }: { run: Run; words: FieldWords }) {
  const lines: [string, ReactNode][] = [
    ['Trained on', run.version.dataset_id ? <a key="v" href={address.dataset(run.version.dataset_id, run.version.id ? `?version=${run.version.id}` : '')}>{run.version.name}</a> : run.version.name],
    ['Pictures', `${count(run.version.count)}${fitWords(run)}`],
    ['Begun from', run.start ? <StartWords key="s" start={run.start} /> : 'nothing'],
    ['Preset', valueWords(run.config.preset, words.preset)],
    ['Size', `${String(run.config.size)} × ${String(run.config.size)}`],
    ['Snapshots', `every ${kimgWords(run.snapshot_kimg)} kimg`],
    ['Ordered', `${run.created_by_name ? `by ${run.created_by_name}, ` : ''}${when(run.created_at)}`],
  ]
  return (
    <section className="sect" aria-label="What it is made of">
      <dl className="facts">
        {lines.map(([name, value], at) => [<dt key={`${at}n`}>{name}</dt>, <dd key={`${at}v`} className="clip" title={typeof value === 'string' ? value : undefined}>{value}</dd>])}
      </dl>
      <RunNotes run={run} />
    </section>
  )
}

function StartWords({ start }: { start: StartCard }) {
  const words = `${start.network_name}, ${start.kimg === null ? start.name : `kimg ${kimgWords(start.kimg)}`}`
  return start.network_id ? <a href={address.network(start.network_id)}>{words}</a> : words
}

/** ", padded to 64²". */
function fitWords(run: Run): string {
  return run.fit === 'exact' ? '' : `, ${run.fit === 'pad' ? 'padded' : 'cropped'} to ${String(run.config.size)}²`
}

/** What differs from the preset stands open, the whole list folds. */
function Settings({ run, words }: { run: Run; words: FieldWords }) {
  const [isWhole, setWhole] = useState(false)
  const changed = differenceLines(run.differences, words)
  const preset = words.preset ? valueWords(run.config.preset, words.preset) : 'the preset'
  return (
    <section className="sect" aria-label="Settings">
      <div className="title"><span className="grow">{changed.length === 0 ? `Settings as in ${preset}` : `Differs from ${preset}`}</span><button type="button" className="accent" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>{isWhole ? 'Fewer' : 'All settings'}</button></div>
      {changed.length > 0 && !isWhole && (
        <dl className="facts settinglines">
          {changed.map((one) => [<dt key={`${one.name}n`}>{one.title}</dt>, <dd key={`${one.name}v`}>{one.value} <span className="faint">({one.before})</span></dd>])}
        </dl>
      )}
      {isWhole && (
        <dl className="facts settinglines">
          {configLines(run, words).map((one) => [<dt key={`${one.name}n`}>{one.title}</dt>, <dd key={`${one.name}v`} className={one.isChanged ? 'accent' : ''} title={one.isChanged ? 'Not as in the preset' : undefined}>{one.value}</dd>])}
        </dl>
      )}
    </section>
  )
}
