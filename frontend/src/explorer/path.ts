/** Paths: pins in an order, each with the beats that the way to the next one takes. Pure. */
import type { VectorSpec } from '../network/vectors'

export type Interpolation = 'linear' | 'spherical' | 'smooth'

export const INTERPOLATIONS: readonly { value: Interpolation; label: string; tip: string }[] = [
  { value: 'linear', label: 'Linear', tip: 'The straight line from pin to pin' },
  { value: 'spherical', label: 'Spherical', tip: 'Along the sphere: no fading towards the average on the way' },
  { value: 'smooth', label: 'Smooth', tip: 'One curve through all pins, without a corner at any' },
]

export interface PathPoint {
  pin_id: string | null
  vector: VectorSpec
  /** Beats to the next point; of the last one: back to the first, in a loop. */
  length: number
}

export interface PathDraft {
  /** Null until it is saved. */
  id: string | null
  name: string
  revision: number
  snapshot_id: string | null
  waypoints: PathPoint[]
  interpolation: Interpolation
  loop: boolean
}

export const USUAL_BEATS = 4
const MOST_POINTS = 64
const SHORTEST = 0.25
const LONGEST = 600

export function newPath(): PathDraft {
  return { id: null, name: '', revision: 0, snapshot_id: null, waypoints: [], interpolation: 'spherical', loop: true }
}

/** Put in before the place `at`, at the end without one. A full path takes no more. */
export function withPoint(path: PathDraft, point: Omit<PathPoint, 'length'> & { length?: number }, at = path.waypoints.length): PathDraft {
  if (path.waypoints.length >= MOST_POINTS) return path
  return { ...path, waypoints: path.waypoints.toSpliced(at, 0, { length: USUAL_BEATS, ...point }) }
}

export function withoutPoint(path: PathDraft, at: number): PathDraft {
  return { ...path, waypoints: path.waypoints.toSpliced(at, 1) }
}

export function movedPoint(path: PathDraft, from: number, to: number): PathDraft {
  const point = path.waypoints[from]
  const place = Math.max(0, Math.min(path.waypoints.length - 1, to))
  if (!point || from === place) return path
  return { ...path, waypoints: path.waypoints.toSpliced(from, 1).toSpliced(place, 0, point) }
}

export function withLength(path: PathDraft, at: number, beats: number): PathDraft {
  const length = Math.min(LONGEST, Math.max(SHORTEST, beats))
  return { ...path, waypoints: path.waypoints.map((point, place) => (place === at ? { ...point, length } : point)) }
}

/** Ways that are played: without a loop the last point leads nowhere. */
export function playedLengths(path: PathDraft): number[] {
  const lengths = path.waypoints.map((point) => point.length)
  return path.loop ? lengths : lengths.slice(0, -1)
}

export function beatsOf(path: PathDraft): number {
  return playedLengths(path).reduce((sum, length) => sum + length, 0)
}

export function secondsOf(path: PathDraft, bpm: number): number {
  return (beatsOf(path) * 60) / bpm
}

/** With lengths in seconds, as the explorer draws it. */
export function inSeconds(path: PathDraft, bpm: number): { vector: VectorSpec; length: number }[] {
  return path.waypoints.map(({ vector, length }) => ({ vector, length: Math.min(LONGEST, (length * 60) / bpm) }))
}

/** Where on the path a second lies: between point `at` and the next, `share` of the way. */
export function placeAt(path: PathDraft, seconds: number, bpm: number): { at: number; share: number } {
  let beats = (seconds * bpm) / 60
  const lengths = playedLengths(path)
  for (const [at, length] of lengths.entries()) {
    if (beats < length) return { at, share: beats / length }
    beats -= length
  }
  return { at: Math.max(0, path.waypoints.length - 1), share: 0 }
}

/** When a point is reached. */
export function secondsAt(path: PathDraft, at: number, bpm: number): number {
  return (path.waypoints.slice(0, at).reduce((sum, point) => sum + point.length, 0) * 60) / bpm
}

/** "18 beats". */
export function beatWords(path: PathDraft): string {
  const beats = beatsOf(path)
  return path.waypoints.length < 2 ? '' : `${numberWords(beats)} ${beats === 1 ? 'beat' : 'beats'}`
}

/** "18 beats at 126 bpm, loops". */
export function pathWords(path: PathDraft, bpm: number): string {
  if (path.waypoints.length < 2) return 'Drop two pins or more'
  return `${beatWords(path)} at ${numberWords(bpm)} bpm${path.loop ? ', loops' : ''}`
}

/** "4 beats", "3 bars", "1 beat": long ways in bars where they come out even. */
export function lengthWords(beats: number): string {
  if (beats > 8 && beats % 4 === 0) return `${beats / 4} bars`
  return `${numberWords(beats)} ${beats === 1 ? 'beat' : 'beats'}`
}

export function numberWords(value: number): string {
  return String(Math.round(value * 100) / 100)
}
