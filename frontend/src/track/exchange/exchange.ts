/** Grids and cues as files: what the studio is asked, and what is said of its answers. */
import { plural } from '../../lib/format'
import { get, request } from '../../wire/api'
import type { components } from '../../wire/schema'
import type { Items } from '../../wire/types'

export type ImportLook = components['schemas']['ImportLookOut']
export type Export = components['schemas']['TrackExportOut']
export type FormatName = Export['format']

/** What a person wants of a file; `answers` to what it leaves open. */
export interface ImportWish {
  cues: boolean
  grid: boolean
  mode: 'add' | 'replace'
  offset: string
  answers: Readonly<Record<string, string>>
}

export const FIRST_WISH: ImportWish = { cues: true, grid: true, mode: 'add', offset: '0', answers: {} }
export const ENDINGS = '.txt,.csv,.tsv,.json,.jams,.mid,.midi,.xml'
export const LARGEST = 32 * 1024 * 1024
const MOST_SECONDS = 21_600

/** Seconds, with a comma or a point; null for what is no number, or beyond any track. */
export function offsetOf(text: string): number | null {
  const value = Number(text.trim().replace(',', '.').replace('−', '-') || '0')
  return Number.isFinite(value) && Math.abs(value) <= MOST_SECONDS ? value : null
}

export function queryOf(wish: ImportWish): string {
  const { cues, grid, mode, answers } = wish
  return new URLSearchParams({ cues: String(cues), grid: String(grid), mode, offset_seconds: String(offsetOf(wish.offset) ?? 0), ...answers }).toString()
}

export const lookAt = (track: string, file: File, wish: ImportWish, signal: AbortSignal): Promise<ImportLook> =>
  request<ImportLook>('POST', `/tracks/${track}/import/look?${queryOf(wish)}`, { file, signal })

export const bringIn = <Answer>(track: string, file: File, wish: ImportWish, key: string): Promise<Answer> =>
  request<Answer>('POST', `/tracks/${track}/import?${queryOf(wish)}&key=${key}`, { file })

export const exportsOf = (track: string) => ({
  queryKey: ['exports', track],
  queryFn: ({ signal }: { signal: AbortSignal }) => get<Items<Export>>(`/tracks/${track}/export`, signal),
  // Every edit changes what a format carries.
  staleTime: 0,
})

export const FORMATS: readonly { name: FormatName; title: string }[] = [
  { name: 'csv', title: 'CSV table' },
  { name: 'audacity', title: 'Audacity labels' },
  { name: 'rekordbox', title: 'rekordbox XML' },
  { name: 'midi', title: 'MIDI' },
  { name: 'jams', title: 'JAMS' },
  { name: 'own', title: 'Everything (JSON)' },
]

/** What will happen, in a sentence: "12 cues come in beside the 4 that are there. The beat grid becomes that of the file." */
export function planned(look: ImportLook, wish: ImportWish): string {
  const told: string[] = []
  if (look.cues_in > 0) {
    const come = `${plural(look.cues_in, 'cue')} ${look.cues_in === 1 ? 'comes' : 'come'} in`
    if (wish.mode === 'replace' && look.cues_removed > 0) told.push(`${come} and the ${plural(look.cues_removed, 'cue')} that ${look.cues_removed === 1 ? 'is' : 'are'} there ${look.cues_removed === 1 ? 'goes' : 'go'}.`)
    else told.push(look.cues_there > 0 ? `${come} beside the ${look.cues_there.toLocaleString('en')} that are there.` : `${come}.`)
  }
  if (look.markers_in > 0) told.push(`The beat grid becomes that of the file, with ${plural(look.markers_in, 'tempo marker')}.`)
  return told.join(' ') || 'Nothing of this file would come in.'
}

/** Why it cannot be sent yet; null when it can. */
export function reasonNot(file: File | null, look: ImportLook | null, wish: ImportWish): string | null {
  if (!file) return 'Choose a file'
  if (offsetOf(wish.offset) === null) return 'Write the seconds to move by as a number'
  if (!look) return 'The file is being looked at, or cannot be read'
  const open = look.asked.find((one) => one.value === '')
  if (open) return `Choose: ${open.title.toLowerCase()}`
  return look.cues_in + look.markers_in > 0 ? null : 'Nothing of this file would come in'
}

export interface SeenRow {
  seconds: number
  end: number | null
  name: string
  kind: string
  staysOut: string
}

/** Cues and tempo markers of a look in one list, by time. */
export function rowsOf(look: ImportLook): SeenRow[] {
  const cues = look.cues.map((cue) => ({
    seconds: cue.seconds, end: cue.end_seconds, name: cue.label || 'Cue', kind: cue.hotkey === null ? (cue.kind === 'span' ? 'Span' : 'Cue') : `Hot cue ${cue.hotkey}`, staysOut: cue.stays_out,
  }))
  const markers = look.markers.map((marker) => ({
    seconds: marker.seconds, end: null, name: `${marker.bpm.toFixed(2)} bpm, ${plural(marker.beats_per_bar, 'beat')} in a bar`, kind: 'Tempo', staysOut: '',
  }))
  return [...markers, ...cues].sort((one, other) => one.seconds - other.seconds)
}
