/** Snapping: a time chosen by hand goes to the nearest beat, part of a beat or onset, when one is near enough. */
import { lastAtOrBefore, nearest, type Beats } from './beats'

export type SnapKind = 'beat' | 'half' | 'quarter' | 'onset' | 'off'

export const SNAP_CHOICES: { value: SnapKind; label: string }[] = [
  { value: 'beat', label: 'Beat' },
  { value: 'half', label: '½ beat' },
  { value: 'quarter', label: '¼ beat' },
  { value: 'onset', label: 'Onset' },
  { value: 'off', label: 'Off' },
]

const PARTS: Record<'beat' | 'half' | 'quarter', number> = { beat: 1, half: 2, quarter: 4 }

/** The grid time that `seconds` would go to, or null when there is none. */
export function gridTime(grid: Beats, seconds: number, kind: SnapKind): number | null {
  if (kind === 'off') return null
  if (kind === 'onset') return nearest(grid.onsets, seconds)
  const before = lastAtOrBefore(grid.beats, seconds)
  const from = grid.beats[before]
  const to = grid.beats[before + 1]
  if (from === undefined || to === undefined) return nearest(grid.beats, seconds)
  const part = (to - from) / PARTS[kind]
  return from + Math.round((seconds - from) / part) * part
}

/** Snap when the grid is nearer than `withinPx` on the page. */
export function snapped(
  seconds: number,
  { grid, kind, pxPerSecond, withinPx = 12 }: { grid: Beats; kind: SnapKind; pxPerSecond: number; withinPx?: number },
): number {
  const time = gridTime(grid, seconds, kind)
  return time !== null && Math.abs(time - seconds) * pxPerSecond <= withinPx ? time : seconds
}
