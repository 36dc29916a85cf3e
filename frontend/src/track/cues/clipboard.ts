/**
 * Copied cues: lines of text with tabs, so that they paste into a spreadsheet, and back. Without the first line that names
 * the columns a line is "start, end, label", as Audacity writes them, or a time alone.
 */
import { HUES } from '../../widgets/hues'
import { readClock } from '../../widgets/read_clock'
import type { Cue } from '../../wire/types'
import { beatAt, secondsAtBeat, type BeatLine } from '../../widgets/beat_line'
import { extent, isOutside } from '../../widgets/shift_cues'

export type CopiedCue = Pick<Cue, 'seconds' | 'end_seconds' | 'kind' | 'label' | 'colour' | 'anchor'> & {
  /** Where they stood along the grid they were copied from; null without one. */
  beat: number | null
  end_beat: number | null
}

const COLUMNS = ['seconds', 'end', 'label', 'kind', 'colour', 'kept in', 'beat', 'end beat'] as const

export function linesOf(cues: readonly Cue[], line: BeatLine | null): string {
  const beat = (seconds: number | null): string => (seconds === null || !line ? '' : number(beatAt(line, seconds)))
  const rows = cues.map((cue) => [
    number(cue.seconds), cue.end_seconds === null ? '' : number(cue.end_seconds), words(cue.label), cue.kind, cue.colour, cue.anchor,
    beat(cue.seconds), beat(cue.end_seconds),
  ])
  return [COLUMNS, ...rows].map((cells) => cells.join('\t')).join('\n')
}

const number = (value: number): string => String(Math.round(value * 1e6) / 1e6)

/** A spreadsheet takes what begins like this for a formula. */
const FORMULA = /^[=+\-@]/

function words(label: string): string {
  const plain = label.replace(/[\t\r\n]+/g, ' ')
  return FORMULA.test(plain) ? `'${plain}` : plain
}

/** What can be read as cues; empty when nothing can. */
export function cuesIn(text: string): CopiedCue[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('\\'))
  const head = lines[0]?.split('\t').map((cell) => cell.trim().toLowerCase()) ?? []
  const isNamed = head[0] === COLUMNS[0] && head.includes('label')
  const place = (name: string, otherwise: number): number => (isNamed ? head.indexOf(name) : otherwise)
  const at = { end: place('end', 1), label: place('label', 2), kind: place('kind', -1), colour: place('colour', -1), kept: place('kept in', -1), beat: place('beat', -1), endBeat: place('end beat', -1) }
  return (isNamed ? lines.slice(1) : lines).flatMap((line) => {
    const cells = line.split('\t').map((cell) => cell.trim())
    const seconds = readClock(cells[0] ?? '')
    if (seconds === null) return []
    const end = readClock(cells[at.end] ?? '')
    const isSpan = end !== null && end > seconds
    const label = (cells[at.label] ?? (cells.length === 2 && end === null ? cells[1]! : '')).slice(0, 200)
    const colour = HUES.find((hue) => hue === cells[at.colour]) ?? 'red'
    const anchor = cells[at.kept] === 'beats' ? 'beats' : 'seconds'
    return [{
      seconds, end_seconds: isSpan ? end : null, kind: isSpan ? 'span' as const : 'moment' as const, colour, anchor: anchor as Cue['anchor'],
      label: /^'[=+\-@]/.test(label) ? label.slice(1) : label, beat: readNumber(cells[at.beat]), end_beat: isSpan ? readNumber(cells[at.endBeat]) : null,
    }]
  })
}

function readNumber(cell: string | undefined): number | null {
  return cell === undefined || cell === '' || !Number.isFinite(Number(cell)) ? null : Number(cell)
}

export interface Pasted {
  cues: Omit<CopiedCue, 'beat' | 'end_beat'>[]
  /** So many would lie beyond the end of the track. */
  leftOut: number
}

/** The earliest at `seconds`. Cues kept in beats keep their distance in beats, the others in seconds. */
export function pasted(copied: readonly CopiedCue[], seconds: number, line: BeatLine | null, durationSeconds: number): Pasted {
  const [first] = extent(copied)
  const firstBeat = copied.find((cue) => cue.seconds === first)?.beat ?? null
  const place = (cue: CopiedCue, time: number, beat: number | null): number => {
    if (cue.anchor !== 'beats' || !line || beat === null || firstBeat === null) return seconds + time - first
    return secondsAtBeat(line, beatAt(line, seconds) + beat - firstBeat)
  }
  const cues = copied.map(({ beat, end_beat, ...cue }) => ({
    ...cue,
    anchor: line ? cue.anchor : ('seconds' as const),
    seconds: place({ ...cue, beat, end_beat }, cue.seconds, beat),
    end_seconds: cue.end_seconds === null ? null : place({ ...cue, beat, end_beat }, cue.end_seconds, end_beat),
  }))
  const inside = cues.filter((cue) => !isOutside(cue, durationSeconds))
  return { cues: inside, leftOut: cues.length - inside.length }
}
