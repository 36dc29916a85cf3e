/** Deeds: changes of a network and its parts, shown at once, taken back by undo. */
import { undoRegistry } from '../lib/undo'
import { toastFault, toastUndo } from '../parts/toasts'
import { ApiError, patch, post, remove } from '../wire/api'
import { refresh, showThing } from '../wire/query'
import type { Network, Snapshot } from '../wire/types'

/** DELETE puts it in the bin, `…/restore` brings it back; `shown` asks again for what shows it; then `left` is called. */
export function binWithUndo(path: string, name: string, shown: () => Promise<unknown>, left?: () => void): void {
  const put = async (): Promise<void> => {
    await remove(path)
    await shown()
  }
  const restore = async (): Promise<void> => {
    await post(`${path}/restore`)
    await shown()
  }
  put()
    .then(() => {
      undoRegistry.push({ title: `Put “${name}” in the bin`, undo: restore, redo: put })
      toastUndo(`“${name}” is in the bin.`, () => void undoRegistry.undo().catch((fault: unknown) => toastFault(fault)))
      left?.()
    })
    .catch((fault: unknown) => toastFault(fault, `“${name}” was not put in the bin.`))
}

export function refreshNetworks(): Promise<unknown> {
  return Promise.all([refresh('network'), refresh('networks'), refresh('pins')])
}

export interface NetworkChange {
  name?: string
  notes?: string
  tags?: string[]
}

/** The last change wins per field; a newer revision is only a reason to send it again. */
export async function changeNetwork(network: Pick<Network, 'id'>, change: NetworkChange): Promise<void> {
  try {
    showThing('network', await patch<Network>(`/networks/${network.id}`, change))
  } catch (fault) {
    const revision = fault instanceof ApiError && fault.isConflict ? (fault.current as Network | null)?.revision : undefined
    if (revision === undefined) throw fault
    showThing('network', await patch<Network>(`/networks/${network.id}`, { ...change, revision }))
  }
}

export interface SnapshotChange {
  name?: string
  kimg?: number | null
  notes?: string
  tags?: string[]
  /** null = a new network. */
  network_id?: string | null
}

export async function changeSnapshot(id: string, change: SnapshotChange): Promise<Snapshot> {
  const changed = await patch<Snapshot>(`/snapshots/${id}`, change)
  await refreshNetworks()
  return changed
}
