/** Wire: what the studio's API says about training. */

export type RunState = 'waiting' | 'starting' | 'training' | 'yielding' | 'paused' | 'stopped' | 'done' | 'failed'

/** Settings of a run by name, all of them with a value. */
export type Config = Record<string, unknown>

export interface Preset {
  name: string
  title: string
  text: string
}

/** What a setting is called. */
export interface SettingName {
  name: string
  title: string
  description: string
  group: string
}

export interface Presets {
  items: Preset[]
  settings?: SettingName[]
}

/** A setting that is not as its preset has it, or not as another run has it. */
export interface Difference {
  name: string
  title: string
  value: unknown
  preset_value: unknown
}

/** Means since the report before; `null` where a report did not say. */
export type Tick = Record<string, number | null> & { kimg: number }

/** The same, column by column, in the order of kimg. */
export type TickColumns = Record<string, (number | null)[]>

/** What is trained on: a version of a dataset, or a zip that was sent. `name` says it whole; `id` is null when it is gone. */
export interface PicturesCard {
  kind: 'version' | 'upload'
  id: string | null
  dataset_id: string | null
  dataset_name: string
  number: number | null
  name: string
  count: number
  width: number
  height: number
  num_classes: number
}

export interface StartCard {
  snapshot_id: string | null
  network_id: string | null
  name: string
  network_name: string
  kimg: number | null
  has_discriminator: boolean | null
}

export interface Run {
  id: string
  name: string
  notes: string
  network_id: string | null
  state: RunState
  wanted: 'run' | 'pause' | 'stop'
  kimg: number
  total_kimg: number
  snapshot_kimg: number
  /** Time spent training, over all its starts. */
  seconds: number
  left_seconds: number | null
  pictures_per_second: number | null
  p: number | null
  tick: Tick | null
  sentence: string
  warnings: string[]
  config: Config
  differences: Difference[]
  fit: 'exact' | 'pad' | 'crop'
  aspect: number | null
  version: PicturesCard
  start: StartCard | null
  service_name: string
  device: string
  phase: string
  queue_place: number | null
  checkpoint_kimg: number
  checkpoint_bytes: number | null
  metrics: Record<string, number>
  snapshots: number
  newest_snapshot_id: string | null
  grid_url: string | null
  thumbnail_url: string | null
  created_by: string | null
  created_by_name: string
  created_at: string
  finished_at: string | null
  revision: number
  is_binned: boolean
}

/** The fixed vectors of a run as one of its snapshots draws them. */
export interface Sample {
  id: string
  kimg: number
  seconds: number
  snapshot_id: string | null
  grid_url: string | null
  /** Of the grid, pixels. */
  width: number
  height: number
  sheet_url: string | null
  thumbnail_url: string | null
  metrics: Record<string, number>
  notes: string[]
}

export type FieldKind = 'integer' | 'number' | 'boolean' | 'choice' | 'choices'

export interface PlanField {
  name: string
  title: string
  description: string
  group: string
  value: unknown
  default: unknown
  changed: boolean
  kind: FieldKind
  choices: { value: string; title: string }[] | null
  minimum: number | null
  maximum: number | null
  optional: boolean
  advanced: boolean
  /** The start decides it. */
  fixed: boolean
}

export interface Problem {
  field: string
  sentence: string
}

export interface Offer {
  fit: 'pad' | 'crop'
  size: number
}

export interface Measured {
  device: string
  precision: string
  seconds_per_kimg: number
  peak_bytes: number
  micro_batch: number
}

export interface Estimate {
  state: 'unknown' | 'waiting' | 'working' | 'ready' | 'failed'
  /** For the whole run on `device`. */
  seconds: number | null
  measured: Measured | null
  device: string
  sentence: string
  job_id: string | null
}

/** `config` is null while the settings do not fit together; `problems` say why. */
export interface Plan {
  config: Config | null
  preset: string
  size: number | null
  sizes: number[]
  fit: 'exact' | 'pad' | 'crop'
  fields: PlanField[]
  differences: Difference[]
  problems: Problem[]
  warnings: string[]
  offers: Offer[]
  version: PicturesCard | null
  start: StartCard | null
  pictures: number
  aspect: number | null
  needs_export: boolean
  disk_bytes: number | null
  memory_bytes: number | null
  estimate: Estimate
}

/** A zip that was sent. `id` is that of its upload. */
export interface Uploaded {
  id: string
  name: string
  size_bytes: number
  count: number
  width: number
  height: number
  num_classes: number
  is_mixed: boolean
  runs: number
  created_by_name: string
  created_at: string
}
