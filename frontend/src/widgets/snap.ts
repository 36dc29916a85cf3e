/** Snapping: a time chosen by hand goes to the nearest beat, part of a beat, onset or zero of the wave, when one is near enough. */
import { lastAtOrBefore, nearest, type Beats } from './beats'

export type SnapKind = 'beat' | 'half' | 'quarter' | 'onset' | 'zero' | 'off'

export const SNAP_CHOICES: { value: SnapKind; label: string }[] = [
  { value: 'beat', label: 'Beat' },
  { value: 'half', label: '½ beat' },
  { value: 'quarter', label: '¼ beat' },
  { value: 'onset', label: 'Onset' },
  { value: 'zero', label: 'Zero crossing' },
  { value: 'off', label: 'Off' },
]

const PARTS: Record<'beat' | 'half' | 'quarter', number> = { beat: 1, half: 2, quarter: 4 }

/** Where the wave passes through nothing, nearest to a second and at most so many seconds away; null when that is not known. */
export type Crossing = (seconds: number, withinSeconds: number) => number | null

/** The grid time that `seconds` would go to, or null when there is none. Zeros of the wave are no grid. */
export function gridTime(grid: Beats, seconds: number, kind: SnapKind): number | null {
  if (kind === 'off' || kind === 'zero') return null
  if (kind === 'onset') return nearest(grid.onsets, seconds)
  const before = lastAtOrBefore(grid.beats, seconds)
  const from = grid.beats[before]
  const to = grid.beats[before + 1]
  if (from === undefined || to === undefined) return nearest(grid.beats, seconds)
  const part = (to - from) / PARTS[kind]
  return from + Math.round((seconds - from) / part) * part
}

export interface SnapOptions {
  grid: Beats
  kind: SnapKind
  pxPerSecond: number
  withinPx?: number
  crossing?: Crossing
}

/** However far out the page is zoomed, a zero further away than this is another one. */
const CROSSING_SECONDS = 0.02

/** Snap when the grid is nearer than `withinPx` on the page. */
export function snapped(seconds: number, { grid, kind, pxPerSecond, withinPx = 12, crossing }: SnapOptions): number {
  if (kind === 'zero') return crossing?.(seconds, Math.max(0.001, Math.min(CROSSING_SECONDS, withinPx / pxPerSecond))) ?? seconds
  const time = gridTime(grid, seconds, kind)
  return time !== null && Math.abs(time - seconds) * pxPerSecond <= withinPx ? time : seconds
}
