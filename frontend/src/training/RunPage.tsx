/** Run: a training as one watches it: its sheet as a film, its curves, what it is made of. */
import { address, mayEdit, pageData, projectId } from '../lib/page'
import { FaultNote, Skeleton } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Menu } from '../parts/Menu'
import { useMemo, useState } from 'react'
import { isNothing, NothingHere, Shell } from '../shell/Shell'
import { useAsk } from '../wire/query'
import { binRun } from './deeds'
import { wordsOf } from './fields'
import { FilmBox } from './FilmBox'
import { nearestSample } from './film'
import { MetricCurves } from './Metrics'
import { trainingQueries } from './queries'
import { RenameRun } from './RenameRun'
import { RunBar } from './RunBar'
import { RunCurves } from './RunCurves'
import { RunPanel } from './RunPanel'
import { useFilm } from './use_film'
import { useRunData } from './use_run'
import type { Run } from './wire'
import { isGoing } from './words'

export function RunPage() {
  const id = pageData().ids.training_run ?? ''
  const run = useAsk(trainingQueries.run(id))
  if (isNothing(run.error)) return <NothingHere place="training" />
  if (!run.data) {
    return (
      <Shell place="training" thing={{ name: 'Run' }}>
        <div className="middle">
          {run.error ? <FaultNote fault={run.error} what="The run could not be loaded." again={() => void run.refetch()} /> : <Skeleton rows={6} height={40} />}
        </div>
      </Shell>
    )
  }
  return <OneRun run={run.data} />
}

function OneRun({ run }: { run: Run }) {
  const runs = useAsk(trainingQueries.runs(projectId()))
  const presets = useAsk(trainingQueries.presets()).data
  const words = useMemo(() => wordsOf(presets), [presets])
  const { columns, samples } = useRunData(run.id)
  const film = useFilm(samples)
  const [isRenaming, setRenaming] = useState(false)
  const shown = samples[film.at]
  const show = (kimg: number): void => film.go(nearestSample(samples, kimg))
  const siblings = runs.data?.items.slice(0, 20).map((one) => ({ id: one.id, name: one.name, href: address.run(one.id), isHere: one.id === run.id }))
  const others = (runs.data?.items ?? []).filter((one) => one.id !== run.id)
  const actions = (
    <>
      {others.length > 0 && <Button small kind="line" className="not-phone" icon="compare" href={address.compareRuns([run.id, others[0]!.id])}>Compare</Button>}
      {mayEdit() && (
        <Menu align="end" button={<IconButton small icon="more" label="More about this run" />} items={[
          { id: 'again', label: 'Train again with these settings…', icon: 'again', href: address.trainAgain(run.id) },
          { id: 'rename', label: 'Rename…', icon: 'edit', act: () => setRenaming(true) },
          { id: 'bin', label: 'Put in the bin', icon: 'bin', danger: true, reason: isGoing(run) ? 'Stop it first' : null, act: () => binRun(run, () => window.location.assign(address.place('training'))) },
        ]} />
      )}
    </>
  )
  return (
    <Shell place="training" thing={{ name: run.name, siblings }} actions={actions}>
      <div className="with-aside renderpage runpage">
        <div className="runmain">
          <FilmBox run={run} samples={samples} film={film} />
          <RunBar run={run} words={words} />
          <RunCurves columns={columns} samples={samples} shown={shown} onShow={show} />
          <MetricCurves samples={samples} shown={shown} onShow={show} />
        </div>
        <RunPanel run={run} words={words} samples={samples} at={film.at} onChoose={film.go} />
      </div>
      {isRenaming && <RenameRun run={run} onClose={() => setRenaming(false)} />}
    </Shell>
  )
}
