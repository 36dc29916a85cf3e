/** Pins: kept, renamed, thrown away and brought back. */
import { undoRegistry } from '../lib/undo'
import { vectorTitle } from '../network/vectors'
import { toast, toastFault, toastUndo } from '../parts/toasts'
import { patch, post, remove } from '../wire/api'
import { hideThing, refresh } from '../wire/query'
import type { Explored } from './address'
import type { Pin } from '../network/wire'

const DRAGGED = 'application/x-phosphene-pin'

/** Keep what is explored. The toast offers to name it. */
export async function pinThis(networkId: string, explored: Explored, rename: (pin: Pin) => void): Promise<Pin | null> {
  const { snapshotId, vector, look } = explored
  try {
    const pin = await post<Pin>(`/networks/${networkId}/pins`, { snapshot_id: snapshotId, name: vectorTitle(vector), vector, look })
    await refresh('pins')
    undoRegistry.push({ title: `Pin “${pin.name}”`, undo: () => remove(`/pins/${pin.id}`).then(() => refresh('pins')), redo: () => bringBack(pin) })
    toast(`Pinned “${pin.name}”.`, { action: { label: 'Rename', act: () => rename(pin) }, group: { name: 'pin', many: (times) => `Pinned ${times} vectors, “${pin.name}” last.` } })
    return pin
  } catch (fault) {
    toastFault(fault, 'The pin was not kept.')
    return null
  }
}

async function bringBack(pin: Pin): Promise<void> {
  await post(`/pins/${pin.id}/restore`)
  await refresh('pins')
}

export function throwPin(pin: Pin): void {
  const show = hideThing('pin', pin.id)
  remove(`/pins/${pin.id}`)
    .then(() => {
      undoRegistry.push({ title: `Remove pin “${pin.name}”`, undo: () => bringBack(pin), redo: () => remove(`/pins/${pin.id}`).then(() => refresh('pins')) })
      toastUndo(`Removed pin “${pin.name}”.`, () => void undoRegistry.undo().catch((fault: unknown) => toastFault(fault)))
    })
    .catch((fault: unknown) => {
      show()
      toastFault(fault, `“${pin.name}” was not removed.`)
    })
}

export async function changePin(pin: Pin, change: { name?: string; note?: string }): Promise<void> {
  await patch(`/pins/${pin.id}`, { ...change, revision: pin.revision })
  await refresh('pins')
}

export function dragPin(transfer: DataTransfer, pin: Pin): void {
  transfer.effectAllowed = 'copy'
  transfer.setData(DRAGGED, pin.id)
  transfer.setData('text/plain', pin.name)
}

/** While something is dragged only its kinds can be read. */
export function carriesPin(transfer: DataTransfer): boolean {
  return transfer.types.includes(DRAGGED)
}

export function droppedPin(transfer: DataTransfer, pins: readonly Pin[]): Pin | null {
  const id = transfer.getData(DRAGGED)
  return pins.find((pin) => pin.id === id) ?? null
}
