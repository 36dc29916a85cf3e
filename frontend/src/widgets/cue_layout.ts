/** Where cues stand on their lane: flags where there is room for a word, ticks where they are crowded. */
import type { Cue } from '../wire/types'
import type { TimeView } from './time_view'

/** Closer than this a label would be cut off. */
export const CROWDED_PX = 24
/** A flag that begins this far left of the window may still show its label. */
const REACH_PX = 200
/** More flags than this say nothing: the rest are bars. */
const MOST_FLAGS = 160

export interface Flag {
  cue: Cue
  left: number
  /** Of a span; null where the label decides. */
  width: number | null
  /** Room up to the next cue; null when there is none. */
  room: number | null
  isOpen: boolean
}

export interface Tick {
  cue: Cue
  left: number
  width: number
}

export interface CueLayout {
  flags: Flag[]
  ticks: Tick[]
}

/** Cues in the order of their times, with what a search along time needs. */
export interface CueIndex {
  cues: readonly Cue[]
  /** The latest end of this cue and of all before it. */
  latestEnds: Float64Array
}

export function indexOf(cues: readonly Cue[]): CueIndex {
  const latestEnds = new Float64Array(cues.length)
  let latest = -Infinity
  cues.forEach((cue, at) => (latestEnds[at] = latest = Math.max(latest, cue.end_seconds ?? cue.seconds)))
  return { cues, latestEnds }
}

/** Those that `isOpen` names (chosen, under the pointer) are flags with their label, however crowded it is. */
export function layoutCues({ cues, latestEnds }: CueIndex, view: TimeView, isOpen: (id: string) => boolean): CueLayout {
  const flags: Flag[] = []
  const ticks: Tick[] = []
  for (let at = firstNotBefore(latestEnds, view.from - REACH_PX / view.pxPerSecond); at < cues.length; at++) {
    const cue = cues[at]!
    if (cue.seconds > view.to) break
    const end = cue.end_seconds ?? cue.seconds
    const next = cues[at + 1]
    const room = next ? (next.seconds - cue.seconds) * view.pxPerSecond : Infinity
    // What reaches far beyond the window is cut there: browsers lay nothing out a billion pixels away.
    const left = Math.max(view.xOf(cue.seconds), -REACH_PX)
    const width = Math.min(view.xOf(end), view.width + REACH_PX) - left
    if (width < 0 || end < view.from - REACH_PX / view.pxPerSecond) continue
    const isSpan = cue.end_seconds !== null
    const open = isOpen(cue.id)
    if (open || (flags.length < MOST_FLAGS && Math.max(room, isSpan ? width : 0) >= CROWDED_PX)) {
      flags.push({ cue, left, width: isSpan ? Math.max(3, width) : null, room: isSpan || room === Infinity ? null : room, isOpen: open })
    } else ticks.push({ cue, left, width: Math.max(2, width) })
  }
  return { flags, ticks }
}

/** The tick nearest to x, when one is as near as a hand can point. */
export function tickAt(ticks: readonly Tick[], x: number, withinPx: number): Tick | null {
  let best: Tick | null = null
  let least = withinPx
  for (const tick of ticks) {
    const away = Math.max(tick.left - x, x - tick.left - tick.width, 0)
    if (away < least || (away === least && best === null)) [best, least] = [tick, away]
  }
  return best
}

function firstNotBefore(ascending: Float64Array, value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
