/** Training: the runs of a project: what is being learned now, and what has been. */
import { useState } from 'react'
import { when } from '../lib/format'
import { address, mayEdit, projectId } from '../lib/page'
import { Dot, Empty, FaultNote, Tag } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Menu } from '../parts/Menu'
import { Bar } from '../parts/Progress'
import { GridSkeleton } from '../pages/scenes/ScenesPage'
import { useProjectEvents } from '../shell/live'
import { Shell } from '../shell/Shell'
import { queryClient, useAsk } from '../wire/query'
import type { Items } from '../wire/types'
import { binRun } from './deeds'
import { trainingQueries } from './queries'
import { RenameRun } from './RenameRun'
import type { Preset, Run, Tick } from './wire'
import { isGoing, leftWords, longTime, moodOf, progressWords, rateWords, shareOf, standingWords } from './words'

const MOST_COMPARED = 6

/** A list hears of progress without asking again. */
function useTicks(project: string): void {
  useProjectEvents(({ kind, payload }) => {
    if (kind !== 'training.tick') return
    const tick = payload.tick as Tick
    queryClient.setQueryData<Items<Run>>(['trainings', project], (old) => old && {
      ...old,
      items: old.items.map((one) => one.id === payload.id ? { ...one, kimg: tick.kimg, seconds: tick.seconds, left_seconds: tick.left_seconds ?? null, pictures_per_second: tick.pictures_per_second } : one),
    })
  })
}

export function RunsPage() {
  const runs = useAsk(trainingQueries.runs(projectId()))
  const presets = useAsk(trainingQueries.presets())
  const [renaming, setRenaming] = useState<Run | null>(null)
  const [chosen, setChosen] = useState<readonly string[] | null>(null)
  useTicks(projectId())
  const items = runs.data?.items
  const toggle = (id: string): void => setChosen((now) => (now ?? []).includes(id) ? (now ?? []).filter((one) => one !== id) : [...(now ?? []), id].slice(-MOST_COMPARED))
  const train = mayEdit() && <Button kind="primary" icon="plus" href={address.newRun()}>Train a network</Button>
  return (
    <Shell place="training">
      <div className="middle">
        <header className="pagehead">
          <div className="grow"><h1>Training</h1><div className="lead">A run learns from a version of a dataset. Its snapshots stand among the networks as soon as they are made.</div></div>
          {items && items.length > 0 && (
            <div className="row wrap">
              {items.length > 1 && (chosen === null
                ? <Button kind="line" icon="compare" onClick={() => setChosen([])}>Compare</Button>
                : (
                  <>
                    <Button kind="line" onClick={() => setChosen(null)}>Cancel</Button>
                    <Button icon="compare" href={address.compareRuns(chosen)} reason={chosen.length < 2 ? 'Choose two runs or more.' : null}>{chosen.length < 2 ? 'Compare' : `Compare ${chosen.length}`}</Button>
                  </>
                ))}
              {train}
            </div>
          )}
        </header>
        {runs.error && <FaultNote fault={runs.error} what="The runs could not be loaded." again={() => void runs.refetch()} />}
        {runs.isPending && <GridSkeleton />}
        {items?.length === 0 && (
          <Empty title="Nothing trained yet" action={train}>
            A network of your own begins with a version of a dataset: freeze one in the library, or send a zip of pictures. It then learns for hours or days, and every snapshot can be previewed with a track while it goes on.
          </Empty>
        )}
        <div className="runs">
          {items?.map((one) => <RunCard key={one.id} run={one} presets={presets.data?.items ?? []} isChosen={chosen === null ? null : chosen.includes(one.id)} onChoose={() => toggle(one.id)} onRename={() => setRenaming(one)} />)}
        </div>
      </div>
      {renaming && <RenameRun run={renaming} onClose={() => setRenaming(null)} />}
    </Shell>
  )
}

interface CardProps {
  run: Run
  presets: readonly Preset[]
  /** null = nothing is being chosen. */
  isChosen: boolean | null
  onChoose: () => void
  onRename: () => void
}

function RunCard({ run, presets, isChosen, onChoose, onRename }: CardProps) {
  const share = shareOf(run)
  const facts = [presets.find((one) => one.name === run.config.preset)?.title ?? String(run.config.preset), `${String(run.config.size)}²`, run.version.name].filter(Boolean)
  const right = leftWords(run) ?? (run.seconds > 0 ? longTime(run.seconds) : '')
  const picture = run.thumbnail_url ? <img src={run.thumbnail_url} alt="" loading="lazy" /> : <span className="blank faint xs">{isGoing(run) ? 'Its first sheet comes soon' : 'No snapshot'}</span>
  return (
    <article className={isChosen ? 'card runcard on' : 'card runcard'} data-run={run.id}>
      {isChosen === null
        ? <a className="plain pic" href={address.run(run.id)} aria-label={run.name} tabIndex={-1}>{picture}</a>
        : <button type="button" className="pic" aria-pressed={isChosen} aria-label={`Compare ${run.name}`} onClick={onChoose}>{picture}{isChosen && <span className="over tr">Chosen</span>}</button>}
      <div className="col runwords">
        <div className="row">
          <a className="plain strong clip runname" href={address.run(run.id)}>{run.name}</a>
          {run.start && <Tag>Fine-tuned</Tag>}
          <span className="grow" />
          {mayEdit() && (
            <Menu align="end" button={<IconButton small icon="more" label={`More about ${run.name}`} />} items={[
              { id: 'again', label: 'Train again with these settings…', icon: 'again', href: address.trainAgain(run.id) },
              { id: 'rename', label: 'Rename…', icon: 'edit', act: onRename },
              { id: 'bin', label: 'Put in the bin', icon: 'bin', danger: true, reason: isGoing(run) ? 'Stop it first' : null, act: () => binRun(run) },
            ]} />
          )}
        </div>
        <div className="xs faint num clip">{facts.join(' · ')}</div>
        <div className="row xs"><span className="row tight soft nowrap" data-state={run.state}><Dot mood={moodOf(run)} />{standingWords(run)}</span><span className="num grow clip">{progressWords(run)}</span><span className="num soft nowrap">{right}</span></div>
        <Bar share={share} label={`${run.name}: ${progressWords(run)}`} />
        <div className={`xs num clip ${run.state === 'failed' ? 'danger' : 'faint'}`} title={run.sentence || undefined}>
          {run.state === 'failed' ? run.sentence : [run.state === 'training' && rateWords(run.pictures_per_second), run.snapshots > 0 && `${run.snapshots} snapshots`, `${run.created_by_name || 'Somebody'}, ${when(run.created_at)}`].filter(Boolean).join(' · ')}
        </div>
      </div>
    </article>
  )
}
