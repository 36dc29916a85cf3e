/**
 * Moves of a beat grid: tempo markers in, tempo markers out. Nothing here asks, tells or remembers.
 *
 * Times are seconds, ascending. `here` is a second that names the stretch it lies in; `ALL` means every stretch.
 */
import { LAST_GAP, SAME_SECONDS } from '../../widgets/grid_beats'

export interface Marker {
  id: string
  seconds: number
  bpm: number
  beats_per_bar: number
  /** The number of the bar that begins at `seconds`. */
  downbeat: number
}

export const LOWEST_BPM = 20
export const HIGHEST_BPM = 400
export const MOST_BEATS_PER_BAR = 16
export const ALL = 'all'
/** One stretch, named by a second in it, or every stretch. */
export type Where = number | typeof ALL

/** Tempo ratios that people need when a detector counted wrongly. */
export const RATIOS = [
  { ratio: 1 / 2, label: '½', title: 'Halve the tempo' },
  { ratio: 2, label: '2×', title: 'Double the tempo' },
  { ratio: 2 / 3, label: '⅔', title: 'Two thirds of the tempo' },
  { ratio: 3 / 4, label: '¾', title: 'Three quarters of the tempo' },
  { ratio: 4 / 3, label: '4⁄3', title: 'Four thirds of the tempo' },
  { ratio: 3 / 2, label: '3⁄2', title: 'One and a half times the tempo' },
] as const

export const periodOf = (marker: Marker): number => 60 / marker.bpm
export const barOf = (marker: Marker): number => periodOf(marker) * marker.beats_per_bar

/** Index of the marker that is in force at a second; the first also holds before itself. −1 without markers. */
export function stretchAt(markers: readonly Marker[], seconds: number): number {
  let found = markers.length ? 0 : -1
  markers.forEach((marker, index) => {
    if (marker.seconds <= seconds + SAME_SECONDS) found = index
  })
  return found
}

/** Why these markers cannot be a grid, as a sentence; null when they can. */
export function whyNot(markers: readonly Marker[], durationSeconds: number): string | null {
  const slow = markers.find(({ bpm }) => !(bpm >= LOWEST_BPM))
  if (slow) return `${spoken(slow.bpm)} bpm is too slow for a grid. Use ${LOWEST_BPM} to ${HIGHEST_BPM} bpm.`
  const fast = markers.find(({ bpm }) => bpm > HIGHEST_BPM)
  if (fast) return `${spoken(fast.bpm)} bpm is too fast for a grid. Use ${LOWEST_BPM} to ${HIGHEST_BPM} bpm.`
  if (markers.some(({ seconds }) => !(seconds >= 0 && seconds <= durationSeconds))) return 'A tempo marker would lie outside the track.'
  if (markers.some((one) => !(one.beats_per_bar >= 1 && one.beats_per_bar <= MOST_BEATS_PER_BAR))) return `A bar has 1 to ${MOST_BEATS_PER_BAR} beats.`
  const close = markers.some((one, index) => index > 0 && one.seconds - markers[index - 1]!.seconds < SAME_SECONDS)
  return close ? 'Two tempo markers would stand at the same time.' : null
}

const spoken = (bpm: number): string => String(Math.round(bpm * 100) / 100)

/** Tempo times a ratio. Each marker stays the beginning of a bar. */
export function scaled(markers: readonly Marker[], ratio: number, where: Where): Marker[] {
  return changed(markers, where, (marker) => ({ ...marker, bpm: tidy(marker.bpm * ratio) }))
}

/** Tempo plus so many beats per minute. */
export function faster(markers: readonly Marker[], bpm: number, where: Where): Marker[] {
  return changed(markers, where, (marker) => ({ ...marker, bpm: tidy(marker.bpm + bpm) }))
}

export function withBpm(markers: readonly Marker[], bpm: number, where: Where): Marker[] {
  return changed(markers, where, (marker) => ({ ...marker, bpm: tidy(bpm) }))
}

export function withBeatsPerBar(markers: readonly Marker[], beats: number, where: Where): Marker[] {
  return changed(markers, where, (marker) => ({ ...marker, beats_per_bar: beats }))
}

/** A bar gets a number, and the bars of later stretches are counted on from it. */
export function withBarNumber(markers: readonly Marker[], id: string, number: number): Marker[] {
  const index = markers.findIndex((marker) => marker.id === id)
  const by = number - (markers[index]?.downbeat ?? number)
  return markers.map((marker, at) => (at >= index && index >= 0 ? { ...marker, downbeat: marker.downbeat + by } : marker))
}

/** The grid moved by so many seconds. A first marker that would leave the track goes on by whole bars. */
export function nudged(markers: readonly Marker[], seconds: number, where: Where): Marker[] {
  return moved(markers, where, () => seconds)
}

/** The grid moved by half a beat of each stretch. */
export function byHalfABeat(markers: readonly Marker[], where: Where): Marker[] {
  return moved(markers, where, (marker) => periodOf(marker) / 2)
}

/** The beat nearest to `seconds` is moved onto it; with `ALL` every stretch moves by as much. */
export function underPlayhead(markers: readonly Marker[], seconds: number, where: Where): Marker[] {
  const marker = markers[stretchAt(markers, seconds)]
  if (!marker) return [...markers]
  const beats = (seconds - marker.seconds) / periodOf(marker)
  return nudged(markers, (beats - Math.round(beats)) * periodOf(marker), where)
}

/** The beat nearest to `seconds` begins a bar: the marker of its stretch is moved by as few of its beats as that takes. */
export function withDownbeat(markers: readonly Marker[], seconds: number): Marker[] {
  const index = stretchAt(markers, seconds)
  const marker = markers[index]
  if (!marker) return [...markers]
  const perBar = marker.beats_per_bar
  const beat = (((Math.round((seconds - marker.seconds) / periodOf(marker)) % perBar) + perBar) % perBar)
  const steps = beat > perBar / 2 ? [beat - perBar, beat] : [beat, beat - perBar]
  const moves = steps.map((step) => moved(markers, seconds, () => step * periodOf(marker)))
  return moves.find((next) => fits(next, index)) ?? moves[0]!
}

/** A new marker: the tempo stays that of its stretch, and a bar begins here. */
export function withMarkerAt(markers: readonly Marker[], seconds: number, id: string, bpm = 120): Marker[] {
  const index = stretchAt(markers, seconds)
  const here = markers[index]
  const at = Math.max(0, seconds)
  if (!here) return [{ id, seconds: at, bpm: tidy(bpm), beats_per_bar: 4, downbeat: 1 }]
  const made = { ...here, id, seconds: at, downbeat: 0 }
  if (at < here.seconds) {
    made.downbeat = here.downbeat - Math.max(1, Math.round((here.seconds - at) / barOf(here)))
    return [made, ...markers]
  }
  made.downbeat = countedOn(here, at)
  const next = [...markers.slice(0, index + 1), made, ...markers.slice(index + 1)]
  return renumbered(markers, next)
}

export function without(markers: readonly Marker[], ids: readonly string[]): Marker[] {
  return renumbered(markers, markers.filter(({ id }) => !ids.includes(id)))
}

/** A marker dragged to a second; it stays between its neighbours and inside the track. */
export function withMarkerMoved(markers: readonly Marker[], id: string, seconds: number, durationSeconds: number): Marker[] {
  const index = markers.findIndex((marker) => marker.id === id)
  if (index < 0) return [...markers]
  const low = index > 0 ? markers[index - 1]!.seconds + 2 * SAME_SECONDS : 0
  const high = index + 1 < markers.length ? markers[index + 1]!.seconds - 2 * SAME_SECONDS : durationSeconds
  const at = Math.min(Math.max(low, seconds), Math.max(low, high))
  return renumbered(markers, markers.map((marker) => (marker.id === id ? { ...marker, seconds: at } : marker)))
}

/** A marker dragged while the stretch before it keeps its number of beats: its tempo follows. */
export function withMarkerFitted(markers: readonly Marker[], id: string, seconds: number, durationSeconds: number): Marker[] {
  const index = markers.findIndex((marker) => marker.id === id)
  const before = markers[index - 1]
  if (!before) return withMarkerMoved(markers, id, seconds, durationSeconds)
  const beats = Math.max(1, Math.round((markers[index]!.seconds - before.seconds) / periodOf(before)))
  const slowest = before.seconds + (beats * 60) / LOWEST_BPM
  const fastest = before.seconds + (beats * 60) / HIGHEST_BPM
  const next = withMarkerMoved(markers, id, Math.min(slowest, Math.max(fastest, seconds)), durationSeconds)
  const bpm = tidy((beats * 60) / (next[index]!.seconds - before.seconds))
  return renumbered(markers, next.map((marker, at) => ({ ...marker, downbeat: markers[at]!.downbeat, bpm: at === index - 1 ? bpm : marker.bpm })))
}

/** Tempo and place of the beats from what was tapped: the stretch at its middle, or a first marker where there is none. */
export function withTaps(markers: readonly Marker[], { bpm, beat, middle }: { bpm: number; beat: number | null; middle: number }, id: string): Marker[] {
  const marker = markers[stretchAt(markers, middle)]
  const period = 60 / bpm
  if (!marker) {
    const first = beat === null ? 0 : beat - Math.floor((beat + SAME_SECONDS) / period) * period
    return [{ id, seconds: Math.max(0, first), bpm: tidy(bpm), beats_per_bar: 4, downbeat: 1 }]
  }
  const paced = withBpm(markers, bpm, middle)
  if (beat === null) return paced
  // The bar stays where it was, as nearly as the tapped beats allow.
  const beats = (marker.seconds - beat) / period
  return moved(paced, middle, () => (Math.round(beats) - beats) * period)
}

/**
 * What was found in a part of the track takes the place of the grid there; from `to` on the former grid goes on as it was,
 * from its next bar. Bars are counted through; beats before the first found bar are a short bar of their own.
 */
export function withPart(
  markers: readonly Marker[], { from, to }: { from: number; to: number }, found: readonly Marker[], newId: () => string, durationSeconds: number,
): Marker[] {
  const before = markers.filter(({ seconds }) => seconds < from - SAME_SECONDS)
  const after = markers.filter(({ seconds }) => seconds >= to - SAME_SECONDS)
  const heard = found.filter(({ seconds }) => seconds >= from - SAME_SECONDS && seconds < to - SAME_SECONDS)
  const inside = before.length ? withUpbeat(heard, from, newId) : heard
  const former = markers[stretchAt(markers, to)]
  const resumes: Marker[] = []
  if (former && !after.some(({ id }) => id === former.id)) {
    const seconds = former.seconds + Math.ceil((to - former.seconds) / barOf(former) - 1e-6) * barOf(former)
    const next = after[0]
    const end = next ? next.seconds - LAST_GAP * periodOf(former) : durationSeconds - SAME_SECONDS
    if (seconds < end) resumes.push({ ...former, id: newId(), seconds })
  }
  const made = [...before, ...inside, ...resumes, ...after]
  // Where nothing stands before the part, its own grid also holds for what comes earlier.
  return countedThrough(made, before.length)
}

/** The beats between `from` and the first bar that was found: whole bars of it, and what is left over as a shorter one. */
function withUpbeat(found: readonly Marker[], from: number, newId: () => string): Marker[] {
  const [first, ...rest] = found
  if (!first) return []
  const period = periodOf(first)
  const beats = Math.floor((first.seconds - from) / period + 1e-6)
  const left = beats % first.beats_per_bar
  const moved = { ...first, seconds: first.seconds - (beats - left) * period }
  return left ? [{ ...moved, id: newId(), seconds: moved.seconds - left * period, beats_per_bar: left }, moved, ...rest] : [moved, ...rest]
}

/** A first marker that would leave the track goes on by whole bars: it also holds for what comes before it. */
function moved(markers: readonly Marker[], where: Where, by: (marker: Marker) => number): Marker[] {
  const next = changed(markers, where, (marker) => ({ ...marker, seconds: marker.seconds + by(marker) }), false)
  const first = next[0]
  if (first && first.seconds < 0) {
    const bars = Math.ceil(-first.seconds / barOf(first) - 1e-9)
    next[0] = { ...first, seconds: first.seconds + bars * barOf(first), downbeat: first.downbeat + bars }
  }
  return where === ALL ? next : renumbered(markers, next)
}

function changed(markers: readonly Marker[], where: Where, change: (marker: Marker) => Marker, isCounted = true): Marker[] {
  const here = where === ALL ? -1 : stretchAt(markers, where)
  const next = markers.map((marker, index) => (where === ALL || index === here ? change(marker) : marker))
  return isCounted ? renumbered(markers, next) : next
}

function fits(markers: readonly Marker[], index: number): boolean {
  const [before, here, after] = [markers[index - 1], markers[index]!, markers[index + 1]]
  return here.seconds >= 0 && (!before || here.seconds - before.seconds >= SAME_SECONDS) && (!after || after.seconds - here.seconds >= SAME_SECONDS)
}

/** The number of a bar that begins at `seconds`, counted on from a marker. */
export function countedOn(marker: Marker, seconds: number): number {
  return marker.downbeat + Math.max(1, Math.round((seconds - marker.seconds) / barOf(marker)))
}

/** Numbers that were counted before are counted again; those that somebody chose stay. */
export function renumbered(before: readonly Marker[], after: readonly Marker[]): Marker[] {
  const former = new Map(before.map((marker, index) => [marker.id, { marker, last: before[index - 1] }]))
  const result: Marker[] = []
  for (const marker of after) {
    const last = result.at(-1)
    const was = former.get(marker.id)
    const wasCounted = was?.last !== undefined && was.marker.downbeat === countedOn(was.last, was.marker.seconds)
    const isSet = was !== undefined && was.marker.downbeat !== marker.downbeat
    result.push(last && wasCounted && !isSet ? { ...marker, downbeat: countedOn(last, marker.seconds) } : marker)
  }
  return result
}

function countedThrough(markers: readonly Marker[], from: number): Marker[] {
  const result: Marker[] = []
  for (const [index, marker] of markers.entries()) {
    const last = result.at(-1)
    result.push(last && index >= from ? { ...marker, downbeat: countedOn(last, marker.seconds) } : marker)
  }
  return result
}

/** A thousandth of a bpm is 15 ms after an hour; a millionth is nothing, and 119.99999999999999 is a nuisance. */
const tidy = (bpm: number): number => Math.round(bpm * 1e6) / 1e6
