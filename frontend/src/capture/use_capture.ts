/** Hooks of the capture page: the line to a device, what it said, what arrived, and how to tell it something. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState, type RefObject } from 'react'
import { projectId } from '../lib/page'
import { createStore, useStore, type Store } from '../lib/store'
import { useWidget } from '../lib/widget'
import { useProjectEvents } from '../shell/live'
import { ApiError, post, sentenceOf } from '../wire/api'
import { refresh } from '../wire/query'
import type { CaptureDevice, Dataset, Session } from '../wire/types'
import { arrivalsOf, type Arrival } from './arrivals'
import type { CommandName } from './controls'
import { createLiveStage, type LiveStage } from './live_stage'
import type { BurstCount, DeviceStatus, ShotMessage, TestShotMessage } from './messages'
import { captureQueries } from './queries'
import { createCaptureSession, type CaptureSession, type LineState } from './session'

const LIVE_KEY = 'phosphene.capture-live'

export interface DeviceView {
  session: CaptureSession | null
  line: LineState
  isOnline: boolean
  /** The newest that is known: from the line, else what the studio kept. */
  status: DeviceStatus | null
  shots: readonly ShotMessage[]
  testShot: TestShotMessage | null
  burst: BurstCount | null
  isLiveOn: boolean
}

/** The time, told anew every so often: for "12 s ago". */
export function useNow(everyMs = 1000): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

function useStoreOr<T>(store: Store<T> | undefined, otherwise: T): T {
  const [nothing] = useState(() => createStore(otherwise))
  return useStore(store ?? nothing)
}

/** Opens the line to a device for as long as `box` is on the page. */
export function useDevice(device: CaptureDevice): { box: RefObject<HTMLDivElement | null>; view: DeviceView } {
  const [session, setSession] = useState<CaptureSession | null>(null)
  const stage = useRef<LiveStage>(null)
  const box = useWidget<HTMLDivElement>((scope, parent) => {
    const made = createLiveStage(scope, parent)
    stage.current = made
    setSession(createCaptureSession(scope, {
      projectId: device.project_id, deviceId: device.id, isLiveOn: localStorage.getItem(LIVE_KEY) !== 'off',
      onLive: (picture) => made.showLive(picture), onTestShot: (picture) => made.showTest(picture),
    }))
    scope.add(() => setSession(null))
  }, [device.id])
  const told = useStoreOr(session?.status, null)
  const isOnline = useStoreOr(session?.isOnline, null)
  const isLiveOn = useStoreOr(session?.isLiveOn, true)
  const kept = 'state' in device.status ? (device.status as unknown as DeviceStatus) : null
  const status = told ?? kept
  useEffect(() => {
    if (status?.state !== 'testing') stage.current?.setTesting(false)
  }, [status?.state])
  useEffect(() => localStorage.setItem(LIVE_KEY, isLiveOn ? 'on' : 'off'), [isLiveOn])
  const view = {
    session, status, isLiveOn,
    line: useStoreOr<LineState>(session?.line, { state: 'connecting', sentence: '' }),
    isOnline: isOnline ?? device.state === 'online',
    shots: useStoreOr<readonly ShotMessage[]>(session?.shots, []),
    testShot: useStoreOr(session?.testShot, null),
    burst: useStoreOr(session?.burst, null),
  }
  return { box, view }
}

export interface Arriving {
  session: Session | null
  dataset: Dataset | null
  arrivals: Arrival[]
}

const AGAIN_MS = 700
/** The studio knows a session once the device could tell of it; an event says so, this is for when none came. */
const ASK_ANYWAY_MS = 20_000

/** The session that the device is at, else its last one, and its newest pictures as they arrive and are scored. */
export function useArriving(device: string, status: DeviceStatus | null, shots: readonly ShotMessage[]): Arriving {
  const said = status?.session_id ?? shots.at(-1)?.session_id ?? null
  const sessions = useQuery({ ...captureQueries.sessions(device), refetchInterval: (query) => (sessionOf(said, query.state.data?.items) ? false : ASK_ANYWAY_MS) })
  const session = sessionOf(said, sessions.data?.items)
  const id = session?.id ?? said
  const datasetId = session?.dataset_id ?? ''
  const newest = useQuery({ ...captureQueries.newest(datasetId, id ?? ''), enabled: id !== null && datasetId !== '' })
  const datasets = useQuery(captureQueries.datasets(projectId()))
  useRefreshed(device, id, datasetId)
  const arrivals = useMemo(() => arrivalsOf(shots, newest.data?.items ?? []), [shots, newest.data])
  return { session, dataset: datasets.data?.items.find((one) => one.id === datasetId) ?? null, arrivals }
}

/** The one that the device names, if the studio has heard of it yet; a device that names none is shown with its last. */
export function sessionOf(said: string | null, known: readonly Session[] | undefined): Session | null {
  return (said === null ? known?.[0] : known?.find((one) => one.id === said)) ?? null
}

/** Asks again when something of this session arrived or was scored: soon, but not for each of them. */
function useRefreshed(device: string, sessionId: string | null, datasetId: string): void {
  const isWaiting = useRef(false)
  useProjectEvents((event) => {
    if (!event.kind.match(/^(portraits|session)\./)) return
    const payload = event.payload as { dataset_id?: string; session_id?: string; id?: string; device_id?: string | null }
    const isOurs = payload.device_id === device || (sessionId !== null && [payload.session_id, payload.id].includes(sessionId))
    if (!isOurs && payload.dataset_id !== datasetId) return
    if (isWaiting.current) return
    isWaiting.current = true
    setTimeout(() => {
      isWaiting.current = false
      void refresh('capture-sessions', device)
      void refresh('capture-newest', datasetId)
      void refresh('datasets')
    }, AGAIN_MS)
  })
}

export interface Commander {
  /** What is being asked of the device now. */
  busy: CommandName | null
  /** Why the last command was not done; goes with the next. */
  fault: { name: CommandName; sentence: string; field: string | null } | null
  /** Whether the device did it. */
  send: (name: CommandName, args?: Record<string, unknown>) => Promise<boolean>
  /** The person has read why. */
  forget: () => void
}

export function useCommander(deviceId: string): Commander {
  const [busy, setBusy] = useState<CommandName | null>(null)
  const [fault, setFault] = useState<Commander['fault']>(null)
  const send: Commander['send'] = async (name, args = {}) => {
    setBusy(name)
    setFault(null)
    try {
      await post(`/devices/${deviceId}/commands`, { name, args })
      return true
    } catch (error) {
      setFault({ name, sentence: sentenceOf(error), field: error instanceof ApiError ? error.field : null })
      return false
    } finally {
      setBusy(null)
    }
  }
  return { busy, fault, send, forget: () => setFault(null) }
}
