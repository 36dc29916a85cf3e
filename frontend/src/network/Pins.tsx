/** Pins: the vectors that people of this project wanted to find again. */
import { useState } from 'react'
import { address, mayEdit } from '../lib/page'
import { Empty, FaultNote, Labelled, Skeleton, TextField } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { FormDialog } from '../parts/Dialog'
import { Menu } from '../parts/Menu'
import { patch } from '../wire/api'
import { refresh, useAsk } from '../wire/query'
import type { Network } from '../wire/types'
import { BinnedPins } from './BinnedPins'
import { binWithUndo } from './deeds'
import { snapshotTitle } from './growth'
import { PinCard } from './PinCard'
import { PinScene } from './PinScene'
import { networkQueries } from './queries'
import type { Pin } from './wire'

export function Pins({ network }: { network: Network }) {
  const pins = useAsk(networkQueries.pins(network.id))
  const [editing, setEditing] = useState<Pin | null>(null)
  const [using, setUsing] = useState<Pin | null>(null)
  if (pins.error) return <FaultNote fault={pins.error} what="The pins could not be loaded." again={() => void pins.refetch()} />
  if (!pins.data) return <Skeleton rows={4} height={60} />
  if (pins.data.items.length === 0) {
    return (
      <>
        <Empty title="No pin yet" action={<Button icon="eye" href={address.explore(network.id)}>Open explorer</Button>}>
          A pin keeps a vector that you found: who, when, and with which snapshot. Pins make paths, and can be used in scenes.
        </Empty>
        <BinnedPins network={network} />
      </>
    )
  }
  const nameOf = (id: string): string => {
    const found = network.snapshots.find((one) => one.id === id)
    return found ? snapshotTitle(found, network.name) : 'a snapshot in the bin'
  }
  return (
    <>
      <div className="pins">
        {pins.data.items.map((one) => (
          <PinCard key={one.id} pin={one} snapshotName={nameOf(one.snapshot_id)} href={address.explore(network.id, `?pin=${one.id}`)} menu={mayEdit() && (
            <Menu align="end" button={<IconButton small icon="more" label={`More about ${one.name}`} />} items={[
              { id: 'scene', label: 'Use in scene…', icon: 'scene', act: () => setUsing(one) },
              { id: 'edit', label: 'Name and note…', icon: 'edit', act: () => setEditing(one) },
              { id: 'bin', label: 'Put in the bin', icon: 'bin', danger: true, act: () => binWithUndo(`/pins/${one.id}`, one.name, () => refresh('pins')) },
            ]} />
          )} />
        ))}
      </div>
      <BinnedPins network={network} />
      {using && <PinScene key={using.id} pin={using} onClose={() => setUsing(null)} />}
      {editing && <PinForm key={editing.id} pin={editing} onClose={() => setEditing(null)} />}
    </>
  )
}

function PinForm({ pin, onClose }: { pin: Pin; onClose: () => void }) {
  const [name, setName] = useState(pin.name)
  const [note, setNote] = useState(pin.note)
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const send = async (): Promise<void> => {
    setBusy(true)
    try {
      await patch(`/pins/${pin.id}`, { name: name.trim(), note, revision: pin.revision })
      await refresh('pins')
      onClose()
    } catch (fault) {
      setWrong((fault as Error).message)
      setBusy(false)
    }
  }
  return (
    <FormDialog title={`Name and note of “${pin.name}”`} act="Save" isOpen isBusy={isBusy} reason={name.trim() ? null : 'Write a name.'} onSend={() => void send()} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} wrong={wrong} autoFocus maxLength={255} />
      <Labelled label="Note">{(ids) => <textarea className="field" rows={3} {...ids} value={note} onChange={(event) => setNote(event.target.value)} />}</Labelled>
    </FormDialog>
  )
}
