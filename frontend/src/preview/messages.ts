/** What a page and the studio tell each other about a preview, as JSON beside the pictures. */
import type { CueAction, ParameterValues, RouteSpec } from '../wire/types'

export type PreviewStateName = 'waiting' | 'preparing' | 'running' | 'paused' | 'failed' | 'away'

export interface PreviewNotice {
  type: 'preview'
  preview_id: string
  state: PreviewStateName
  stage: string
  /** 0…1, or null while it cannot be told. */
  progress: number | null
  message: string
  ready_until: number | null
  is_driver: boolean
  driver_name: string
  fps_drawn: number | null
  /** Pictures that the studio dropped on the way to this page. */
  dropped?: number
  service?: string | null
}

export interface PreviewErrorNotice {
  type: 'error'
  field: string | null
  message: string
}

/** Where the driver is, told to those who look along: at once when something happens, else once a second. */
export interface DriverClock {
  type: 'clock'
  seconds: number
  rate: number
  playing: boolean
  loop: [number, number] | null
}

/** The parameters that the page numbered `n` are in pictures of this revision and later ones. */
export interface MovedNotice {
  type: 'moved'
  n: number
  revision: number
}

export type FromStudio = PreviewNotice | DriverClock | PreviewErrorNotice | MovedNotice | { type: 'ping' }

/** What an explorer says beside: a scene knows these by itself. */
export interface JoinMore {
  snapshot_ids?: string[]
  parameters?: ParameterValues
  height?: number
  duration?: number
  /** "explore" where nothing is said, or "walk". */
  visualizer?: string
}

export type ToStudio =
  | ({ type: 'join'; width: number; follow: string | null; resume: string | null } & JoinMore)
  | { type: 'drive'; seconds: number; rate: number; playing: boolean; lead: number; loop: [number, number] | null }
  | { type: 'credit'; n: number }
  | { type: 'parameters'; values: ParameterValues; n?: number }
  | { type: 'routes'; routes: Record<string, RouteSpec | null>; actions: Record<string, CueAction | null> }
  | { type: 'snapshots'; snapshot_ids: string[] }
  | { type: 'size'; width: number; height: number }
  | { type: 'leave' }
