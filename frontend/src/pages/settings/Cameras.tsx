/** Cameras: the paired capture devices, with the way to rename, revoke and pair them. */
import { useState } from 'react'
import { DeviceFacts, DeviceMenu } from '../../capture/DeviceList'
import type { DeviceStatus } from '../../capture/messages'
import { PairDialog } from '../../capture/PairDialog'
import { captureQueries } from '../../capture/queries'
import { useNow } from '../../capture/use_capture'
import { awayWords } from '../../capture/words'
import { when } from '../../lib/format'
import { address, mayEdit, projectId } from '../../lib/page'
import { Dot, FaultNote, Note, Skeleton } from '../../parts/basics'
import { Button } from '../../parts/Button'
import { useAsk } from '../../wire/query'
import type { CaptureDevice } from '../../wire/types'

export function Cameras() {
  const devices = useAsk(captureQueries.devices(projectId()))
  const [isPairing, setPairing] = useState(false)
  const now = useNow(10_000)
  const items = devices.data?.items ?? []
  return (
    <>
      <h2>Cameras</h2>
      {devices.error && <FaultNote fault={devices.error} what="The cameras could not be loaded." again={() => void devices.refetch()} />}
      {devices.isPending && <Skeleton rows={2} height={44} />}
      {devices.data && items.length === 0 && <Note icon="camera">No camera is paired. <a href={address.place('capture')}>Capture</a> says how one is.</Note>}
      {items.length > 0 && <div className="card">{items.map((one) => <CameraRow key={one.id} device={one} now={now} />)}</div>}
      {mayEdit() && <div><Button icon="plus" onClick={() => setPairing(true)}>Pair a camera</Button></div>}
      <PairDialog isOpen={isPairing} onClose={() => setPairing(false)} onPaired={() => undefined} />
    </>
  )
}

function CameraRow({ device, now }: { device: CaptureDevice; now: Date }) {
  const isOnline = device.state === 'online'
  const status = 'state' in device.status ? (device.status as unknown as DeviceStatus) : null
  return (
    <div className="memberrow col">
      <div className="row">
        <a className="strong grow clip plain" href={`${address.place('capture')}?device=${device.id}`}>{device.name}</a>
        <span className="xs soft nowrap">{isOnline ? 'Online' : 'Off'}</span>
        <Dot mood={isOnline ? 'ok' : 'off'} />
        {mayEdit() && <DeviceMenu device={device} />}
      </div>
      {isOnline ? <DeviceFacts device={device} status={status} now={now} /> : <div className="xs faint">{awayWords({ ...device, status: status ?? {} }, now)}</div>}
      <div className="xs faint">Paired {when(device.paired_at)}{device.paired_by && ` by ${device.paired_by}`}{device.prefix && `, token ${device.prefix}…`}</div>
    </div>
  )
}
