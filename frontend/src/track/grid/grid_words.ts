/** The beat grid said in words. */
import { clock, count, plural } from '../../lib/format'
import type { Marker } from './grid_moves'

export interface Unsure {
  start: number
  end: number
  /** 0…1: how many of the beats there are struck. */
  trust: number
}

/** What the grid is, in one or two sentences. */
export function gridWords(markers: readonly Marker[], beats: number, unsure: readonly Unsure[], isEdited: boolean): string {
  const [first] = markers
  if (!first) return ''
  const slow = Math.min(...markers.map(({ bpm }) => bpm))
  const fast = Math.max(...markers.map(({ bpm }) => bpm))
  const steady = markers.length === 1 ? `${first.bpm.toFixed(2)} bpm throughout` : fast - slow < 0.05 ? `${first.bpm.toFixed(2)} bpm, set anew at ${plural(markers.length - 1, 'place')}` : `${slow.toFixed(2)} to ${fast.toFixed(2)} bpm in ${count(markers.length)} stretches`
  const told = `${isEdited ? '' : 'Found: '}${steady}, ${plural(beats, 'beat')}.`
  return unsure.length ? `${told} Unsure ${unsure.length === 1 ? `from ${clock(unsure[0]!.start, 0)} to ${clock(unsure[0]!.end, 0)}` : `at ${unsure.length} places`}.` : told
}

export function unsureWords({ start, end, trust }: Unsure): string {
  return `${clock(start, 1)} to ${clock(end, 1)}: the detector is unsure here, ${Math.round(trust * 100)} % of the beats are struck. Check them by ear.`
}

export function foundWords(markers: readonly Marker[], { from, to }: { from: number; to: number }): string {
  const [first] = markers
  const part = `${clock(from, 1)} – ${clock(to, 1)}`
  if (!first) return `No beats were found in ${part}.`
  const rest = markers.length > 1 ? `, the tempo changes ${markers.length === 2 ? 'once' : `${markers.length - 1} times`}` : ''
  return `${part}: ${first.bpm.toFixed(2)} bpm, ${first.beats_per_bar} beats in a bar${rest}.`
}
