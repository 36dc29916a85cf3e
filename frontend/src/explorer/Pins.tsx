/** Pins: vectors that somebody wants to find again, with a name, a note, and a hand to drag them by. */
import { useState } from 'react'
import { when } from '../lib/format'
import { mayEdit } from '../lib/page'
import { BinnedPins } from '../network/BinnedPins'
import { isSameVector, vectorTitle } from '../network/vectors'
import { Empty } from '../parts/basics'
import { FormDialog } from '../parts/Dialog'
import { TextField } from '../parts/basics'
import { IconButton } from '../parts/Button'
import { Menu } from '../parts/Menu'
import { VectorPicture } from './PinPicture'
import { changePin, dragPin, throwPin } from './pin_actions'
import { withPoint } from './path'
import type { Pin } from '../network/wire'
import { snapshotOf, useExplored, useExplorer } from './use_explorer'

export function Pins({ onRename }: { onRename: (pin: Pin) => void }) {
  const { network, pins } = useExplorer()
  const { vector } = useExplored()
  if (pins.length === 0) {
    return <div className="explorer-left"><Empty title="No pins yet">{mayEdit() ? 'A pin keeps a vector with its recipe, so that it can be found, mixed and put on a path. Press P at a picture you want to keep.' : 'Who may edit this project can keep vectors here.'}</Empty><BinnedPins network={network} /></div>
  }
  return (
    <>
      <ul className="explorer-left pinlist" aria-label="Pins">
        {pins.map((pin) => <PinRow key={pin.id} pin={pin} isOn={isSameVector(pin.vector, vector)} onRename={onRename} />)}
      </ul>
      <BinnedPins network={network} />
    </>
  )
}

function PinRow({ pin, isOn, onRename }: { pin: Pin; isOn: boolean; onRename: (pin: Pin) => void }) {
  const explorer = useExplorer()
  const { desk } = explorer
  const snapshot = explorer.snapshots.find((one) => one.id === pin.snapshot_id)
  const load = (): void => void desk.set((now) => ({ ...now, vector: pin.vector, look: pin.look }), `Pin “${pin.name}”`)
  const loadThere = (): void => void desk.set((now) => ({ ...now, snapshotId: snapshotOf(explorer, pin.snapshot_id)?.id ?? now.snapshotId, vector: pin.vector, look: pin.look }), `Pin “${pin.name}”`)
  const toPath = (): void => desk.changePath((now) => withPoint(now, { pin_id: pin.id, vector: pin.vector }), `Add “${pin.name}” to the path`)
  return (
    <li className={isOn ? 'pinrow on' : 'pinrow'} draggable onDragStart={(event) => dragPin(event.dataTransfer, pin)}>
      <button type="button" className="pinload" aria-pressed={isOn} onClick={load} title={vectorTitle(pin.vector)}>
        <VectorPicture vector={pin.vector} pin={pin} />
        <span className="grow col tightcol">
          <span className="strong clip">{pin.name}</span>
          <span className="xs faint clip">{pin.note || vectorTitle(pin.vector)}</span>
          <span className="xxs faint clip">{[pin.created_by_name, when(pin.created_at), snapshot?.name].filter(Boolean).join(', ')}</span>
        </span>
      </button>
      <Menu align="end" button={<IconButton small icon="more" label={`More about “${pin.name}”`} />} items={[
        { id: 'there', label: snapshot ? `Explore on ${snapshot.name}` : 'Explore', icon: 'eye', act: loadThere },
        { id: 'path', label: 'Add to the path', icon: 'route', act: toPath },
        { id: 'beside', label: 'Compare with this', icon: 'compare', act: () => desk.beside.set({ kind: 'pin', id: pin.id }) },
        ...(mayEdit() ? [
          { id: 'rename', label: 'Rename, note…', icon: 'edit' as const, line: true, act: () => onRename(pin) },
          { id: 'remove', label: 'Remove', icon: 'bin' as const, danger: true, act: () => throwPin(pin) },
        ] : []),
      ]} />
    </li>
  )
}

/** Another name and a note. */
export function PinDialog({ pin, onClose }: { pin: Pin; onClose: () => void }) {
  const [name, setName] = useState(pin.name)
  const [note, setNote] = useState(pin.note)
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const send = (): void => {
    setBusy(true)
    changePin(pin, { name: name.trim(), note: note.trim() })
      .then(onClose, (fault: unknown) => setWrong((fault as Error).message))
      .finally(() => setBusy(false))
  }
  return (
    <FormDialog title={`What is “${pin.name}” called?`} act="Keep" isOpen isBusy={isBusy} reason={name.trim() ? null : 'Write a name.'} onSend={send} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} wrong={wrong} autoFocus maxLength={255} onFocus={(event) => event.target.select()} />
      <TextField label="Note" value={note} onChange={setNote} maxLength={2000} />
    </FormDialog>
  )
}
