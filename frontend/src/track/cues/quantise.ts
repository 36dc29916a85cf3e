/** Quantised playback: a jump waits for the next beat and lands on one, so that the pulse goes on. */
import { nearest } from '../../widgets/beats'

/** A beat so close that a jump still means it, seconds. */
const SLACK = 0.02

/** When to leave and where to go: the next beat, and the beat nearest to the target. Null where no beat comes any more. */
export function quantisedJump(beats: readonly number[], now: number, target: number): { leave: number; land: number } | null {
  const leave = beats.find((beat) => beat >= now - SLACK)
  if (leave === undefined) return null
  return { leave: Math.max(now, leave), land: landing(beats, target) }
}

export function landing(beats: readonly number[], target: number): number {
  return nearest(beats, target) ?? target
}
