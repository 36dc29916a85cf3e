import { useState } from 'react'
import { TextField } from '../parts/basics'
import { FormDialog } from '../parts/Dialog'
import { changeRun } from './deeds'
import type { Run } from './wire'

export function RenameRun({ run, onClose }: { run: Run; onClose: () => void }) {
  const [name, setName] = useState(run.name)
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const send = (): void => {
    setBusy(true)
    changeRun(run, { name: name.trim() }).then(onClose).catch((fault: unknown) => {
      setWrong((fault as Error).message)
      setBusy(false)
    })
  }
  return (
    <FormDialog title={`Rename “${run.name}”`} act="Rename" isOpen isBusy={isBusy} reason={name.trim() ? null : 'Write a name.'} onSend={send} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} wrong={wrong} autoFocus maxLength={255} onFocus={(event) => event.target.select()} hint="Its network keeps the name it has." />
    </FormDialog>
  )
}
