/** The chosen snapshot: its picture, what is known about it, its files, and the snapshots beside it. */
import type { ReactNode } from 'react'
import { address, mayEdit } from '../lib/page'
import { Note, Tag } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import type { Network, Snapshot } from '../wire/types'
import { Exports, Hash } from './Exports'
import { factLines, usedWords, warningsOf } from './facts'
import { columnHead, snapshotTitle } from './growth'
import { binSnapshot, SnapshotMenu } from './SnapshotMenu'
import { Sprite } from './Sprite'

interface PanelProps {
  network: Network
  /** In order. */
  snapshots: readonly Snapshot[]
  snapshot: Snapshot | undefined
  picture: { sheet: string | null; columns: number; at: number; name: string } | null
  hasList: boolean
  onChoose: (snapshot: Snapshot) => void
  onCompare: (snapshot: Snapshot) => void
}

export function SnapshotPanel({ network, snapshots, snapshot, picture, hasList, onChoose, onCompare }: PanelProps) {
  if (!snapshot) return <aside className="aside" aria-label="Snapshot" data-region="inspector"><div className="sect quietline soft xs">No snapshot yet.</div></aside>
  const title = snapshotTitle(snapshot, network.name)
  return (
    <aside className="aside snapshotpanel" aria-label="Snapshot" data-region="inspector">
      <div className="pic large">
        {picture?.sheet ? <Sprite {...picture} name={`${title}, ${picture.name}`} /> : snapshot.thumbnail_url && <img src={snapshot.thumbnail_url} alt={`Picture of ${title}`} />}
        {picture?.sheet && <span className="over bl">{title}, {picture.name}</span>}
      </div>
      <div className="sect facing">
        <div className="row">
          <h2 className="grow num clip" title={snapshot.name}>{title}</h2>
          {mayEdit() && <Button small icon="scene" href={`${address.place('scenes')}?snapshots=${snapshot.id}#new`}>Use in scene</Button>}
          {mayEdit() && <IconButton small icon="bin" label="Put in the bin" onClick={() => binSnapshot(snapshot)} />}
          <SnapshotMenu network={network} snapshot={snapshot} onCompare={null} button={<IconButton small icon="more" label={`More about ${snapshot.name}`} />} />
        </div>
        {snapshot.tags.length > 0 && <div className="row wrap">{snapshot.tags.map((one) => <Tag key={one}>{one}</Tag>)}</div>}
        <Facts network={network} snapshot={snapshot} />
        {warningsOf(snapshot).map((one) => <Note key={one} mood="warn">{one}</Note>)}
        {snapshot.notes && <p className="xs soft written">{snapshot.notes}</p>}
      </div>
      <Exports snapshot={snapshot} />
      {hasList && snapshots.length > 1 && <Others network={network} snapshots={snapshots} chosen={snapshot} onChoose={onChoose} onCompare={onCompare} />}
    </aside>
  )
}

function Facts({ network, snapshot }: { network: Network; snapshot: Snapshot }) {
  const lines: [string, ReactNode][] = [
    ...factLines(network, snapshot),
    ['SHA-256', <Hash key="sha" value={snapshot.sha256} />],
    ...(snapshot.original_sha256 ? [['SHA-256 of the original', <Hash key="original" value={snapshot.original_sha256} />] as [string, ReactNode]] : []),
  ]
  return (
    <dl className="facts">
      {lines.map(([name, value]) => [<dt key={`${name}n`}>{name}</dt>, <dd key={`${name}v`} className="clip" title={typeof value === 'string' ? value : undefined}>{value}</dd>])}
    </dl>
  )
}

/** Newest first, as one looks for the best of the last ones. */
function Others({ network, snapshots, chosen, onChoose, onCompare }: { network: Network; snapshots: readonly Snapshot[]; chosen: Snapshot; onChoose: (one: Snapshot) => void; onCompare: (one: Snapshot) => void }) {
  const hasKimg = snapshots.some((one) => one.kimg !== null)
  return (
    <table className="dense others" aria-label={`Snapshots of ${network.name}`}>
      <thead><tr><th scope="col">{hasKimg ? 'kimg' : 'Snapshot'}</th><th scope="col" className="num">Pins</th><th scope="col">Used in</th><th scope="col"><span className="unseen">Acts</span></th></tr></thead>
      <tbody>
        {snapshots.toReversed().map((one) => (
          <tr key={one.id} className={one.id === chosen.id ? 'goes on' : 'goes'} onClick={(event) => !(event.target as HTMLElement).closest('button, a') && event.currentTarget.contains(event.target as HTMLElement) && onChoose(one)}>
            <td className="num-left"><button type="button" className="link num clip" aria-current={one.id === chosen.id ? 'true' : undefined} onClick={() => onChoose(one)}>{columnHead(one, network.name)}</button></td>
            <td className="num">{one.pins}</td>
            <td className="soft">{usedWords(one.used_in)}</td>
            <td className="acts"><SnapshotMenu network={network} snapshot={one} onCompare={one.id === chosen.id ? null : onCompare} button={<IconButton small icon="more" label={`More about ${one.name}`} />} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
