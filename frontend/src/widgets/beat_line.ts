/**
 * Beats as a line: how many beats into the grid a second lies, and back. Counted from the first beat that is there; between
 * two beats time runs evenly, beyond the ends it goes on at the tempo there. For distances, as studio/tracks/beat_time.py.
 */
import { lastAtOrBefore, type Beats } from './beats'

export interface BeatLine {
  beats: ArrayLike<number>
  /** Seconds of a beat before the first and behind the last. */
  before: number
  after: number
}

export function beatLine({ beats, markers }: Pick<Beats, 'beats' | 'markers'>): BeatLine | null {
  const [first, last] = [markers[0], markers.at(-1)]
  if (beats.length < 2 && !(beats.length === 1 && first)) return null
  const before = first ? 60 / first.bpm : beats[1]! - beats[0]!
  const after = last ? 60 / last.bpm : beats.at(-1)! - beats.at(-2)!
  return { beats, before, after }
}

export function beatAt({ beats, before, after }: BeatLine, seconds: number): number {
  const last = beats.length - 1
  if (seconds < beats[0]!) return (seconds - beats[0]!) / before
  if (seconds >= beats[last]!) return last + (seconds - beats[last]!) / after
  const index = lastAtOrBefore(beats, seconds)
  return index + (seconds - beats[index]!) / (beats[index + 1]! - beats[index]!)
}

export function secondsAtBeat({ beats, before, after }: BeatLine, beat: number): number {
  const last = beats.length - 1
  if (beat < 0) return beats[0]! + beat * before
  if (beat >= last) return beats[last]! + (beat - last) * after
  const index = Math.floor(beat)
  return beats[index]! + (beat - index) * (beats[index + 1]! - beats[index]!)
}
