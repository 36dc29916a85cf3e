import { useState } from 'react'
import { address, projectId } from '../../lib/page'
import type { Dataset } from '../../library/wire'
import { TextField } from '../../parts/basics'
import { FormDialog } from '../../parts/Dialog'
import { sentenceOf } from '../../wire/api'
import { makeDataset } from './make_dataset'

/** A dataset by name; cameras find it by this name too. */
export function NewDataset({ taken, onClose }: { taken: readonly Dataset[]; onClose: () => void }) {
  const [name, setName] = useState('')
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const isTaken = taken.some((one) => one.name === name.trim())
  const send = async (): Promise<void> => {
    setBusy(true)
    try {
      const made = await makeDataset(projectId(), name.trim())
      window.location.assign(address.dataset(made.id))
    } catch (fault) {
      setWrong(sentenceOf(fault))
      setBusy(false)
    }
  }
  const told = wrong ?? (isTaken ? `There is a dataset named “${name.trim()}” already. Open it, or choose another name.` : null)
  return (
    <FormDialog title="What is the new dataset called?" act="Make it" isOpen isBusy={isBusy} reason={name.trim() === '' ? 'Write a name.' : isTaken ? 'This name is taken.' : null} onSend={() => void send()} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} wrong={told} hint="Cameras send into a dataset by its name." autoFocus maxLength={200} />
    </FormDialog>
  )
}
