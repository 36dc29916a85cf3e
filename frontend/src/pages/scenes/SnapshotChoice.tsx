import { address } from '../../lib/page'
import { Note } from '../../parts/basics'
import type { Network, Snapshot, Visualizer } from '../../wire/types'

interface SnapshotChoiceProps {
  networks: readonly Network[]
  visualizer: Visualizer
  /** Ids in the order in which the music goes through them, quiet to loud. */
  chosen: string[]
  onChange: (chosen: string[]) => void
}

/** Adds at the end, or takes away. */
export function toggled(chosen: readonly string[], id: string, max: number): string[] {
  if (chosen.includes(id)) return chosen.filter((one) => one !== id)
  return chosen.length < max ? [...chosen, id] : [...chosen.slice(0, -1), id]
}

/** The snapshots by network, as pictures; the number on a chosen one is its place. */
export function SnapshotChoice({ networks, visualizer, chosen, onChange }: SnapshotChoiceProps) {
  const { max, kinds } = visualizer.snapshots
  const fitting = networks.filter((one) => kinds.includes(one.kind) && one.snapshots.length > 0)
  if (fitting.length === 0) {
    return <Note>There is no network yet that this visualizer reads. <a href={address.place('networks')}>Make or import one</a></Note>
  }
  return (
    <fieldset className="snapshot-choice">
      <legend className="label">Snapshots, from quiet to loud <span className="faint num">{chosen.length} of {max} at most</span></legend>
      {fitting.map((network) => (
        <div key={network.id}>
          <div className="row xs"><span className="grow soft clip">{network.name}</span><AllOfThem network={network} max={max} onChange={onChange} /></div>
          <div className="thumbs">
            {network.snapshots.toSorted((a, b) => a.order - b.order).map((one) => (
              <SnapshotTile key={one.id} snapshot={one} place={chosen.indexOf(one.id)} onPress={() => onChange(toggled(chosen, one.id, max))} />
            ))}
          </div>
        </div>
      ))}
    </fieldset>
  )
}

function AllOfThem({ network, max, onChange }: { network: Network; max: number; onChange: (chosen: string[]) => void }) {
  if (network.snapshots.length < 2) return null
  const all = network.snapshots.toSorted((a, b) => a.order - b.order).slice(0, max).map((one) => one.id)
  return <button type="button" className="accent" onClick={() => onChange(all)}>{all.length < network.snapshots.length ? `First ${all.length}` : 'All'}</button>
}

function SnapshotTile({ snapshot, place, onPress }: { snapshot: Snapshot; place: number; onPress: () => void }) {
  return (
    <button type="button" className={place >= 0 ? 'tile on' : 'tile'} aria-pressed={place >= 0} aria-label={`${snapshot.name}${place >= 0 ? `, place ${place + 1}` : ''}`} title={snapshot.name} onClick={onPress}>
      {snapshot.thumbnail_url && <img src={snapshot.thumbnail_url} alt="" loading="lazy" />}
      {place >= 0 && <span className="corner tr">{place + 1}</span>}
    </button>
  )
}
