/** Types: what the studio's API sends, named as in DESIGN.md §1. Times are seconds, moments are ISO-8601 UTC. */

export type Role = 'owner' | 'editor' | 'viewer'
export type Hue = 'red' | 'orange' | 'yellow' | 'green' | 'blue' | 'violet' | 'pink' | 'grey'

export interface Person {
  id: string
  name: string
  initials: string
  colour: string
  email?: string
}

export interface Preferences {
  theme?: 'dark' | 'light' | 'system'
  keys?: Record<string, string>
  lanes?: Record<string, unknown>
  [name: string]: unknown
}

export interface Me extends Person {
  email: string
  preferences: Preferences
  is_staff?: boolean
}

export interface Token {
  id: string
  name: string
  prefix: string
  created_at: string
  last_used_at: string | null
  revoked_at: string | null
  is_embedded?: boolean
  /** Only in the answer that made it. */
  token?: string
}

export interface Project {
  id: string
  name: string
  role: Role
  is_demo: boolean
  updated_at: string
  tracks: number
  scenes: number
  renders: number
}

export interface Member {
  user: Person
  role: Role
}

export interface Invitation {
  id: string
  role: Role
  url?: string
  expires_at: string
  created_at?: string
  used_at?: string | null
  revoked_at?: string | null
}

export interface InvitationCard {
  project_name: string
  role: Role
  invited_by: string
}

export interface StudioEvent {
  number: number
  kind: string
  subject: string
  payload: Record<string, unknown>
  /** Whose doing it was: a member's id. */
  actor: string | null
  at: string
}

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

export interface Job {
  id: string
  project_id: string
  kind: string
  title: string
  state: JobState
  done: number
  total: number
  unit: string
  message: string
  error: string
  subject: string
  attempts: number
  created_at: string
  started_at: string | null
  finished_at: string | null
  seconds_left: number | null
  rate: number | null
  queue_place: number | null
  created_by: string | null
}

export type TrackState = 'uploaded' | 'decoding' | 'analysing' | 'ready' | 'failed'

export interface Track {
  id: string
  project_id: string
  name: string
  state: TrackState
  error: string
  duration_seconds: number | null
  sample_rate: number | null
  channels: number | null
  codec: string
  size_bytes: number | null
  lufs: number | null
  bpm: number | null
  key: string
  warnings: string[]
  facts?: Record<string, unknown>
  revision: number
  created_at: string
  created_by: string | null
  job_id: string | null
  files: Record<'proxy' | 'peaks' | 'lanes' | 'analysis' | 'original', string | null>
  /** About 400 peaks, 0 to 1. */
  overview: number[] | null
  is_binned?: boolean
}

export interface TempoMarker {
  seconds: number
  bpm: number
  beats_per_bar: number
  downbeat: number
}

export interface BeatGrid {
  revision: number
  markers: TempoMarker[]
  beats: number[]
  downbeats: number[]
  onsets?: number[]
  /** Sections; the same letter sounds alike. */
  segments?: { start: number; end: number; label: string }[]
  /** Why there are no beats. */
  no_beats?: string | null
  edited_by?: { name: string } | null
}

export interface Cue {
  id: string
  track_id: string
  seconds: number
  end_seconds: number | null
  kind: 'moment' | 'span'
  label: string
  colour: Hue
  hotkey: number | null
  revision: number
  created_by: string | null
}

export interface Snapshot {
  id: string
  network_id: string
  name: string
  order: number
  kind: string
  resolution: number
  z_dim: number
  w_dim: number
  num_ws: number
  num_classes: number
  kimg: number | null
  size_bytes: number
  sha256: string
  original_name: string
  original_md5: string
  original_sha256?: string
  facts?: Record<string, unknown>
  thumbnail_url: string | null
  created_at: string
}

export interface Network {
  id: string
  project_id: string
  name: string
  kind: 'stylegan2' | 'cppn'
  species: string
  seed: number | null
  revision: number
  notes: string
  used_in: { id: string; name: string }[]
  snapshots: Snapshot[]
  job_id?: string | null
  /** Files that are still being read. */
  importing?: number
  created_at?: string
  is_binned?: boolean
}

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
  'x-routable'?: boolean
  'x-scale'?: 'linear' | 'log'
  'x-order'?: number
  'x-control'?: 'slider' | 'switch' | 'choice' | 'number' | 'range'
}

export interface Visualizer {
  name: string
  title: string
  version: string
  summary: string
  schema: { properties: Record<string, ParameterSchema> }
  presets: { name: string; title: string; summary: string; values: Record<string, unknown> }[]
  stages: { name: string; title: string }[]
  snapshots: { min: number; max: number; kinds: string[] }
}

export interface VisualizerList {
  items: Visualizer[]
  service: 'attached' | 'away' | 'none'
}

export type ParameterValues = Record<string, unknown>

export interface Scene {
  id: string
  project_id: string
  name: string
  track_id: string
  visualizer: string
  parameters: ParameterValues
  snapshot_ids: string[]
  snapshots: { id: string; name: string; thumbnail_url: string | null }[]
  width: number
  height: number
  fps: string
  revision: number
  can_undo: boolean
  can_redo: boolean
  track: { id: string; name: string; duration_seconds: number | null; state: TrackState }
  updated_at: string
  /** Parameters that somebody set. */
  changed?: string[]
  is_binned?: boolean
  created_by?: string | null
}

export type RenderState = 'queued' | 'running' | 'joining' | 'done' | 'failed' | 'cancelled'

export interface Segment {
  index: number
  state: JobState
  first_frame: number
  end_frame: number
  attempts: number
  /** Frames drawn so far, where the studio tells it. */
  done?: number
}

export interface RenderThumb {
  frame: number
  seconds: number
  url: string
}

export interface Render {
  id: string
  project_id: string
  scene_id: string | null
  scene_name: string
  track_name: string
  name: string
  state: RenderState
  quality: 'draft' | 'final'
  width: number
  height: number
  fps: string
  first_frame: number
  end_frame: number
  frames_total: number
  frames_done: number
  frames_per_second: number | null
  seconds_left: number | null
  queue_place: number | null
  attached: boolean
  segments: Segment[]
  thumbs: RenderThumb[]
  film_url: string | null
  film_size: number | null
  recipe_url: string
  recipe_revision: number
  created_by: string | null
  created_at: string
  started_at: string | null
  finished_at: string | null
  seconds_taken: number | null
  error: string
  message: string
  /** Inputs moved since it was ordered. */
  stale?: boolean
  is_binned?: boolean
  recipe_sha256?: string
  job_id?: string | null
}

export interface Recipe {
  format: number
  revision: number
  scene: {
    visualizer: string
    parameters: ParameterValues
    tracks: { sha256: string; name: string; duration_seconds: number }[]
    snapshots: { sha256: string; name: string }[]
    cues: unknown[]
    markers: unknown[]
    width: number
    height: number
    fps: string
    duration_seconds: number
  }
  first_frame: number
  end_frame: number
  segment_frames: number
  code_path: Record<string, string | number | boolean | null> | null
  encoder: Record<string, string | number | boolean | null>
  audio: Record<string, string | number | boolean | null>
  versions: Record<string, string>
  quality: string
}

export interface Device {
  name: string
  kind: string
  memory_bytes: number | null
}

export interface RenderService {
  id: string
  name: string
  state: 'starting' | 'attached' | 'away'
  since: string | null
  version: string
  devices: Device[]
  previews: number
  segments: number
  is_embedded: boolean
  last_seen_at: string | null
}

export interface ServicesState {
  state: 'none' | 'starting' | 'attached' | 'away'
  since: string | null
  items: RenderService[]
}

export interface UploadState {
  id: string
  name: string
  size: number
  offset: number
  state: string
  result_url: string | null
  error: string
  kind?: string
  created_at?: string
}

export interface Items<T> {
  items: T[]
}

export interface Page<T> {
  items: T[]
  next: string | null
}
