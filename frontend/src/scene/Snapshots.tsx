/** The snapshots of a scene: chosen from the project's networks, in the order in which music goes through them. */
import { useState, type KeyboardEvent } from 'react'
import { address, mayEdit, projectId } from '../lib/page'
import { plural } from '../lib/format'
import { useStore } from '../lib/store'
import { Note } from '../parts/basics'
import { IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { Popover } from '../parts/Menu'
import { queries, useAsk } from '../wire/query'
import type { Network, Scene, Visualizer } from '../wire/types'
import type { Draft } from './draft'

type Chosen = Scene['snapshots'][number]

export function Snapshots({ draft, visualizer }: { draft: Draft; visualizer: Visualizer | undefined }) {
  const scene = useStore(draft.scene)
  const networks = useAsk(queries.networks(projectId()))
  const chosen = chosenOf(scene, networks.data?.items ?? [])
  const fault = useStore(draft.faults).snapshot_ids
  const lacks = scene.warnings.find(({ field }) => field === 'snapshot_ids')?.sentence
  const inside = <Summary chosen={chosen} networks={networks.data?.items ?? []} />
  return (
    <div className="row">
      <span className="label scene-label">Snapshots</span>
      <div className="grow">
        {mayEdit() ? (
          <Popover label="Snapshots" button={<button type="button" className="select snapshots-button"><span className="unseen">Choose snapshots: </span>{inside}<Icon name="down" size="small" /></button>}>
            <Chooser draft={draft} chosen={chosen} networks={networks.data?.items ?? []} most={visualizer?.snapshots.max ?? 1} least={visualizer?.snapshots.min ?? 0} kinds={visualizer?.snapshots.kinds ?? []} />
          </Popover>
        ) : <div className="row tight">{inside}</div>}
        {fault && <div className="wrong-text" role="alert">{fault}</div>}
        {!fault && lacks && <Note mood="warn">{lacks}</Note>}
      </div>
    </div>
  )
}

/** The draft's ids with the names and pictures that the project knows. */
function chosenOf(scene: Scene, networks: Network[]): Chosen[] {
  const all = networks.flatMap((network) => network.snapshots)
  return scene.snapshot_ids.map((id) => {
    const found = all.find((one) => one.id === id) ?? scene.snapshots.find((one) => one.id === id)
    return { id, name: found?.name ?? 'Snapshot', thumbnail_url: found?.thumbnail_url ?? null }
  })
}

function Summary({ chosen, networks }: { chosen: Chosen[]; networks: Network[] }) {
  return (
    <>
      {chosen.slice(0, 3).map((one) => <Thumb key={one.id} one={one} />)}
      <span className="clip">{summaryWords(chosen.map((one) => one.id), networks)}</span>
    </>
  )
}

/** "Smoke 1, 6 of 6", or "6 snapshots of 2 networks" where several took part. */
export function summaryWords(ids: string[], networks: Network[]): string {
  if (ids.length === 0) return 'Choose snapshots'
  const from = networks.map((network) => ({ network, count: network.snapshots.filter((one) => ids.includes(one.id)).length })).filter(({ count }) => count > 0)
  const [first, ...others] = from
  if (first && others.length === 0 && first.count === ids.length) return `${first.network.name}, ${ids.length} of ${first.network.snapshots.length}`
  return others.length > 0 ? `${plural(ids.length, 'snapshot')} of ${plural(from.length, 'network')}` : plural(ids.length, 'snapshot')
}

function Thumb({ one }: { one: Chosen }) {
  return one.thumbnail_url ? <img className="thumb-small" src={one.thumbnail_url} alt="" loading="lazy" /> : <span className="thumb-small" />
}

interface ChooserProps {
  draft: Draft
  chosen: Chosen[]
  networks: Network[]
  least: number
  most: number
  kinds: string[]
}

function Chooser({ draft, chosen, networks, least, most, kinds }: ChooserProps) {
  const ids = chosen.map((one) => one.id)
  const put = (next: string[], title: string): void => draft.change({ snapshot_ids: next }, title)
  const usable = networks.filter((network) => kinds.length === 0 || kinds.includes(network.kind))
  return (
    <div className="snapshot-chooser">
      <div className="head"><h3>In this order, quiet to loud</h3><span className="num xs faint">{chosen.length} of at most {most}</span></div>
      <Order chosen={chosen} least={least} onOrder={(next) => put(next, 'Order snapshots')} onRemove={(id) => put(ids.filter((one) => one !== id), 'Remove snapshot')} />
      {usable.map((network) => (
        <section key={network.id} className="sect">
          <div className="title">{network.name}
            <button type="button" className="link accent xs end" onClick={() => put(network.snapshots.slice(0, most).map((one) => one.id), 'Choose snapshots')}>Use all</button>
          </div>
          <div className="snapshot-grid">
            {network.snapshots.map((one) => (
              <button key={one.id} type="button" className={ids.includes(one.id) ? 'tile on' : 'tile'} aria-pressed={ids.includes(one.id)} title={one.name}
                aria-label={`${one.name}, ${ids.includes(one.id) ? 'chosen' : 'not chosen'}`}
                onClick={() => {
                  if (ids.includes(one.id)) return ids.length > least ? put(ids.filter((id) => id !== one.id), 'Remove snapshot') : undefined
                  put(most === 1 ? [one.id] : [...ids, one.id].slice(-most), 'Add snapshot')
                }}>
                {one.thumbnail_url && <img src={one.thumbnail_url} alt="" loading="lazy" />}
              </button>
            ))}
          </div>
        </section>
      ))}
      {usable.length === 0 && <p className="soft xs none">No network fits this visualizer. <a href={address.place('networks')}>Make or import one.</a></p>}
    </div>
  )
}

/** Drag, or Alt with the arrows up and down. */
function Order({ chosen, least, onOrder, onRemove }: { chosen: Chosen[]; least: number; onOrder: (ids: string[]) => void; onRemove: (id: string) => void }) {
  const [dragged, setDragged] = useState<string | null>(null)
  const ids = chosen.map((one) => one.id)
  const moveTo = (id: string, place: number): void => {
    const rest = ids.filter((one) => one !== id)
    const at = Math.max(0, Math.min(rest.length, place))
    const next = [...rest.slice(0, at), id, ...rest.slice(at)]
    if (next.join() !== ids.join()) onOrder(next)
  }
  const press = (event: KeyboardEvent, id: string): void => {
    if (!event.altKey || !['ArrowUp', 'ArrowDown'].includes(event.key)) return
    event.preventDefault()
    moveTo(id, ids.indexOf(id) + (event.key === 'ArrowUp' ? -1 : 1))
  }
  return (
    <ol className="snapshot-order">
      {chosen.map((one, place) => (
        <li key={one.id} tabIndex={0} draggable aria-label={`${place + 1}: ${one.name}. Alt with the arrows moves it.`}
          className={dragged === one.id ? 'dragged' : ''} onKeyDown={(event) => press(event, one.id)}
          onDragStart={(event) => {
            event.dataTransfer.effectAllowed = 'move'
            setDragged(one.id)
          }}
          onDragOver={(event) => dragged && event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault()
            if (dragged) moveTo(dragged, place)
          }}
          onDragEnd={() => setDragged(null)}>
          <span className="faint"><Icon name="grip" size="small" /></span>
          <span className="num faint xs">{place + 1}</span>
          <Thumb one={one} />
          <span className="grow clip">{one.name}</span>
          <IconButton small icon="close" label={`Remove ${one.name}`} reason={ids.length <= least ? `This visualizer needs ${plural(least, 'snapshot')}.` : null} onClick={() => onRemove(one.id)} />
        </li>
      ))}
    </ol>
  )
}
