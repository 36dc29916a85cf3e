/** Wire: what the studio's API says about projections, under the names of DESIGN.md §1. */
import type { components } from '../wire/schema'

type Schemas = components['schemas']

export type Projection = Schemas['ProjectionOut']
export type ProjectionState = Projection['state']

/** A video or a picture that was sent, to be found again. */
export type Target = Schemas['ProjectionTargetOut']

/** All settings of a projection, each with a value. */
export type Config = Required<Schemas['ProjectionConfig']>

export type Plan = Schemas['ProjectionPlanOut']
export type Estimate = Schemas['ProjectionEstimateOut']
export type Tick = Schemas['ProjectionTick']

/** Frames `first` … `end` - 1, found together, with one picture: target left, result right. */
export type Batch = Schemas['ProjectionFramesOut']
export type BatchPage = Schemas['ProjectionFramesList']
export type Curves = Schemas['ProjectionCurvesOut']
