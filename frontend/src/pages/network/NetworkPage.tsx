/** Network: its growth through its snapshots, the facts of each, and where it is used. */
import { useMemo, useState } from 'react'
import { plural } from '../../lib/format'
import { address, mayEdit, pageData, projectId } from '../../lib/page'
import { putInBin, RenameDialog } from '../../parts/Bin'
import { FaultNote, Note, Skeleton, Tag } from '../../parts/basics'
import { Button, IconButton } from '../../parts/Button'
import { Menu } from '../../parts/Menu'
import { DropAnywhere, UploadRows, useFileChooser } from '../../parts/Uploader'
import { isNothing, NothingHere, Shell } from '../../shell/Shell'
import { snapshotKind } from '../../wire/kinds'
import { queries, refresh, useAsk } from '../../wire/query'
import type { Network, Snapshot } from '../../wire/types'
import { Imports } from '../networks/Imports'
import { kindNames } from '../networks/NetworksPage'
import { Notes } from './Notes'
import { SnapshotPanel } from './SnapshotPanel'

export function NetworkPage() {
  const id = pageData().ids.network ?? ''
  const network = useAsk(queries.network(id))
  if (isNothing(network.error)) return <NothingHere place="networks" />
  if (!network.data) {
    return (
      <Shell place="networks" thing={{ name: 'Network' }}>
        <div className="middle">
          {network.error ? <FaultNote fault={network.error} what="The network could not be loaded." again={() => void network.refetch()} /> : <Skeleton rows={6} height={40} />}
        </div>
      </Shell>
    )
  }
  return <OneNetwork network={network.data} />
}

/** What is said under the name. */
export function networkSentence(network: Network): string {
  if (network.kind === 'cppn') return `Pattern network of the species ${network.species}, seed ${network.seed}. Never trained; made from these two alone.`
  const first = network.snapshots[0]
  return first ? `Imported from ${first.original_name}${network.snapshots.length > 1 ? ` and ${plural(network.snapshots.length - 1, 'more file')}` : ''}.` : 'Nothing of it has been read yet.'
}

function OneNetwork({ network }: { network: Network }) {
  const networks = useAsk(queries.networks(projectId()))
  const ordered = network.snapshots.toSorted((a, b) => a.order - b.order)
  const [chosenId, setChosen] = useState<string | null>(window.location.hash.slice(1) || null)
  const chosen = ordered.find((one) => one.id === chosenId) ?? ordered.at(-1)
  const [isRenaming, setRenaming] = useState(false)
  const kind = useMemo(() => snapshotKind(network.id), [network.id])
  const choose = useFileChooser(kind)
  const takesFiles = mayEdit() && network.kind !== 'cppn'
  const choosePicture = (one: Snapshot): void => {
    window.history.replaceState(null, '', `#${one.id}`)
    setChosen(one.id)
  }
  return (
    <Shell place="networks" thing={{ name: network.name, siblings: networks.data?.items.map((one) => ({ id: one.id, name: one.name, href: address.network(one.id), isHere: one.id === network.id })) }}>
      <DropAnywhere kind={takesFiles ? kind : null} title={`Drop snapshots of “${network.name}” here`} />
      <div className="with-aside">
        <div className="middle">
          <header className="pagehead">
            <div className="grow">
              <div className="row wrap" style={{ gap: 10 }}><h1>{network.name}</h1>{network.kind && <Tag>{kindNames[network.kind] ?? network.kind}</Tag>}{network.species && <Tag>{network.species}</Tag>}</div>
              <div className="lead">{networkSentence(network)}</div>
            </div>
            {takesFiles && <Button icon="upload" onClick={choose}>Import snapshots</Button>}
            {mayEdit() && <Button kind="primary" icon="scene" href={`${address.place('scenes')}#new`}>New scene</Button>}
            {mayEdit() && (
              <Menu align="end" button={<IconButton icon="more" label="More about this network" />} items={[
                { id: 'rename', label: 'Rename…', icon: 'edit', act: () => setRenaming(true) },
                { id: 'bin', label: 'Put in the bin', icon: 'bin', danger: true, act: () => putInBin('network', network, () => window.location.assign(address.place('networks'))) },
              ]} />
            )}
          </header>
          {takesFiles && <UploadRows kind={kind} onArrived={() => void Promise.all([refresh('network', network.id), refresh('jobs')])} />}
          <Imports subject={`network:${network.id}`} />
          <Growth networkName={network.name} snapshots={ordered} chosen={chosen} onChoose={choosePicture} isPattern={network.kind === 'cppn'} />
          <UsedIn network={network} />
          <Notes network={network} />
        </div>
        <SnapshotPanel network={network} snapshot={chosen} />
      </div>
      <RenameDialog noun="network" thing={isRenaming ? network : null} onClose={() => setRenaming(false)} />
    </Shell>
  )
}

/** "Smoke 1, 35 %" of "Smoke 1" → "35 %". */
export function shortName(snapshot: Pick<Snapshot, 'name'>, networkName: string): string {
  const { name } = snapshot
  return name.startsWith(networkName) ? name.slice(networkName.length).replace(/^[\s,:–-]+/, '') || name : name
}

/** The same vectors through every snapshot: each column is one, from the first to the newest. */
function Growth({ networkName, snapshots, chosen, onChoose, isPattern }: { networkName: string; snapshots: Snapshot[]; chosen: Snapshot | undefined; onChoose: (one: Snapshot) => void; isPattern: boolean }) {
  if (snapshots.length === 0) return <Note>Its snapshots appear here as soon as they are {isPattern ? 'made' : 'read'}.</Note>
  return (
    <section aria-label="Growth">
      <div className="row" style={{ height: 30 }}>
        <h3 className="grow" style={{ color: 'var(--text)' }}>The same vectors through every snapshot</h3>
        <span className="xs faint">{isPattern ? 'From simple to complex' : 'Thousand images seen'}</span>
      </div>
      <div className="growth" role="group" aria-label="Snapshots">
        {snapshots.map((one) => (
          <div key={one.id} className="growthcolumn">
            <div className={one.id === chosen?.id ? 'xs num strong' : 'xs num faint'}>{one.kimg === null ? shortName(one, networkName) : one.kimg.toLocaleString('en-US')}</div>
            <button type="button" className={one.id === chosen?.id ? 'tile on' : 'tile'} aria-pressed={one.id === chosen?.id} aria-label={one.name} onClick={() => onChoose(one)}>
              {one.thumbnail_url && <img src={one.thumbnail_url} alt="" />}
            </button>
          </div>
        ))}
      </div>
    </section>
  )
}

function UsedIn({ network }: { network: Network }) {
  return (
    <section aria-label="Used in">
      <div className="parthead"><h2 className="grow">Used in</h2><span className="faint num xs">{network.used_in.length}</span></div>
      {network.used_in.length === 0 && <p className="soft">No scene uses it yet.</p>}
      <ul className="plainlist">{network.used_in.map((one) => <li key={one.id}><a href={address.scene(one.id)}>{one.name}</a></li>)}</ul>
    </section>
  )
}
