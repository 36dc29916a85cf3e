/** Wire: what the studio's API says about training, under the names of DESIGN.md §1. */
import type { components } from '../wire/schema'

type Schemas = components['schemas']

export type Run = Schemas['TrainingRunOut']
export type RunState = Run['state']

/** Settings of a run by name, all of them with a value. */
export type Config = Schemas['TrainingConfig']

export type Preset = Schemas['TrainingPresetOut']
export type Presets = Schemas['TrainingPresetList']

/** Means since the report before; what a report did not say is null or left out. */
export type Tick = Schemas['Tick']

/** The same, column by column, in the order of kimg. */
export type TickColumns = Schemas['TrainingTicksOut']['columns']

export type StartCard = Schemas['TrainingStartOut']

/** The fixed vectors of a run as one of its snapshots draws them. */
export type Sample = Schemas['TrainingSampleOut']

export type PlanField = Schemas['TrainingFieldOut']
export type Offer = Schemas['TrainingOfferOut']
export type Estimate = Schemas['TrainingEstimateOut']

/** `config` is null while the settings do not fit together; `problems` say why. */
export type Plan = Schemas['TrainingPlanOut']

/** A run by name, where something was used for it. */
export type RunMention = Schemas['TrainingRunMention']

/** The runs that made a network's snapshots, and those that began with one of them. */
export type NetworkTraining = Schemas['NetworkTrainingOut']

/** A zip that was sent. `id` is that of its upload. */
export type Uploaded = Schemas['TrainingUploadedOut']
