/** Where beats and bars lie, and what lies near a second. All times are seconds, ascending. */
import type { TempoMarker } from '../wire/types'

/** The beat grid of a track, with its onsets, for all that is drawn or snapped along it. */
export interface Beats {
  markers: TempoMarker[]
  beats: number[]
  downbeats: number[]
  onsets: number[]
}

export const NO_BEATS: Beats = { markers: [], beats: [], downbeats: [], onsets: [] }

export interface Place {
  bpm: number
  bar: number
  /** 1-based within the bar. */
  beat: number
}

/** Index of the last value that is not after `seconds`; −1 when all are. */
export function lastAtOrBefore(times: ArrayLike<number>, seconds: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! <= seconds) low = middle + 1
    else high = middle
  }
  return low - 1
}

export function markerAt(markers: TempoMarker[], seconds: number): TempoMarker | null {
  let found = markers[0] ?? null
  for (const marker of markers) if (marker.seconds <= seconds + 1e-6) found = marker
  return found
}

/** The page shows times to a hundredth: a beat that is shown at the same one has begun. */
const SHOWN_SECONDS = 0.005

/** Bar and beat at a second; null where there is no grid. Before the first downbeat bars count backwards. */
export function placeAt(grid: Beats, seconds: number): Place | null {
  const marker = markerAt(grid.markers, seconds)
  const first = grid.downbeats[0]
  if (!marker || first === undefined) return null
  const index = lastAtOrBefore(grid.downbeats, seconds + SHOWN_SECONDS)
  const downbeat = grid.downbeats[index]
  if (downbeat === undefined) return upbeat(grid, marker, seconds, first)
  const beat = lastAtOrBefore(grid.beats, seconds + SHOWN_SECONDS) - lastAtOrBefore(grid.beats, downbeat + 1e-4)
  return { bpm: marker.bpm, bar: barNumber(grid, index), beat: beat + 1 }
}

function upbeat(grid: Beats, marker: TempoMarker, seconds: number, first: number): Place {
  const perBar = Math.max(1, marker.beats_per_bar)
  const beats = Math.floor(((seconds - first) * marker.bpm) / 60 + 1e-6)
  return { bpm: marker.bpm, bar: barNumber(grid, 0) + Math.floor(beats / perBar), beat: (((beats % perBar) + perBar) % perBar) + 1 }
}

/** The number of the bar that begins at a downbeat: counted from the last marker that names one. */
export function barNumber(grid: Beats, index: number): number {
  const marker = markerAt(grid.markers, (grid.downbeats[index] ?? 0) + 0.02)
  if (!marker) return index + 1
  return marker.downbeat + index - (lastAtOrBefore(grid.downbeats, marker.seconds - 0.02) + 1)
}

export function nearest(times: ArrayLike<number>, seconds: number): number | null {
  const before = lastAtOrBefore(times, seconds)
  const candidates = [times[before], times[before + 1]].filter((time): time is number => time !== undefined)
  if (!candidates.length) return null
  return candidates.reduce((best, time) => (Math.abs(time - seconds) < Math.abs(best - seconds) ? time : best))
}

/** One step along the beats (or bars) from where we are; beyond the grid it goes on at the last distance. */
export function stepAlong(times: number[], seconds: number, direction: 1 | -1): number | null {
  if (times.length < 2) return null
  const slack = 0.02
  if (direction > 0) {
    const next = times[lastAtOrBefore(times, seconds + slack) + 1]
    return next ?? seconds + (times.at(-1)! - times.at(-2)!)
  }
  const index = lastAtOrBefore(times, seconds - slack)
  return index >= 0 ? times[index]! : Math.max(0, seconds - (times[1]! - times[0]!))
}
