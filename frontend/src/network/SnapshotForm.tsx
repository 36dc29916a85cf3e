import { useState } from 'react'
import { address, projectId } from '../lib/page'
import { ChoiceField, Labelled, TextField } from '../parts/basics'
import { FormDialog } from '../parts/Dialog'
import { toast } from '../parts/toasts'
import { queries, useAsk } from '../wire/query'
import type { Network, Snapshot } from '../wire/types'
import { changeSnapshot } from './deeds'
import { Tags } from './Tags'

/** What is wrong with what stands in the field of thousand images, or null. Empty = nobody knows. */
export function wrongKimg(text: string): string | null {
  const value = Number(text)
  return text.trim() === '' || (Number.isFinite(value) && value >= 0 && value < 1e7) ? null : 'Write how many thousand images it has seen, or nothing.'
}

/** Name, kimg, tags and notes of a snapshot. */
export function SnapshotForm({ snapshot, onClose }: { snapshot: Snapshot; onClose: () => void }) {
  const [name, setName] = useState(snapshot.name)
  const [kimg, setKimg] = useState(snapshot.kimg === null ? '' : String(snapshot.kimg))
  const [tags, setTags] = useState(snapshot.tags)
  const [notes, setNotes] = useState(snapshot.notes)
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const send = async (): Promise<void> => {
    setBusy(true)
    try {
      await changeSnapshot(snapshot.id, { name: name.trim(), kimg: kimg.trim() === '' ? null : Number(kimg), tags, notes })
      onClose()
    } catch (fault) {
      setWrong((fault as Error).message)
      setBusy(false)
    }
  }
  return (
    <FormDialog title={`Change “${snapshot.name}”`} act="Save" isOpen isBusy={isBusy} reason={name.trim() ? wrongKimg(kimg) : 'Write a name.'} onSend={() => void send()} onClose={onClose}>
      <div className="two">
        <TextField label="Name" value={name} onChange={setName} wrong={wrong} autoFocus maxLength={255} />
        <TextField label="Thousand images seen (kimg)" value={kimg} onChange={setKimg} inputMode="decimal" wrong={wrongKimg(kimg)} hint="Puts it in its place in the growth." />
      </div>
      <div className="label-row"><span className="label">Tags</span><Tags tags={tags} of={snapshot.name} onChange={setTags} /></div>
      <Labelled label="Notes">{(ids) => <textarea className="field" rows={3} {...ids} value={notes} maxLength={10_000} onChange={(event) => setNotes(event.target.value)} />}</Labelled>
    </FormDialog>
  )
}

const NEW = 'new'

/** To another network of the project, for what was grouped wrongly. */
export function MoveForm({ snapshot, network, onClose }: { snapshot: Snapshot; network: Network; onClose: () => void }) {
  const networks = useAsk(queries.networks(projectId()))
  const others = (networks.data?.items ?? []).filter((one) => one.id !== network.id && (one.kind === '' || one.kind === snapshot.kind))
  const [target, setTarget] = useState(NEW)
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const send = async (): Promise<void> => {
    setBusy(true)
    try {
      const moved = await changeSnapshot(snapshot.id, { network_id: target === NEW ? null : target })
      toast(`“${snapshot.name}” was moved.`, { action: { label: 'Go there', act: () => window.location.assign(address.network(moved.network_id)) } })
      onClose()
    } catch (fault) {
      setWrong((fault as Error).message)
      setBusy(false)
    }
  }
  return (
    <FormDialog title={`Where does “${snapshot.name}” belong?`} act="Move it" isOpen isBusy={isBusy} onSend={() => void send()} onClose={onClose}>
      <ChoiceField label="Network" value={target} onChange={setTarget} wrong={wrong} hint="Scenes and pins that use it keep it."
        choices={[{ value: NEW, label: 'A new network of its own' }, ...others.map((one) => ({ value: one.id, label: one.name }))]} />
    </FormDialog>
  )
}
