/** Capture: the cameras of a project, what they see, and the pictures as they arrive. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { mayEdit, projectId } from '../lib/page'
import { Button } from '../parts/Button'
import { Dot, FaultNote, Skeleton } from '../parts/basics'
import { Shell } from '../shell/Shell'
import { DrawerButton } from '../track/DrawerButton'
import { useIsPhone } from '../track/use_phone'
import type { CaptureDevice } from '../wire/types'
import { factsOf } from './arrivals'
import { Arriving } from './Arriving'
import { CameraPanel } from './CameraPanel'
import { Controls } from './Controls'
import { DeviceCard } from './DeviceList'
import { HowToPair, PairDialog } from './PairDialog'
import { captureQueries } from './queries'
import { SessionPanel, type Sitting } from './SessionPanel'
import { Sparks } from './Sparks'
import { RefusedNote, Stage } from './Stage'
import { useArriving, useCommander, useDevice, useNow, type DeviceView } from './use_capture'
import { warningsOf } from './warnings'
import { onItsWay, sittingName } from './words'
import { Bar } from '../parts/Progress'

const AGAIN_MS = 10_000

export function CapturePage() {
  const devices = useQuery({ ...captureQueries.devices(projectId()), refetchInterval: AGAIN_MS })
  const [chosen, setChosen] = useState(() => new URLSearchParams(window.location.search).get('device'))
  const [isPairing, setPairing] = useState(false)
  const items = devices.data?.items ?? []
  const device = items.find((one) => one.id === chosen) ?? items.find((one) => one.state === 'online') ?? items[0]
  const choose = (id: string): void => {
    setChosen(id)
    window.history.replaceState(null, '', `?device=${id}`)
  }
  return (
    <Shell place="capture" actions={device && <DevicePill device={device} />}>
      {devices.error && <div className="middle"><FaultNote fault={devices.error} what="The devices could not be loaded." again={() => void devices.refetch()} /></div>}
      {devices.isPending && <div className="middle"><Skeleton rows={6} height={44} /></div>}
      {devices.data && !device && <NoDevices onPair={() => setPairing(true)} />}
      {device && <CaptureDesk key={device.id} device={device} devices={items} onChoose={choose} onPair={() => setPairing(true)} />}
      <PairDialog isOpen={isPairing} onClose={() => setPairing(false)} onPaired={(made) => choose(made.id)} />
    </Shell>
  )
}

function DevicePill({ device }: { device: CaptureDevice }) {
  const words = device.state === 'online' ? 'online' : device.state === 'new' ? 'not connected yet' : 'off'
  return <span className="pill not-phone"><Dot mood={device.state === 'online' ? 'ok' : 'off'} />{device.name} {words}</span>
}

function NoDevices({ onPair }: { onPair: () => void }) {
  return (
    <div className="middle narrow">
      <div className="empty">
        <h2>No camera is paired yet</h2>
        <p className="soft">A Raspberry Pi on a tripod, or any computer with a webcam, photographs straight into this project: every shot is seen here while the sitter is still there.</p>
        <HowToPair />
        {mayEdit() ? <div><Button kind="primary" icon="plus" onClick={onPair}>Type its code</Button></div> : <p className="soft">Editors of this project pair cameras.</p>}
      </div>
    </div>
  )
}

interface CaptureDeskProps {
  device: CaptureDevice
  devices: readonly CaptureDevice[]
  onChoose: (id: string) => void
  onPair: () => void
}

function CaptureDesk({ device, devices, onChoose, onPair }: CaptureDeskProps) {
  const { box, view } = useDevice(device)
  const { session, arrivals } = useArriving(device.id, view.status, view.shots)
  const datasets = useQuery(captureQueries.datasets(projectId()))
  const commander = useCommander(device.id)
  const [sitting, setSitting] = useSitting(device.id)
  const [isOpen, setOpen] = useState(false)
  const isPhone = useIsPhone()
  const now = useNow()
  const facts = useMemo(() => factsOf(view.shots, arrivals), [view.shots, arrivals])
  const warnings = useMemo(() => warningsOf(facts), [facts])
  const start = (): void => void commander.send('start', { name: sittingName(new Date()), prompt: sitting.prompt, place: sitting.place, append: !sitting.isNew })
    .then((isDone) => isDone && setSitting({ ...sitting, isNew: false }))
  const isShooting = view.status?.state === 'shooting' || view.status?.state === 'paused'
  const obeyed = (device.hello as { camera?: { controls?: string[] } }).camera?.controls ?? null
  return (
    <div className={isOpen ? 'capture inspecting' : 'capture'}>
      <aside className="panel left devices" data-region="devices" aria-label="Devices">
        <div className="head"><h3>Devices</h3>{mayEdit() && <div className="end"><Button kind="quiet" small icon="plus" onClick={onPair}>Pair</Button></div>}</div>
        {devices.map((one) => (
          <DeviceCard
            key={one.id} device={one} isChosen={one.id === device.id} now={now} onChoose={() => onChoose(one.id)}
            status={one.id === device.id ? view.status : 'state' in one.status ? (one.status as unknown as DeviceView['status']) : null}
            isOnline={one.id === device.id ? view.isOnline : one.state === 'online'}
          />
        ))}
        <OnItsWay view={view} arrived={session?.count ?? null} />
      </aside>
      <section className="capture-main">
        <Stage device={device} view={view} box={box} arrivals={arrivals} warnings={isShooting ? warnings : []} now={now} />
        <div className="under-stage">
          {commander.fault && commander.fault.name !== 'configure' && <RefusedNote sentence={commander.fault.sentence} onClose={commander.forget} />}
          <Controls view={view} session={session} commander={commander} onStart={start} />
        </div>
        <Arriving arrivals={arrivals} datasetId={session?.dataset_id ?? null} sessionId={session?.id ?? null} />
      </section>
      <DrawerButton label="Settings" isOpen={isOpen} onChange={setOpen} />
      <aside className="panel right inspector scrolling" data-region="inspector" aria-label="Session and camera">
        <SessionPanel view={view} session={session} datasets={datasets.data?.items ?? []} sitting={sitting} onChange={setSitting} commander={commander} />
        <CameraPanel view={view} commander={commander} obeyed={obeyed} isPhone={isPhone} />
        <Sparks facts={facts} />
      </aside>
    </div>
  )
}

/** How many of the shots are here, and when the rest will be. */
function OnItsWay({ view, arrived }: { view: DeviceView; arrived: number | null }) {
  const way = view.status && onItsWay(view.status, arrived, view.isOnline)
  if (!way) return null
  return (
    <div className="on-its-way">
      <div className="row"><h3 className="grow">On its way</h3><span className="num xs soft">{way.arrived} of {way.total}</span></div>
      <Bar share={way.share} label="Shots that have arrived" />
      <div className="xs faint num">{way.sentence}</div>
    </div>
  )
}

const nothingSaid: Sitting = { prompt: '', place: '', isNew: false }

/** What was said of the last sitting with this device stands there for the next. */
function useSitting(deviceId: string): [Sitting, (sitting: Sitting) => void] {
  const key = `phosphene.sitting.${deviceId}`
  const [sitting, setSitting] = useState<Sitting>(() => ({ ...nothingSaid, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Sitting>) }))
  useEffect(() => localStorage.setItem(key, JSON.stringify({ prompt: sitting.prompt, place: sitting.place })), [key, sitting])
  return [sitting, setSitting]
}
