/**
 * One device as this page sees it: the line, how it stands, its shots and its live pictures. The page gives credit for as
 * many pictures as it shows; while it is hidden, or the live view is switched off, the device draws none for it.
 */
import { createStore, type Store } from '../lib/store'
import type { Scope } from '../lib/scope'
import { openLine } from '../wire/line'
import { burstAfter, LIVE, readPicture, withShots, type BurstCount, type DeviceStatus, type FromDevice, type ShotMessage, type TestShotMessage, type ToDevice } from './messages'

const REFUSALS: Record<number, string> = {
  4401: 'You are signed out. Sign in again to see this device.',
  4403: 'This project is no longer shared with you.',
}
/** One is shown while the next travels. */
const CREDITS = 2
const RATE_OVER_MS = 2000

export interface LineState {
  state: 'connecting' | 'open' | 'offline' | 'refused'
  sentence: string
}

export interface CaptureSession {
  readonly line: Store<LineState>
  /** Whether the device is there; null before the studio has said so. */
  readonly isOnline: Store<boolean | null>
  readonly status: Store<DeviceStatus | null>
  readonly shots: Store<readonly ShotMessage[]>
  readonly testShot: Store<TestShotMessage | null>
  readonly burst: Store<BurstCount | null>
  readonly isLiveOn: Store<boolean>
  /** Live pictures a second, over the last two. */
  liveRate(): number
  setLive(on: boolean): void
}

export interface SessionOptions {
  projectId: string
  deviceId: string
  isLiveOn: boolean
  onLive: (picture: ImageBitmap) => void
  onTestShot: (picture: ImageBitmap) => void
}

export function createCaptureSession(scope: Scope, options: SessionOptions): CaptureSession {
  const line = openLine<FromDevice, ToDevice>(scope, `/ws/projects/${options.projectId}/capture/${options.deviceId}`, REFUSALS)
  const made = {
    line: createStore<LineState>({ state: 'connecting', sentence: '' }),
    isOnline: createStore<boolean | null>(null),
    status: createStore<DeviceStatus | null>(null),
    shots: createStore<readonly ShotMessage[]>([]),
    testShot: createStore<TestShotMessage | null>(null),
    burst: createStore<BurstCount | null>(null),
    isLiveOn: createStore(options.isLiveOn),
  }
  let shownAt: number[] = []

  const look = (): void => {
    const on = made.isLiveOn.get() && !document.hidden
    line.send({ type: 'live', on })
    if (on) line.send({ type: 'credit', n: CREDITS })
  }
  const show = async (message: ArrayBuffer): Promise<void> => {
    const came = readPicture(message)
    const bitmap = came && (await createImageBitmap(came.picture).catch(() => null))
    if (came?.kind === LIVE) scope.after(0, () => line.send({ type: 'credit', n: 1 }))
    if (!bitmap) return
    if (scope.isClosed) return bitmap.close()
    if (came.kind === LIVE) {
      const now = performance.now()
      shownAt = [...shownAt.filter((at) => at > now - RATE_OVER_MS), now]
      options.onLive(bitmap)
    } else options.onTestShot(bitmap)
    bitmap.close()
  }

  scope.add(line.events.on('open', () => {
    made.line.set({ state: 'open', sentence: '' })
    look()
  }))
  scope.add(line.events.on('notice', (message) => take(made, message)))
  scope.add(line.events.on('frame', (message) => void show(message)))
  scope.add(line.events.on('lost', () => made.line.set({ state: 'offline', sentence: 'No connection to the studio. This page tries again by itself.' })))
  scope.add(line.events.on('refused', (sentence) => made.line.set({ state: 'refused', sentence })))
  scope.listen(document, 'visibilitychange', look)

  return {
    ...made,
    liveRate: () => shownAt.filter((at) => at > performance.now() - RATE_OVER_MS).length / (RATE_OVER_MS / 1000),
    setLive(on) {
      made.isLiveOn.set(on)
      look()
    },
  }
}

type Made = Pick<CaptureSession, 'isOnline' | 'status' | 'shots' | 'testShot' | 'burst'>

/** A word of the studio, put where the page shows it. */
export function take(made: Made, message: FromDevice): void {
  if (message.type === 'line') made.isOnline.set(message.is_online)
  if (message.type === 'shots') made.shots.set((known) => withShots(known, message.shots))
  if (message.type === 'test_shot') made.testShot.set(message)
  if (message.type === 'status') {
    const { type: _, ...status } = message
    if (made.status.get()?.state === 'testing' && status.state !== 'testing') made.testShot.set(null)
    made.burst.set((before) => burstAfter(before, status))
    made.status.set(status)
  }
}
