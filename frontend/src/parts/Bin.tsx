/** Bin: things go to the bin at once and come back by Undo, so nobody is asked whether they are sure. */
import { useState } from 'react'
import { undoRegistry } from '../lib/undo'
import { patch, post, remove } from '../wire/api'
import { hideThing, refresh } from '../wire/query'
import { FormDialog } from './Dialog'
import { TextField } from './basics'
import { toastFault, toastUndo } from './toasts'

/** Noun of the API: "track" lives at /tracks/{id}. */
export type Noun = 'track' | 'scene' | 'render' | 'network' | 'dataset'

export function putInBin(noun: Noun, thing: { id: string; name: string }, then?: () => void): void {
  const show = hideThing(noun, thing.id)
  const path = `/${noun}s/${thing.id}`
  const restore = async (): Promise<void> => {
    await post(`${path}/restore`)
    await refresh(`${noun}s`)
  }
  remove(path)
    .then(() => {
      undoRegistry.push({ title: `Put “${thing.name}” in the bin`, undo: restore, redo: () => remove(path).then(() => refresh(`${noun}s`)) })
      toastUndo(`“${thing.name}” is in the bin.`, () => void undoRegistry.undo().catch((fault: unknown) => toastFault(fault)))
      then?.()
    })
    .catch((fault: unknown) => {
      show()
      toastFault(fault, `“${thing.name}” was not put in the bin.`)
    })
}

/** Another name for a thing: shown at once, taken back when it is refused. */
export function RenameDialog({ noun, thing, onClose }: { noun: Noun; thing: { id: string; name: string; revision?: number } | null; onClose: () => void }) {
  return thing ? <RenameForm key={thing.id} noun={noun} thing={thing} onClose={onClose} /> : null
}

function RenameForm({ noun, thing, onClose }: { noun: Noun; thing: { id: string; name: string; revision?: number }; onClose: () => void }) {
  const [name, setName] = useState(thing.name)
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const send = async (): Promise<void> => {
    setBusy(true)
    try {
      const revision = thing.revision === undefined ? {} : { revision: thing.revision }
      await patch(`/${noun}s/${thing.id}`, { name: name.trim(), ...revision })
      await Promise.all([refresh(`${noun}s`), refresh(noun, thing.id)])
      onClose()
    } catch (fault) {
      setWrong((fault as Error).message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <FormDialog title={`Rename “${thing.name}”`} act="Rename" isOpen isBusy={isBusy} reason={name.trim() ? null : 'Write a name.'} onSend={() => void send()} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} wrong={wrong} autoFocus maxLength={255} onFocus={(event) => event.target.select()} />
    </FormDialog>
  )
}
