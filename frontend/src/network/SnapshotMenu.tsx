import { useState, type ReactElement } from 'react'
import { address, mayEdit } from '../lib/page'
import { Menu } from '../parts/Menu'
import type { Network, Snapshot } from '../wire/types'
import { binWithUndo, refreshNetworks } from './deeds'
import { isPattern } from './kinds'
import { MoveForm, SnapshotForm } from './SnapshotForm'

/** Everything that can be done with one snapshot. */
export function SnapshotMenu({ network, snapshot, button, onCompare }: { network: Network; snapshot: Snapshot; button: ReactElement; onCompare: ((snapshot: Snapshot) => void) | null }) {
  const [open, setOpen] = useState<'change' | 'move' | null>(null)
  const close = (): void => setOpen(null)
  const edits = mayEdit() ? [
    { id: 'change', label: 'Name, kimg, tags, notes…', icon: 'edit' as const, line: true, act: () => setOpen('change') },
    ...(isPattern(network) ? [] : [{ id: 'tune', label: 'Fine-tune…', icon: 'training' as const, href: address.newRun(`?start=${snapshot.id}`) }, { id: 'move', label: 'Move to another network…', icon: 'network' as const, act: () => setOpen('move') }]),
    { id: 'bin', label: 'Put in the bin', icon: 'bin' as const, danger: true, act: () => binSnapshot(snapshot) },
  ] : []
  return (
    <>
      <Menu align="end" button={button} items={[
        { id: 'explore', label: 'Open in the explorer', icon: 'eye', href: address.explore(network.id, `?snapshot=${snapshot.id}`) },
        { id: 'walk', label: 'Endless walk', icon: 'grow', href: address.walk(network.id, `?snapshot=${snapshot.id}`) },
        ...(onCompare ? [{ id: 'compare', label: 'Compare with the chosen one', icon: 'compare' as const, act: () => onCompare(snapshot) }] : []),
        { id: 'file', label: 'Download the weights', icon: 'download', href: `/api/v1/snapshots/${snapshot.id}/file?download=1` },
        ...edits,
      ]} />
      {open === 'change' && <SnapshotForm snapshot={snapshot} onClose={close} />}
      {open === 'move' && <MoveForm snapshot={snapshot} network={network} onClose={close} />}
    </>
  )
}

export function binSnapshot(snapshot: Snapshot): void {
  binWithUndo(`/snapshots/${snapshot.id}`, snapshot.name, refreshNetworks)
}
