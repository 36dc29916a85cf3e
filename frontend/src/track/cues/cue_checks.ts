/** Why a cue cannot have a time; the studio refuses the same. */
import { clock } from '../../lib/format'
import type { CueTimes } from '../../widgets/cue_hand'

export function wrongStart(cue: CueTimes, seconds: number, duration: number): string | null {
  if (seconds > duration) return `The track ends at ${clock(duration)}.`
  return cue.end_seconds !== null && seconds >= cue.end_seconds ? 'Choose a time before the end of the cue.' : null
}

export function wrongEnd(cue: CueTimes, seconds: number, duration: number): string | null {
  if (seconds > duration) return `The track ends at ${clock(duration)}.`
  return seconds <= cue.seconds ? 'Choose a time behind the beginning of the cue.' : null
}

const FIRST_SPAN_SECONDS = 2

/** What makes a moment a span, and back. */
export function asKind(cue: CueTimes, kind: 'moment' | 'span', duration: number): { kind: 'moment' | 'span'; end_seconds: number | null } {
  return { kind, end_seconds: kind === 'span' ? (cue.end_seconds ?? Math.min(cue.seconds + FIRST_SPAN_SECONDS, duration)) : null }
}
