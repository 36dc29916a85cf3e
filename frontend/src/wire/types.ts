/**
 * Types: what the studio's API sends, under the names of DESIGN.md §1. They come from docs/openapi.json by `npm run wire`;
 * what JSON Schema cannot say (a visualizer's own schema, events) is written out here.
 */
import type { components } from './schema'

type Schemas = components['schemas']

/** The same thing before the studio has filled in some of its fields: what a page has just made. */
type Unfilled<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>

export type Role = Schemas['MemberOut']['role'] & ('owner' | 'editor' | 'viewer')
export type Hue = Schemas['CueOut']['colour']

export interface Person {
  id: string
  name: string
  initials: string
  colour: string
  email?: string
}

/** Where a page is: its track, its playhead (which moves at `rate` while it plays), and the cues chosen there. */
export interface Here {
  track_id: string | null
  seconds: number
  is_playing: boolean
  rate: number
  selection: string[]
}

/** Where somebody else's page is. `heardAt` is a time of `performance.now()`. */
export interface Place extends Here {
  page: string
  person: Person
  heardAt: number
}

export interface Preferences {
  theme?: 'dark' | 'light' | 'system'
  keys?: Record<string, string>
  lanes?: Record<string, unknown>
  /** Frame rate, delay and late frames stand beneath the picture. */
  figures?: boolean
  [name: string]: unknown
}

export type Me = Schemas['MeOut'] & { preferences: Preferences }

/** A token of a person or of a machine; `token` itself only in the answer that made it. */
export interface Token {
  id: string
  name: string
  prefix: string
  created_at: string
  last_used_at: string | null
  revoked_at: string | null
  is_embedded?: boolean
  token?: string
}

export type Project = Schemas['ProjectOut'] & { role: Role }
export type Member = { user: Schemas['PersonOut']; role: Role }
export type Invitation = Schemas['InvitationOut'] & { role: Role; url?: string }
export type InvitationCard = Schemas['InvitedOut'] & { role: Role }

/** `actor` is the id of the member whose doing it was. */
export type StudioEvent = Schemas['EventOut']

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
export type Job = Schemas['JobOut'] & { state: JobState }

export type Track = Schemas['TrackOut']
export type TrackState = Track['state']
export type TempoMarker = Schemas['MarkerIO']
/** A tempo marker with the id by which edits name it. */
export type Marker = Unfilled<Schemas['MarkerOut'], 'is_beyond_end'>
export type Cue = Unfilled<Schemas['CueOut'], 'changed_by' | 'is_binned'>
export type TrackEdit = Schemas['EditOut']
export type EditAnswer = Schemas['EditAnswer']

/** A part of a track that sounds alike: "A", "B", "A". */
export type Section = Schemas['SectionOut']
export type BeatGrid = Schemas['GridOut']

export type Snapshot = Schemas['SnapshotOut']
export type Network = Schemas['NetworkOut']

/** One property of a visualizer's parameters: JSON Schema with our x- words. */
export interface ParameterSchema {
  title?: string
  description?: string
  type?: 'number' | 'integer' | 'boolean' | 'string' | 'array'
  default?: unknown
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  enum?: (string | number)[]
  items?: ParameterSchema
  anyOf?: ParameterSchema[]
  'x-group'?: string
  'x-unit'?: string
  'x-stage'?: string
  'x-step'?: number
  /** The slider's ends, where more may be typed. */
  'x-slider'?: [number, number]
  'x-routable'?: boolean
  'x-scale'?: 'linear' | 'log'
  'x-order'?: number
  'x-control'?: 'slider' | 'switch' | 'choice' | 'number' | 'range' | 'path' | 'json'
}

export type Visualizer = Omit<Schemas['VisualizerOut'], 'schema'> & { schema: { properties: Record<string, ParameterSchema> } }

export interface VisualizerList {
  items: Visualizer[]
  service: 'attached' | 'away' | 'none'
}

export type ParameterValues = Record<string, unknown>
export type Scene = Unfilled<Schemas['SceneOut'], 'changed' | 'created_at' | 'created_by' | 'is_binned'>

export type RouteSpec = Schemas['RouteSpec']
export type RouteSource = RouteSpec['source']
export type CueAction = Schemas['CueAction']
export type OfferedPin = Schemas['OfferedPin']
export type ScenePreset = Schemas['ScenePresetOut']

export type Render = Schemas['RenderOut']
export type RenderState = Render['state']
export type Segment = Schemas['SegmentOut']
export type RenderThumb = Schemas['ThumbOut']
export type Recipe = Schemas['Recipe']

/** A paired camera. `hello` and `status` are its own words (capture/messages.ts). */
export type CaptureDevice = Schemas['DeviceState']
export type Dataset = Schemas['DatasetOut']
export type Session = Schemas['SessionOut']
export type Portrait = Schemas['PortraitOut']

export type Device = Schemas['DeviceOut']
export type RenderService = Schemas['ServiceOut'] & { state: 'starting' | 'attached' | 'away' }
export type ServicesState = { state: 'none' | 'starting' | 'attached' | 'away'; since: string | null; items: RenderService[] }

export type UploadState = Schemas['UploadOut']

export type Comment = Schemas['CommentOut']
/** A link to a track or a film; `path` only in the answer that made it. */
export type Share = Schemas['ShareOut'] & { path?: string }
/** What a guest sees behind a link. */
export type Shared = Schemas['SharedOut']
export type GuestComment = Schemas['GuestCommentOut']

export interface Items<T> {
  items: T[]
}

export interface Page<T> {
  items: T[]
  next: string | null
}
