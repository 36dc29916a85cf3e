/** Columns of the table of cues: what a cell says, how it is sorted, and what typing into it changes. */
import { clock } from '../../lib/format'
import type { Cue } from '../../wire/types'
import type { Beats } from '../../widgets/beats'
import { HUE_CHOICES, hueName, HUES } from '../../widgets/hues'
import { barBeat, readPlace } from '../../widgets/places'
import { asKind, wrongEnd, wrongStart } from './cue_checks'
import { PLACE_HINT } from './PlaceField'
import type { CueFields } from '../edit_ops'

export interface CellContext {
  grid: Beats
  durationSeconds: number
}

/** Values to change; a sentence when what was typed is none; null when nothing changes. */
export type Typed = Partial<CueFields> | string | null

export interface CueColumn {
  id: string
  title: string
  width: string
  isNumber?: boolean
  says: (cue: Cue, context: CellContext) => string
  by: (cue: Cue) => string | number | null
  /** Where a cell has few values they are chosen, not typed. */
  choices?: readonly { value: string; label: string }[]
  typed: (cue: Cue, text: string, context: CellContext) => Typed
}

export const CUE_COLUMNS: readonly CueColumn[] = [
  { id: 'time', title: 'Time', width: '96px', isNumber: true, says: ({ seconds }) => clock(seconds, 3), by: ({ seconds }) => seconds, typed: typedStart },
  { id: 'bar', title: 'Bar.beat', width: '84px', isNumber: true, says: ({ seconds }, { grid }) => barBeat(grid, seconds) ?? '', by: ({ seconds }) => seconds, typed: typedStart },
  {
    id: 'end', title: 'End', width: '96px', isNumber: true, says: ({ end_seconds }) => (end_seconds === null ? '' : clock(end_seconds, 3)),
    by: ({ end_seconds }) => end_seconds, typed: typedEnd,
  },
  { id: 'label', title: 'Name', width: 'minmax(120px, 1fr)', says: ({ label }) => label, by: ({ label }) => label || null, typed: (_, text) => ({ label: text.trim() }) },
  {
    id: 'kind', title: 'Kind', width: '92px', says: ({ kind }) => (kind === 'span' ? 'Span' : 'Moment'), by: ({ kind }) => kind,
    choices: [{ value: 'moment', label: 'Moment' }, { value: 'span', label: 'Span' }],
    typed: (cue, kind, { durationSeconds }) => (kind === cue.kind ? null : asKind(cue, kind as Cue['kind'], durationSeconds)),
  },
  {
    id: 'colour', title: 'Colour', width: '92px', says: ({ colour }) => hueName(colour), by: ({ colour }) => HUES.indexOf(colour),
    choices: HUE_CHOICES, typed: (_, colour) => ({ colour: colour as Cue['colour'] }),
  },
  {
    id: 'hotkey', title: 'Key', width: '84px', isNumber: true, says: ({ hotkey }) => (hotkey === null ? '' : String(hotkey)), by: ({ hotkey }) => hotkey,
    choices: [{ value: '', label: 'None' }, ...Array.from({ length: 8 }, (_, index) => ({ value: String(index + 1), label: String(index + 1) }))],
    typed: (_, key) => ({ hotkey: key === '' ? null : Number(key) }),
  },
  {
    id: 'anchor', title: 'Kept in', width: '96px', says: ({ anchor }) => (anchor === 'beats' ? 'Beats' : 'Seconds'), by: ({ anchor }) => anchor,
    choices: [{ value: 'seconds', label: 'Seconds' }, { value: 'beats', label: 'Beats' }],
    typed: (_, anchor, { grid }) => (anchor === 'beats' && grid.beats.length < 2 ? 'This track has no beats to keep cues in.' : { anchor: anchor as Cue['anchor'] }),
  },
]

function typedStart(cue: Cue, text: string, { grid, durationSeconds }: CellContext): Typed {
  const seconds = readPlace(text, grid)
  if (seconds === null) return PLACE_HINT
  return wrongStart(cue, seconds, durationSeconds) ?? { seconds }
}

/** An empty end makes a span a moment; an end makes a moment a span. */
function typedEnd(cue: Cue, text: string, { grid, durationSeconds }: CellContext): Typed {
  if (text.trim() === '') return cue.end_seconds === null ? null : { kind: 'moment', end_seconds: null }
  const seconds = readPlace(text, grid)
  if (seconds === null) return PLACE_HINT
  return wrongEnd(cue, seconds, durationSeconds) ?? { kind: 'span', end_seconds: seconds }
}

/** What a select shows of a cue. */
export function valueOf(cue: Cue, { id }: CueColumn): string {
  return String(cue[id as 'kind' | 'colour' | 'hotkey' | 'anchor'] ?? '')
}
