import { fileSize, plural, shortHash, when } from '../../lib/format'
import { IconButton } from '../../parts/Button'
import { Tip } from '../../parts/Tooltip'
import type { Network, Snapshot } from '../../wire/types'

/** The chosen snapshot, large, and what is known about it. */
export function SnapshotPanel({ network, snapshot }: { network: Network; snapshot: Snapshot | undefined }) {
  if (!snapshot) return <aside className="aside" aria-label="Snapshot"><div className="sect quietline soft xs">No snapshot yet.</div></aside>
  const rows: [string, React.ReactNode][] = [
    ['Size', `${snapshot.resolution} × ${snapshot.resolution}`],
    ['z, w', `${snapshot.z_dim}, ${snapshot.w_dim} × ${snapshot.num_ws}`],
    ['Classes', snapshot.num_classes > 0 ? String(snapshot.num_classes) : 'none'],
    ...(snapshot.kimg === null ? [] : [['Thousand images', snapshot.kimg.toLocaleString('en-US')] as [string, string]]),
    ['Weights', fileSize(snapshot.size_bytes)],
    ['From', network.kind === 'cppn' ? `seed ${network.seed}` : snapshot.original_name],
    ['Added', when(snapshot.created_at)],
    ['SHA-256', <Hash key="sha" value={snapshot.sha256} />],
    ...(snapshot.original_md5 ? [['MD5 of the original', <Hash key="md5" value={snapshot.original_md5} />] as [string, React.ReactNode]] : []),
  ]
  return (
    <aside className="aside" aria-label="Snapshot">
      <div className="pic large">{snapshot.thumbnail_url && <img src={snapshot.thumbnail_url} alt={`Pictures of ${snapshot.name}`} />}</div>
      <div className="sect" style={{ padding: '12px 16px' }}>
        <div className="row">
          <h2 className="grow num clip">{snapshot.name}</h2>
          <IconButton small icon="download" label="Download the weights" href={`/api/v1/snapshots/${snapshot.id}/file?download=1`} />
        </div>
        <dl className="facts" style={{ marginTop: 8 }}>
          {rows.map(([name, value]) => [<dt key={`${name}n`}>{name}</dt>, <dd key={`${name}v`} className="clip">{value}</dd>])}
        </dl>
      </div>
      <div className="sect quietline xs faint">{plural(network.snapshots.length, 'snapshot')} of “{network.name}”.</div>
    </aside>
  )
}

function Hash({ value }: { value: string }) {
  return <Tip text={value}><span className="mono" tabIndex={0}>{shortHash(value)}</span></Tip>
}
