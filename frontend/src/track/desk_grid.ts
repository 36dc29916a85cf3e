/** The beat grid of a desk: its markers with what is on their way, and the ways to change them. */
import type { Scope } from '../lib/scope'
import { createStore, type Store } from '../lib/store'
import type { TrackSound } from '../widgets/track_sound'
import type { Marker } from '../wire/types'
import { markerOps, markersAfter } from './edit_ops'
import type { ApplyOptions, Edits } from './edits'

export interface DeskGrid {
  /** In time order. */
  readonly markers: Store<readonly Marker[]>
  /** What differs, by the markers' ids, becomes one edit. */
  change(title: string, next: readonly Marker[], options?: ApplyOptions): void
  setLock(isLocked: boolean): void
  /** Beats as the analysis found them rule again. */
  backToFound(): void
}

const NO_MARKERS: readonly Marker[] = []

export function createDeskGrid(scope: Scope, { trackId, sound, edits, durationSeconds }: { trackId: string; sound: TrackSound; edits: Edits; durationSeconds: () => number }): DeskGrid {
  const markers = createStore<readonly Marker[]>(NO_MARKERS)
  const show = (): void => {
    const known = sound.grid.get()?.markers ?? NO_MARKERS
    const ops = edits.ahead.get().filter((op) => op.thing === 'marker')
    markers.set(ops.length ? markersAfter(known, ops) : known)
    sound.lead(ops.length ? markers.get() : null, durationSeconds())
  }
  scope.add(sound.grid.subscribe(show))
  scope.add(edits.ahead.subscribe(show))
  show()
  const grid = (before: { is_locked?: boolean; is_in_force?: boolean }, after: { is_locked?: boolean; is_in_force?: boolean }, title: string): void =>
    edits.apply(title, [{ thing: 'grid', op: 'change', id: trackId, before, after }])
  return {
    markers,
    change: (title, next, options) => edits.apply(title, markerOps(markers.get(), next), options),
    setLock: (isLocked) => grid({ is_locked: !isLocked }, { is_locked: isLocked }, isLocked ? 'Lock the beat grid' : 'Unlock the beat grid'),
    backToFound: () => grid({ is_in_force: true }, { is_in_force: false }, 'Back to the beats that were found'),
  }
}
