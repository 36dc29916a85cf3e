/** Calibration: how late taps come that were meant for clicks of known moments. Seconds on one clock. */
import { median } from './tap_fit'

export const CALIBRATION_TAPS = 12
/** The first taps find the rhythm and do not count. */
const WARM_UP = 3
const SPREAD_OF_MEDIAN = 1.4826

export interface Calibration {
  /** Median lateness; negative when the hand is early. */
  lateSeconds: number
  /** Typical distance of a single tap from it. */
  spreadSeconds: number
  taps: number
}

/** Each tap against the nearest click. Null while there are too few. */
export function calibrate(taps: readonly number[], clicks: readonly number[]): Calibration | null {
  const late = taps.slice(WARM_UP).map((tap) => tap - nearestOf(clicks, tap)).filter(Number.isFinite)
  if (late.length < CALIBRATION_TAPS - WARM_UP) return null
  const lateSeconds = median(late)
  const spreadSeconds = SPREAD_OF_MEDIAN * median(late.map((one) => Math.abs(one - lateSeconds)))
  return { lateSeconds, spreadSeconds, taps: late.length }
}

function nearestOf(times: readonly number[], seconds: number): number {
  return times.reduce((best, time) => (Math.abs(time - seconds) < Math.abs(best - seconds) ? time : best), Infinity)
}
