/** What a person asks of the analysis, and the moments it answers with. */
import { plural } from '../../lib/format'
import type { Beats } from '../../widgets/beats'
import type { Stretch } from '../../widgets/draw_curve'
import type { NamedCurve } from '../../widgets/track_lanes'
import { everyNth, inside, onsetMoments, peakMoments, sectionMoments, strongEnough, unmarked, type Moment } from './from_analysis'
import type { Cue } from '../../wire/types'

export type Source = 'beats' | 'downbeats' | 'onsets' | 'sections' | 'peaks'

export const SOURCES: { value: Source; label: string }[] = [
  { value: 'beats', label: 'Beats' },
  { value: 'downbeats', label: 'Downbeats' },
  { value: 'onsets', label: 'Onsets' },
  { value: 'sections', label: 'Sections' },
  { value: 'peaks', label: 'Peaks of a curve' },
]

export interface Wish {
  source: Source
  /** The name of the curve whose peaks are meant. */
  curve: string
  every: number
  threshold: number
  apartSeconds: number
  range: { from: number; to: number } | null
}

export interface Heard {
  beats: Beats
  stretches: readonly Stretch[]
  curves: readonly NamedCurve[]
}

/** Curves with one value at a time: of a table of rows nobody can say where it is high. */
export function levelCurves(curves: readonly NamedCurve[]): NamedCurve[] {
  return curves.filter(({ columns }) => columns === 1)
}

/** The curve on which a threshold is drawn; null where the source has none. */
export function curveOf({ source, curve }: Pick<Wish, 'source' | 'curve'>, curves: readonly NamedCurve[]): NamedCurve | null {
  const name = source === 'onsets' ? 'onset' : source === 'peaks' ? curve : ''
  return curves.find((one) => one.name === name && one.columns === 1) ?? null
}

/** All that a source has, before threshold, distance and range. */
export function candidates({ source, curve, every }: Pick<Wish, 'source' | 'curve' | 'every'>, { beats, stretches, curves }: Heard): Moment[] {
  const level = curveOf({ source, curve }, curves)
  switch (source) {
    case 'beats': return everyNth(beats.beats, every)
    case 'downbeats': return everyNth(beats.downbeats, every)
    case 'onsets': return onsetMoments(beats, level)
    case 'sections': return sectionMoments(stretches)
    case 'peaks': return level ? peakMoments(level) : []
  }
}

export function hasThreshold(source: Source): boolean {
  return source === 'onsets' || source === 'peaks'
}

export interface Answer {
  /** Above the threshold and far enough apart. */
  kept: Moment[]
  /** Those of them at which no cue stands. */
  fresh: Moment[]
}

export function answer(wish: Wish, all: readonly Moment[], cues: readonly Pick<Cue, 'seconds'>[]): Answer {
  const kept = inside(hasThreshold(wish.source) ? strongEnough(all, wish.threshold, wish.apartSeconds) : all, wish.range)
  return { kept, fresh: unmarked(kept, cues) }
}

/** What is said while the line moves: "128 onsets, 3 of them have a cue". */
export function answerWords({ kept, fresh }: Answer, source: Source): string {
  const noun = source === 'peaks' ? 'peak' : source.slice(0, -1)
  const there = kept.length - fresh.length
  return `${plural(kept.length, noun)}${there ? `, ${there === kept.length ? 'all' : there} of them with a cue already` : ''}`
}

export const MOST_CUES = 10_000
