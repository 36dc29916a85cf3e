/** The devices of a project, each with what is known of it; used by the capture page and by the settings. */
import { useState } from 'react'
import { mayEdit } from '../lib/page'
import { AskDialog, FormDialog } from '../parts/Dialog'
import { Dot, TextField } from '../parts/basics'
import { IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { Menu } from '../parts/Menu'
import { toast, toastFault } from '../parts/toasts'
import { patch, remove, sentenceOf } from '../wire/api'
import { refresh } from '../wire/query'
import type { CaptureDevice } from '../wire/types'
import type { DeviceStatus } from './messages'
import { awayWords, heardWords, networkWords, spaceWords, spoolWords } from './words'

interface DeviceCardProps {
  device: CaptureDevice
  /** Fresher than what the list knows, of the device one looks at. */
  status: DeviceStatus | null
  isOnline: boolean
  isChosen: boolean
  now: Date
  onChoose: () => void
}

export function DeviceCard({ device, status, isOnline, isChosen, now, onChoose }: DeviceCardProps) {
  return (
    <section className={isChosen ? 'device on' : 'device'} aria-label={device.name}>
      <div className="row">
        <span className={isChosen ? '' : 'soft'}><Icon name="camera" /></span>
        <button type="button" className="strong grow clip choose" aria-pressed={isChosen} onClick={onChoose}>{device.name}</button>
        <span className="unseen">{isOnline ? 'online' : 'off'}</span>
        <Dot mood={isOnline ? 'ok' : 'off'} />
        {mayEdit() && <DeviceMenu device={device} />}
      </div>
      {isOnline ? <DeviceFacts device={device} status={status} now={now} /> : <div className="xs faint">{awayWords({ ...device, state: device.state === 'online' ? 'away' : device.state, status: status ?? {} }, now)}</div>}
    </section>
  )
}

export function DeviceFacts({ device, status, now }: { device: CaptureDevice; status: DeviceStatus | null; now: Date }) {
  const camera = (device.hello as { camera?: { name?: string } }).camera?.name
  return (
    <dl className="facts">
      <dt>Camera</dt><dd>{camera ?? 'not told'}</dd>
      {status && (
        <>
          <dt>Free</dt><dd className={status.free_bytes <= status.floor_bytes ? 'danger' : ''}>{spaceWords(status)}</dd>
          <dt>Spool</dt><dd className={status.spool.blocked > 0 ? 'warn' : ''}>{spoolWords(status.spool)}</dd>
          <dt>Network</dt><dd>{networkWords(status)}</dd>
        </>
      )}
      <dt>Heard from</dt><dd>{heardWords(status?.at ?? device.last_seen_at ?? device.paired_at, now)}</dd>
    </dl>
  )
}

export function DeviceMenu({ device }: { device: CaptureDevice }) {
  const [asking, setAsking] = useState<'name' | 'revoke' | null>(null)
  const [name, setName] = useState(device.name)
  const [wrong, setWrong] = useState<string | null>(null)
  const close = (): void => setAsking(null)
  const rename = (): void => void patch(`/devices/${device.id}`, { name })
    .then(() => refresh('devices'))
    .then(close)
    .catch((fault: unknown) => setWrong(sentenceOf(fault)))
  const revoke = (): void => void remove(`/devices/${device.id}`)
    .then(() => {
      toast(`“${device.name}” is revoked. What it sent stays.`)
      return refresh('devices')
    })
    .catch((fault: unknown) => toastFault(fault))
  return (
    <>
      <Menu
        align="end"
        button={<IconButton small icon="more" label={`More of “${device.name}”`} />}
        items={[
          { id: 'name', label: 'Rename…', icon: 'edit', act: () => { setName(device.name); setWrong(null); setAsking('name') } },
          { id: 'revoke', label: 'Revoke…', icon: 'power', danger: true, act: () => setAsking('revoke') },
        ]}
      />
      <FormDialog title={`What is “${device.name}” called?`} act="Rename" isOpen={asking === 'name'} reason={name.trim() ? null : 'Write a name.'} onSend={rename} onClose={close}>
        <TextField label="Name" value={name} onChange={setName} wrong={wrong} maxLength={100} />
      </FormDialog>
      <AskDialog title={`Revoke “${device.name}”?`} act="Revoke" keep="Keep it" isOpen={asking === 'revoke'} onClose={close} onAct={revoke}>
        Its token opens nothing any more and its connection closes at once. Shots that wait on it stay there until it is paired again; what it sent stays here.
      </AskDialog>
    </>
  )
}
