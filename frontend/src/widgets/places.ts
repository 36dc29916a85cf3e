/** Places of a track as people write them: a time such as 1:01.300, or bar and beat such as 33.2 (and 33.2.50: half a beat on). */
import { clock } from '../lib/format'
import { barNumber, lastAtOrBefore, placeAt, type Beats } from './beats'
import { readClock } from './read_clock'
import { beatAt, beatLine, secondsAtBeat } from './beat_line'

/** Nearer to a beat than this share of it is on it. */
const ON_BEAT = 0.005

/** "33.2", or "33.2.50" between beats; null where there is no grid. */
export function barBeat(grid: Beats, seconds: number): string | null {
  const line = beatLine(grid)
  if (!line) return null
  const beat = beatAt(line, seconds)
  const isOn = Math.abs(beat - Math.round(beat)) < ON_BEAT
  const place = placeAt(grid, isOn ? secondsAtBeat(line, Math.round(beat)) + 1e-6 : seconds)
  if (!place) return null
  const rest = isOn ? 0 : Math.min(99, Math.round((beat - Math.floor(beat)) * 100))
  return `${place.bar}.${place.beat}${rest ? `.${String(rest).padStart(2, '0')}` : ''}`
}

/** What stands beside a hand that moves: "1:01.980 · 33.2". */
export function placeWords(grid: Beats, seconds: number): string {
  const bars = barBeat(grid, seconds)
  return bars ? `${clock(seconds, 3)} · ${bars}` : clock(seconds, 3)
}

/** The second of a place that somebody typed; null when it is none. "33.2" is a bar and a beat where that bar has such a beat. */
export function readPlace(text: string, grid: Beats): number | null {
  const plain = text.trim().replace(',', '.')
  const seconds = /^(.*?)\s*s$/.exec(plain)
  if (seconds) return readClock(seconds[1]!)
  const found = /^(-?\d+)\.(\d{1,2})(?:\.(\d{1,2}))?$/.exec(plain)
  if (found) {
    const [, bar, beat, rest = ''] = found
    const isBeat = rest !== '' || !beat!.startsWith('0')
    const place = isBeat ? secondsOfBeat(grid, Number(bar), Number(beat), Number(rest.padEnd(2, '0')) / 100) : null
    if (place !== null || rest !== '') return place
  }
  return readClock(plain)
}

/** Null where there is no such bar, or it has no such beat. Beats are counted from 1, `rest` is a share of a beat. */
export function secondsOfBeat(grid: Beats, bar: number, beat: number, rest = 0): number | null {
  const line = beatLine(grid)
  const first = grid.downbeats[0]
  if (!line || first === undefined || beat < 1) return null
  const index = downbeatOf(grid, bar)
  if (index === null) return bar < barNumber(grid, 0) ? beforeFirst(grid, bar, beat, rest) : null
  const from = lastAtOrBefore(grid.beats, grid.downbeats[index]! + 1e-4)
  const next = grid.downbeats[index + 1]
  const perBar = next === undefined ? (grid.markers.at(-1)?.beats_per_bar ?? 4) : lastAtOrBefore(grid.beats, next + 1e-4) - from
  return beat <= perBar ? secondsAtBeat(line, from + beat - 1 + rest) : null
}

function downbeatOf(grid: Beats, bar: number): number | null {
  for (let index = 0; index < grid.downbeats.length; index++) if (barNumber(grid, index) === bar) return index
  return null
}

function beforeFirst(grid: Beats, bar: number, beat: number, rest: number): number | null {
  const line = beatLine(grid)!
  const perBar = Math.max(1, grid.markers[0]?.beats_per_bar ?? 4)
  if (beat > perBar) return null
  const seconds = secondsAtBeat(line, beatAt(line, grid.downbeats[0]!) + (bar - barNumber(grid, 0)) * perBar + beat - 1 + rest)
  return seconds >= 0 ? seconds : null
}
