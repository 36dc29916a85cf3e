/** The bars lane of a desk: which markers and doubts it shows, and what dragging a marker does. */
import type { Scope } from '../../lib/scope'
import { createStore } from '../../lib/store'
import { mountBarsLane } from '../../widgets/bars_lane'
import { beatsOf } from '../../widgets/grid_beats'
import { snapped } from '../../widgets/snap'
import type { Desk } from '../desk'
import { moves } from '../moves'
import { gridActs } from './grid_acts'
import { withMarkerFitted, withMarkerMoved } from './grid_moves'
import type { Proposal } from './grid_tools'
import { unsureWords } from './grid_words'

export function deskBars(desk: Desk, mayEdit: boolean): (scope: Scope, cell: HTMLElement) => void {
  return (scope, cell) => {
    const acts = gridActs(desk)
    const { player, sound, view, grid, gridTools } = desk
    const proposed = createStore<readonly number[]>([])
    const show = (): void => proposed.set(beatsIn(gridTools.proposal.get(), player.durationSeconds))
    scope.add(gridTools.proposal.subscribe(show))
    show()
    mountBarsLane(scope, cell, {
      view,
      beats: sound.beats,
      markers: grid.markers,
      proposed,
      unsure: () => sound.grid.get()?.unsure ?? [],
      unsureWords,
      mayMove: () => mayEdit && !sound.grid.get()?.is_locked,
      snap: (seconds, isSuspended) => (isSuspended ? seconds : snapped(seconds, { grid: sound.beats.get(), kind: 'onset', pxPerSecond: view.pxPerSecond, withinPx: 8 })),
      onMove: (id, seconds, fits, gesture) => {
        const move = fits ? withMarkerFitted : withMarkerMoved
        acts.change('Move tempo marker', move(grid.markers.get(), id, seconds, player.durationSeconds), { gesture })
      },
      onChoose: (seconds) => moves(desk).go(seconds),
    })
  }
}

/** The beats of a proposal that lie in its part. */
function beatsIn(proposal: Proposal | null, durationSeconds: number): number[] {
  if (!proposal?.found.length) return []
  return beatsOf(proposal.found, durationSeconds).beats.filter((seconds) => seconds >= proposal.from && seconds <= proposal.to)
}
