/** Cues moved together: along the beats, by seconds, onto the grid, once more behind themselves. */
import type { Cue } from '../wire/types'
import { beatAt, secondsAtBeat, type BeatLine } from './beat_line'

export interface Times {
  seconds: number
  end_seconds: number | null
}

export interface Shift {
  id: string
  values: Times
}

type Timed = Pick<Cue, 'id' | 'seconds' | 'end_seconds'>
type Kept = Timed & Pick<Cue, 'anchor'>

/** Every time by so many beats of the grid there. Null when a cue would leave the track. */
export function shiftedByBeats(cues: readonly Timed[], line: BeatLine, beats: number, durationSeconds: number): Shift[] | null {
  return shifted(cues, (seconds) => secondsAtBeat(line, beatAt(line, seconds) + beats), durationSeconds)
}

export function shiftedBySeconds(cues: readonly Timed[], by: number, durationSeconds: number): Shift[] | null {
  return shifted(cues, (seconds) => seconds + by, durationSeconds)
}

function shifted(cues: readonly Timed[], move: (seconds: number) => number, durationSeconds: number): Shift[] | null {
  const found = cues.map((cue) => ({ id: cue.id, values: timesAfter(cue, move) }))
  return found.some(({ values }) => isOutside(values, durationSeconds)) ? null : found
}

function timesAfter(cue: Times, move: (seconds: number) => number): Times {
  return { seconds: clean(move(cue.seconds)), end_seconds: cue.end_seconds === null ? null : clean(move(cue.end_seconds)) }
}

/** What sums of decimals leave behind must not push a cue out of the track. */
const clean = (seconds: number): number => Math.round(seconds * 1e9) / 1e9

export function isOutside({ seconds, end_seconds }: Times, durationSeconds: number): boolean {
  return seconds < 0 || (end_seconds ?? seconds) > durationSeconds
}

/** How far a group may go when a hand wishes `by` seconds: until the first of them is at an end of the track. */
export function farthest(cues: readonly Times[], by: number, durationSeconds: number): number {
  const [first, last] = extent(cues)
  // Cues that stand beyond the end already may go back, not on.
  return Math.min(Math.max(by, -first), Math.max(0, durationSeconds - last))
}

/**
 * A group that a hand moves, which took `own` and wishes it `by` seconds on. Those kept in beats keep their distance in
 * beats, the others in seconds; nobody goes where another cannot.
 */
export function movedTogether(group: readonly Kept[], own: Kept, by: number, durationSeconds: number, line: BeatLine | null): Shift[] {
  const inSeconds = line ? group.filter(({ anchor }) => anchor !== 'beats') : group
  const far = farthest(inSeconds, by, durationSeconds)
  if (!line || inSeconds.length === group.length) return group.map((cue) => ({ id: cue.id, values: timesAfter(cue, (seconds) => seconds + far) }))
  const [first, last] = extent(group.filter(({ anchor }) => anchor === 'beats'))
  const start = beatAt(line, own.seconds)
  const wished = beatAt(line, own.seconds + far) - start
  const beats = Math.min(Math.max(wished, beatAt(line, 0) - beatAt(line, first)), Math.max(0, beatAt(line, durationSeconds) - beatAt(line, last)))
  const seconds = beats === wished ? far : secondsAtBeat(line, start + beats) - own.seconds
  const along = (at: number): number => Math.min(durationSeconds, Math.max(0, secondsAtBeat(line, beatAt(line, at) + beats)))
  return group.map((cue) => ({ id: cue.id, values: timesAfter(cue, cue.anchor === 'beats' ? along : (at) => at + seconds) }))
}

/** From the earliest to the latest second. */
export function extent(cues: readonly Times[]): [number, number] {
  let [first, last] = [Infinity, -Infinity]
  for (const { seconds, end_seconds } of cues) {
    first = Math.min(first, seconds)
    last = Math.max(last, end_seconds ?? seconds)
  }
  return [first, last]
}

/** Each time to its nearest place on the grid; those that stand there already are left out. A span keeps a length. */
export function ontoGrid(cues: readonly Timed[], place: (seconds: number) => number | null): Shift[] {
  return cues.flatMap((cue) => {
    const seconds = place(cue.seconds) ?? cue.seconds
    const length = cue.end_seconds === null ? null : cue.end_seconds - cue.seconds
    const end = cue.end_seconds === null ? null : (place(cue.end_seconds) ?? cue.end_seconds)
    const end_seconds = end === null || length === null ? null : end > seconds ? end : seconds + length
    const isThere = Math.abs(seconds - cue.seconds) < 1e-6 && Math.abs((end_seconds ?? 0) - (cue.end_seconds ?? 0)) < 1e-6
    return isThere ? [] : [{ id: cue.id, values: { seconds, end_seconds } }]
  })
}

/**
 * How many beats on a copy of these begins, so that a pattern goes on in its bar: the fewest whole bars that are longer
 * than what lies between the first and the last beginning.
 */
export function repeatBeats(cues: readonly Times[], line: BeatLine, beatsPerBar: number): number {
  const starts = cues.map(({ seconds }) => beatAt(line, seconds))
  const length = Math.max(...starts) - Math.min(...starts)
  return (Math.floor(length / beatsPerBar + 1e-6) + 1) * beatsPerBar
}
