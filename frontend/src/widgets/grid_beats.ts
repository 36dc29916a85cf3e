/**
 * From tempo markers to beats, on the page as on the studio (studio/tracks/grid.py): a change is seen before it is answered.
 * Seconds, ascending. A marker says: from here on so many beats per minute, and bar `downbeat` begins here; the first also
 * holds for what comes before it.
 */
import type { TempoMarker } from '../wire/types'

export const SAME_SECONDS = 1e-3
/** Where two markers meet, the last beat of the first keeps this share of its period from the second. */
export const LAST_GAP = 0.4

export interface GridTimes {
  beats: number[]
  downbeats: number[]
}

export function beatsOf(markers: readonly TempoMarker[], durationSeconds: number): GridTimes {
  const beats: number[] = []
  const downbeats: number[] = []
  // A track may have become shorter than its markers.
  const within = markers.filter((marker, index) => index === 0 || marker.seconds < durationSeconds)
  within.forEach((marker, index) => {
    const period = 60 / marker.bpm
    const next = within[index + 1]
    // A beat at the very end of the track would be heard by nobody.
    const end = next ? next.seconds - LAST_GAP * period : durationSeconds - SAME_SECONDS
    const first = index === 0 ? -Math.floor((marker.seconds + SAME_SECONDS) / period) : 0
    const last = Math.floor((end - marker.seconds + SAME_SECONDS / 10) / period)
    for (let number = first; number <= last; number++) {
      const seconds = Math.min(Math.max(0, marker.seconds + number * period), durationSeconds)
      const rounded = Math.round(seconds * 1e6) / 1e6
      beats.push(rounded)
      if (number % marker.beats_per_bar === 0) downbeats.push(rounded)
    }
  })
  return { beats, downbeats }
}
