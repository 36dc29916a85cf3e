/** What a capture page and the studio tell each other: a device's own words (capture_agent/protocol), and live pictures. */

export type DeviceStateName = 'idle' | 'previewing' | 'testing' | 'countdown' | 'shooting' | 'paused'

/** Wishes, under Pitraiture's names. ISO and shutter 0 leave it to the camera. */
export interface CaptureSettings {
  resolution: [number, number]
  iso: number
  shutter_us: number
  red_gain: number
  blue_gain: number
  preview_seconds: number
  prompt_on_timeout: boolean
  number_of_photos: number
  interval_seconds: number
  countdown_seconds: number
  dataset_name: string
}

/** What the camera then really did; null where it does not tell. */
export interface EffectiveSettings {
  resolution: [number, number]
  exposure_us: number | null
  analogue_gain: number | null
  digital_gain: number | null
  red_gain: number | null
  blue_gain: number | null
}

export interface Measures {
  sharpness: number
  brightness: number
  clipped: number
  faces: number | null
}

export interface SpoolCounts {
  waiting: number
  sending: number
  blocked: number
  done: number
  bytes: number
}

export interface DeviceStatus {
  /** When the studio heard it. */
  at: string
  state: DeviceStateName
  wished: CaptureSettings
  effective: EffectiveSettings | null
  session_id: string | null
  taken: number
  wanted: number
  rate: number
  seconds_left: number | null
  free_bytes: number
  floor_bytes: number
  shots_left: number | null
  spool: SpoolCounts
  network: { bits_per_second: number; last_ok_at: string | null }
  warnings: { kind: string; sentence: string }[]
  last: Measures | null
}

export interface ShotMessage {
  session_id: string
  sequence: number
  name: string
  sha256: string
  /** By the studio's clock. */
  at: string
  measures: Measures
  effective: EffectiveSettings
}

export interface TestShotMessage {
  type: 'test_shot'
  measures: Measures
  effective: EffectiveSettings
}

export type FromDevice =
  | { type: 'line'; is_online: boolean }
  | ({ type: 'status' } & DeviceStatus)
  | { type: 'shots'; shots: ShotMessage[] }
  | TestShotMessage
  | { type: 'ping' }

export type ToDevice = { type: 'live'; on: boolean } | { type: 'credit'; n: number } | { type: 'ping' }

const HEAD_BYTES = 9
export const [LIVE, TEST_SHOT] = [1, 2]

export interface CameraPicture {
  kind: number
  /** By the device's own clock, milliseconds since 1970. */
  takenMs: number
  picture: Blob
}

/** A picture as it came from the device: 1 byte kind, 8 bytes time, then the JPEG. Null when it is none. */
export function readPicture(message: ArrayBuffer): CameraPicture | null {
  if (message.byteLength <= HEAD_BYTES) return null
  const head = new DataView(message)
  const kind = head.getUint8(0)
  if (kind !== LIVE && kind !== TEST_SHOT) return null
  return { kind, takenMs: Number(head.getBigUint64(1)), picture: new Blob([new Uint8Array(message, HEAD_BYTES)], { type: 'image/jpeg' }) }
}

const MOST_SHOTS = 240

/** The shots of one session in their order, each once, however often a line that came back repeats them. */
export function withShots(known: readonly ShotMessage[], came: readonly ShotMessage[]): readonly ShotMessage[] {
  const session = came.at(-1)?.session_id ?? known.at(-1)?.session_id
  const bySequence = new Map([...known, ...came].filter((one) => one.session_id === session).map((one) => [one.sequence, one]))
  return [...bySequence.values()].sort((a, b) => a.sequence - b.sequence).slice(-MOST_SHOTS)
}

/** The burst that runs, or the last that this page saw: a device at rest speaks of none. */
export interface BurstCount {
  taken: number
  wanted: number
}

export function burstAfter(before: BurstCount | null, status: Pick<DeviceStatus, 'state' | 'taken' | 'wanted'>): BurstCount | null {
  if (status.state === 'countdown') return { taken: 0, wanted: status.wanted }
  return status.state === 'shooting' || status.state === 'paused' ? { taken: status.taken, wanted: status.wanted } : before
}
