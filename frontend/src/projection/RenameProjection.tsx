import { useState } from 'react'
import { TextField } from '../parts/basics'
import { FormDialog } from '../parts/Dialog'
import { changeProjection } from './deeds'
import type { Projection } from './wire'

export function RenameProjection({ one, onClose }: { one: Projection; onClose: () => void }) {
  const [name, setName] = useState(one.name)
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const send = (): void => {
    setBusy(true)
    changeProjection(one, { name: name.trim() }).then(onClose).catch((fault: unknown) => {
      setWrong((fault as Error).message)
      setBusy(false)
    })
  }
  return (
    <FormDialog title={`Rename “${one.name}”`} act="Rename" isOpen isBusy={isBusy} reason={name.trim() ? null : 'Write a name.'} onSend={send} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} wrong={wrong} autoFocus maxLength={255} onFocus={(event) => event.target.select()} />
    </FormDialog>
  )
}
