/** Versions of a track's grid and cues: what the studio tells of them, in words. */
import { clock } from '../lib/format'
import type { components } from '../wire/schema'

export type TrackVersion = components['schemas']['TrackVersionOut']
export type VersionDiff = components['schemas']['TrackDiffOut']
export type Difference = components['schemas']['TrackDifferenceOut']

const NAMES: Record<string, string> = {
  seconds: 'time', end_seconds: 'end', kind: 'kind', label: 'name', colour: 'colour', hotkey: 'key', anchor: 'kept in', beat: 'beat', end_beat: 'last beat',
  bpm: 'bpm', beats_per_bar: 'beats in a bar', downbeat: 'bar',
}

/** "2 cues added, 1 moved or changed, 1 tempo marker removed since", or that nothing differs. */
export function diffSentence({ cues, markers }: VersionDiff): string {
  const parts = [...counted(cues, 'cue'), ...counted(markers, 'tempo marker')]
  return parts.length ? `Since then: ${parts.join(', ')}.` : 'All is as it was then.'
}

function counted(counts: VersionDiff['cues'], noun: string): string[] {
  return (['added', 'removed', 'changed'] as const).filter((what) => counts[what]).map((what) => `${counts[what]} ${noun}${counts[what] === 1 ? '' : 's'} ${what}`)
}

/** "“drop”: time 1:02.50 → 1:03.00, colour red → pink". */
export function differenceWords({ thing, what, label, seconds, fields }: Difference): string {
  const name = thing === 'cue' ? (label ? `“${label}”` : `Cue at ${clock(seconds)}`) : `Tempo marker at ${clock(seconds)}`
  if (what !== 'changed') return `${name} ${what}`
  return `${name}: ${Object.entries(fields).map(([field, [then, now]]) => `${NAMES[field] ?? field} ${valueWords(field, then)} → ${valueWords(field, now)}`).join(', ')}`
}

function valueWords(field: string, value: unknown): string {
  if (value === null || value === '') return 'none'
  if (typeof value !== 'number') return String(value)
  if (field === 'seconds' || field === 'end_seconds') return clock(value)
  return Number.isInteger(value) ? String(value) : value.toFixed(2)
}
