/** What a run begins from: nothing, or a snapshot that learns on. */
import { Note, Select } from '../parts/basics'
import { projectId } from '../lib/page'
import { inOrder, picked, snapshotTitle } from '../network/growth'
import { isPattern } from '../network/kinds'
import { queries, useAsk } from '../wire/query'
import type { Network } from '../wire/types'
import type { Draft } from './draft'
import type { StartCard } from './wire'

const MOST_TILES = 12

interface StartProps {
  draft: Draft
  start: StartCard | null
  problem: string | null
  onChange: (part: Partial<Draft>) => void
}

/** Networks that can learn on: those that were trained. */
function trainable(networks: readonly Network[]): Network[] {
  return networks.filter((one) => !isPattern(one) && one.snapshots.length > 0)
}

export function StartChoice({ draft, start, problem, onChange }: StartProps) {
  const networks = useAsk(queries.networks(projectId()))
  const fitting = trainable(networks.data?.items ?? [])
  const network = fitting.find((one) => one.snapshots.some((snapshot) => snapshot.id === draft.start)) ?? fitting[0]
  const newest = network && inOrder(network.snapshots).at(-1)
  const isTuned = draft.start !== null
  return (
    <section className="step" aria-label="Start">
      <div className="steptitle"><h2>Start</h2><span className="soft xs">Fine-tuning takes a fraction of the time where a network of alike pictures is at hand.</span></div>
      <div className="choices" role="radiogroup" aria-label="Start">
        <button type="button" role="radio" aria-checked={!isTuned} className={isTuned ? 'choice' : 'choice on'} onClick={() => onChange({ start: null })}>
          <span className="strong">From nothing</span>
          <span className="xs soft">The network begins with chance and learns all of it from these pictures.</span>
        </button>
        <button type="button" role="radio" aria-checked={isTuned} aria-disabled={!newest} className={isTuned ? 'choice on' : 'choice'} onClick={() => newest && !isTuned && onChange({ start: newest.id, size: null })}>
          <span className="strong">Fine-tune a snapshot</span>
          <span className="xs soft">{newest ? 'A trained network goes on learning from these pictures, its discriminator too where the file holds one.' : 'This project has no trained network yet. Import one under Networks.'}</span>
        </button>
      </div>
      {isTuned && network && <Tiles networks={fitting} network={network} chosen={draft.start} onChoose={(id) => onChange({ start: id, size: null })} />}
      {isTuned && start?.has_discriminator === false && <Note mood="info">This snapshot has no discriminator beside it. It begins with a fresh one, which takes some kimg to catch up.</Note>}
      {problem && <div className="wrong-text" role="alert">{problem}</div>}
    </section>
  )
}

function Tiles({ networks, network, chosen, onChoose }: { networks: readonly Network[]; network: Network; chosen: string | null; onChoose: (id: string) => void }) {
  const ordered = inOrder(network.snapshots)
  const few = picked(ordered, MOST_TILES)
  const here = ordered.find((one) => one.id === chosen)
  const shown = here && !few.includes(here) ? [...few.slice(0, -1), here] : few
  const change = (id: string): void => {
    const next = networks.find((one) => one.id === id)
    const newest = next && inOrder(next.snapshots).at(-1)
    if (newest) onChoose(newest.id)
  }
  return (
    <div className="startnetwork">
      <div className="row">
        <Select small aria-label="Network" value={network.id} choices={networks.map((one) => ({ value: one.id, label: one.name }))} onChange={change} />
        {here && <span className="xs soft num">{snapshotTitle(here, network.name)}, {here.resolution} × {here.resolution}</span>}
      </div>
      <div className="thumbs">
        {shown.map((one) => (
          <button key={one.id} type="button" className={one.id === chosen ? 'tile on' : 'tile'} aria-pressed={one.id === chosen} aria-label={snapshotTitle(one, network.name)} title={snapshotTitle(one, network.name)} onClick={() => onChoose(one.id)}>
            {one.thumbnail_url && <img src={one.thumbnail_url} alt="" loading="lazy" />}
          </button>
        ))}
      </div>
    </div>
  )
}
