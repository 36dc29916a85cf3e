import { useMemo, type RefObject } from 'react'
import { fileSize, when } from '../lib/format'
import { Tag } from '../parts/basics'
import { IconButton } from '../parts/Button'
import { Table, type Column } from '../parts/Table'
import type { Network, Snapshot } from '../wire/types'
import { usedWords, warningsOf } from './facts'
import { SnapshotMenu } from './SnapshotMenu'

interface TableProps {
  network: Network
  snapshots: readonly Snapshot[]
  chosen: Snapshot | undefined
  onChoose: (snapshot: Snapshot) => void
  onCompare: (snapshot: Snapshot) => void
  scroller: RefObject<HTMLElement | null>
}

/** The snapshots with what they weigh and where they are used. A row is chosen by its name. */
export function SnapshotTable({ network, snapshots, chosen, onChoose, onCompare, scroller }: TableProps) {
  const columns = useMemo((): Column<Snapshot>[] => [
    { id: 'picture', title: '', name: 'Picture', width: 52, className: 'tight', cell: (one) => <span className="fatepic">{one.thumbnail_url && <img src={one.thumbnail_url} alt="" loading="lazy" />}</span> },
    {
      id: 'name', title: 'Name', className: 'name', by: (one) => one.name,
      cell: (one) => (
        <span className="row tight">
          <button type="button" className="link strong clip" aria-current={one.id === chosen?.id ? 'true' : undefined} onClick={() => onChoose(one)}>{one.name}</button>
          {warningsOf(one).length > 0 && <Tag mood="warn" icon="warning">{warningsOf(one).length}</Tag>}
          {one.tags.map((tag) => <Tag key={tag}>{tag}</Tag>)}
        </span>
      ),
    },
    ...(snapshots.some((one) => one.kimg !== null) ? [{ id: 'kimg', title: 'kimg', isNumber: true, by: (one: Snapshot) => one.kimg, cell: (one: Snapshot) => (one.kimg === null ? '—' : one.kimg.toLocaleString('en-US')) } satisfies Column<Snapshot>] : []),
    { id: 'pixels', title: 'Pixels', isNumber: true, className: 'roomy', by: (one) => one.resolution, cell: (one) => `${one.resolution}²` },
    { id: 'size', title: 'Size', isNumber: true, className: 'not-phone', by: (one) => one.size_bytes, cell: (one) => fileSize(one.size_bytes) },
    { id: 'pins', title: 'Pins', isNumber: true, className: 'not-phone', by: (one) => one.pins, cell: (one) => one.pins },
    { id: 'used', title: 'Used in', className: 'not-phone', by: (one) => one.used_in.length, cell: (one) => <span className="soft">{usedWords(one.used_in)}</span> },
    { id: 'added', title: 'Added', className: 'roomy', by: (one) => one.created_at, cell: (one) => <span className="soft">{when(one.created_at)}</span> },
    {
      id: 'menu', title: '', name: 'Acts', width: 44, className: 'acts',
      cell: (one) => <SnapshotMenu network={network} snapshot={one} onCompare={chosen && one.id !== chosen.id ? onCompare : null} button={<IconButton small icon="more" label={`More about ${one.name}`} />} />,
    },
  ], [network, snapshots, chosen, onChoose, onCompare])
  return <Table name="Snapshots" rows={snapshots} columns={columns} idOf={(one) => one.id} isOn={(one) => one.id === chosen?.id} onRow={onChoose} dense scroller={scroller} />
}
