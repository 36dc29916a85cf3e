/**
 * A sketch of what a source sounds like, 0…1, made in the page from what it already knows: lanes, beats, cues. It stands
 * until the studio's own curve is there, and where no render service is attached.
 */
import type { Cue, RouteSource, RouteSpec } from '../../wire/types'
import { lastAtOrBefore, type Beats } from '../../widgets/beats'
import type { Stretch } from '../../widgets/draw_curve'
import type { NamedCurve } from '../../widgets/track_lanes'

/** Evenly spaced numbers 0…1, the first at second 0. */
export interface RouteCurve {
  values: Float32Array
  rate: number
}

export interface Surroundings {
  lanes: readonly NamedCurve[] | null
  beats: Beats
  stretches: readonly Stretch[]
  cues: readonly Cue[]
  routes: readonly RouteSpec[]
  duration: number
}

const SHORTEST_CUE = 1 / 24
const USUAL_PERIOD = 0.5

type At = (seconds: number) => number

/** The source at any second; null where the page cannot know it. `shaped` gives the curve of another route. */
export function curveOf(source: RouteSource, around: Surroundings, shaped: (route: RouteSpec) => At | null): At | null {
  switch (source.kind) {
    case 'band': return laneAt(around, source.band, 0)
    case 'chroma': return laneAt(around, 'chroma', source.pitch)
    case 'stem': return null
    case 'beat': return (seconds) => fraction(beatsAt(around.beats.beats, seconds))
    case 'bar': return (seconds) => fraction(beatsAt(around.beats.downbeats, seconds))
    case 'tempo': return steps(around.beats.markers.map(({ seconds }) => seconds), around.beats.markers.map(({ bpm }) => bpm))
    case 'segment': return steps(around.stretches.map(({ from }) => from), around.stretches.map((_, index) => index))
    case 'cue': return cueAt(around.cues.filter(({ label }) => label === source.label), Math.max(source.hold_seconds, SHORTEST_CUE))
    case 'lfo': {
      const wave = WAVES[source.wave]
      return (seconds) => wave(fraction(place(around, seconds, source.unit) / source.period + source.phase))
    }
    case 'drawn': {
      const points = [...source.points].sort((one, other) => one[0] - other[0])
      const loop = source.loop ?? null
      return (seconds) => heightAt(points, loop ? modulo(place(around, seconds, source.unit), loop) : place(around, seconds, source.unit))
    }
    case 'chance': return (seconds) => chanceAt(place(around, seconds, source.unit) / source.every, source.seed, source.glide)
    case 'route': {
      const other = around.routes.find(({ id }) => id === source.id)
      return other ? shaped(other) : null
    }
    case 'loudness': case 'short_term': case 'onset': case 'brightness': return laneAt(around, source.kind, 0)
  }
}

const WAVES: Record<'sine' | 'triangle' | 'saw' | 'square', (turn: number) => number> = {
  sine: (turn) => 0.5 - 0.5 * Math.cos(2 * Math.PI * turn),
  triangle: (turn) => 1 - Math.abs(2 * turn - 1),
  saw: (turn) => turn,
  square: (turn) => (turn < 0.5 ? 1 : 0),
}

function fraction(turns: number): number {
  return Math.max(0, turns - Math.floor(turns + 1e-6))
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}

function place({ beats }: Surroundings, seconds: number, unit: 'beats' | 'seconds'): number {
  return unit === 'seconds' ? seconds : beatsAt(beats.beats, seconds)
}

/** How many of these moments have passed, evenly in between; beyond the ends it goes on at the last pace. */
export function beatsAt(times: readonly number[], seconds: number): number {
  if (times.length < 2) return seconds / USUAL_PERIOD
  const index = Math.min(times.length - 2, Math.max(0, lastAtOrBefore(times, seconds)))
  const [from, to] = [times[index]!, times[index + 1]!]
  return index + (seconds - from) / (to - from)
}

/** Its 2nd percentile becomes 0, its 99.5th 1, as the render service hears it. */
function laneAt({ lanes }: Surroundings, name: string, column: number): At | null {
  const lane = lanes?.find((one) => one.name === name)
  if (!lane) return null
  const rows = lane.values.length / lane.columns
  const read = (row: number): number => lane.values[Math.min(rows - 1, Math.max(0, row)) * lane.columns + column]!
  const sorted = Float32Array.from({ length: rows }, (_, row) => read(row)).sort()
  const [low, high] = name === 'chroma' ? [0, 255] : [sorted[Math.floor(rows * 0.02)] ?? 0, sorted[Math.floor((rows - 1) * 0.995)] ?? 1]
  const spread = high - low
  if (spread <= 0) return () => 0
  return (seconds) => {
    const at = (seconds - lane.start) / lane.secondsPerValue
    const row = Math.floor(at)
    const level = read(row) + (read(row + 1) - read(row)) * (at - row)
    return Math.min(1, Math.max(0, (level - low) / spread))
  }
}

function steps(edges: readonly number[], values: readonly number[]): At {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  if (values.length === 0 || high === low) return () => 0
  return (seconds) => (values[Math.max(0, lastAtOrBefore(edges, seconds + 1e-6))]! - low) / (high - low)
}

function cueAt(cues: readonly Cue[], hold: number): At {
  return (seconds) => (cues.some((cue) => seconds >= cue.seconds - 1e-6 && seconds < (cue.end_seconds ?? cue.seconds + hold) - 1e-6) ? 1 : 0)
}

/** Straight between the points, held before and after. */
export function heightAt(points: readonly (readonly [number, number])[], at: number): number {
  const next = points.findIndex(([where]) => where > at)
  if (next === 0) return points[0]![1]
  const [from, to] = [points[next < 0 ? points.length - 1 : next - 1]!, points[next] ?? null]
  return to === null ? from[1] : from[1] + ((to[1] - from[1]) * (at - from[0])) / (to[0] - from[0])
}

function chanceAt(at: number, seed: number, glide: number): number {
  const number = Math.floor(at + 1e-6)
  const level = dice(number, seed)
  if (glide === 0) return level
  const share = Math.min(1, Math.max(0, (at - number) / glide))
  const former = dice(number - 1, seed)
  return former + (level - former) * share * share * (3 - 2 * share)
}

const WORD = (1n << 64n) - 1n

/** A number 0…1 for each whole number: SplitMix64, as the render service throws it. */
export function dice(number: number, seed: number): number {
  let x = (BigInt.asUintN(64, BigInt(number)) * 0x9e3779b97f4a7c15n) & WORD
  x = (x + ((BigInt(seed) * 0xd1342543de82ef95n + 0x9e3779b97f4a7c15n) & WORD)) & WORD
  for (const [shift, factor] of [[30n, 0xbf58476d1ce4e5b9n], [27n, 0x94d049bb133111ebn]] as const) x = ((x ^ (x >> shift)) * factor) & WORD
  x ^= x >> 31n
  return Number(x >> 11n) / 2 ** 53
}
