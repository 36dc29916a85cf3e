/** What keys and buttons do with the grid of a desk. A locked grid, or one that cannot be so, is told in a sentence. */
import { newId } from '../../lib/new_id'
import { toast } from '../../parts/toasts'
import { clock } from '../../lib/format'
import type { Desk } from '../desk'
import * as moves from './grid_moves'
import { ALL, type Marker, type Where } from './grid_moves'
import { suggestionOf } from './taps'

export const LOCKED = 'The grid is locked, so nothing was changed.'
const NO_GRID = 'There is no grid yet. Tap the tempo, or set a tempo marker.'

interface How {
  /** Changes of one gesture become one step of undo. */
  gesture?: string
  /** The beats were counted wrongly: cues kept in beats stay where they are heard. */
  cuesStay?: boolean
}

/** Presses of a key so close to each other are one gesture. */
const ONE_GESTURE_MS = 800
let gestures = 0
let last = { name: '', at: -Infinity }

export function gestureOf(name: string): string {
  const now = performance.now()
  if (name !== last.name || now - last.at > ONE_GESTURE_MS) gestures += 1
  last = { name, at: now }
  return `grid.${name}.${gestures}`
}

export function gridActs(desk: Desk) {
  const { player, sound, grid, gridTools } = desk
  const now = (): number => player.seconds
  const where = (): Where => (gridTools.isForAll.get() ? ALL : now())
  const markers = (): readonly Marker[] => grid.markers.get()

  /** -> whether it was done */
  function change(title: string, next: readonly Marker[], how: How = {}): boolean {
    if (sound.grid.get()?.is_locked) {
      toast(LOCKED, { action: { label: 'Unlock', act: () => grid.setLock(false) } })
      return false
    }
    // Those beyond the end stayed when the track was replaced by a shorter one.
    const beyond = new Set(markers().filter(({ seconds }) => seconds > player.durationSeconds).map(({ id }) => id))
    const wrong = moves.whyNot(next.filter(({ id }) => !beyond.has(id)), player.durationSeconds)
    if (wrong) toast(wrong, { kind: 'error' })
    else grid.change(title, next, how)
    return wrong === null
  }
  const withGrid = (title: string, make: (markers: readonly Marker[]) => Marker[], how?: How): boolean => {
    if (markers().length) return change(title, make(markers()), how)
    toast(NO_GRID)
    return false
  }
  return {
    change,
    scale: (ratio: number, title: string) => withGrid(title, (all) => moves.scaled(all, ratio, where()), { cuesStay: true }),
    faster: (bpm: number) => withGrid('Change tempo', (all) => moves.faster(all, bpm, where()), { gesture: gestureOf('tempo') }),
    setBpm: (bpm: number, at: Where) => withGrid('Change tempo', (all) => moves.withBpm(all, bpm, at)),
    setBeatsPerBar: (beats: number, at: Where) => withGrid('Beats in a bar', (all) => moves.withBeatsPerBar(all, beats, at)),
    setBar: (id: string, number: number) => withGrid('Number bars', (all) => moves.withBarNumber(all, id, number)),
    setSeconds: (id: string, seconds: number) => withGrid('Move tempo marker', (all) => moves.withMarkerMoved(all, id, seconds, player.durationSeconds)),
    nudge: (seconds: number) => withGrid('Move grid', (all) => moves.nudged(all, seconds, where()), { gesture: gestureOf('nudge') }),
    halfABeat: () => withGrid('Move grid by half a beat', (all) => moves.byHalfABeat(all, where())),
    underPlayhead: () => withGrid('Move grid here', (all) => moves.underPlayhead(all, now(), where())),
    downbeat: () => withGrid('Mark downbeat', (all) => moves.withDownbeat(all, now())),
    addMarker: () => change('Add tempo marker', moves.withMarkerAt(markers(), now(), newId(), gridTools.taps.state.get().fit?.bpm)),
    removeMarker: (ids: readonly string[]) => withGrid('Remove tempo marker', (all) => moves.without(all, ids)),
    removeHere(): void {
      const here = markers()[moves.stretchAt(markers(), now())]
      if (here) withGrid('Remove tempo marker', (all) => moves.without(all, [here.id]))
      else toast(NO_GRID)
    },
    tap: (timeStamp: number) => gridTools.taps.tap(timeStamp),
    /** The tapped tempo, or the rounder one beside it, becomes that of the grid. */
    useTaps(bpm?: number): void {
      const found = suggestionOf(gridTools.taps.state.get(), bpm)
      if (!found) return void toast('Tap along with the beat first.')
      if (change('Tapped tempo', moves.withTaps(markers(), found, newId()))) gridTools.taps.forget()
    },
    toggleLock: () => grid.setLock(!sound.grid.get()?.is_locked),
    /** To the next place where the detector was unsure; behind the last comes the first. */
    nextUnsure(): void {
      const unsure = sound.grid.get()?.unsure ?? []
      const next = unsure.find(({ start }) => start > now() + 0.01) ?? unsure[0]
      if (!next) return
      player.seek(next.start)
      desk.view.follow(next.start)
    },
    toggleReach: () => gridTools.isForAll.set((isAll) => !isAll),
    takeProposal(): void {
      const proposal = gridTools.proposal.get()
      if (!proposal?.markers.length) return void toast('Nothing was found anew.')
      if (change(`Beats found anew at ${clock(proposal.from, 0)}`, proposal.markers)) gridTools.proposal.set(null)
    },
    leaveProposal: () => gridTools.proposal.set(null),
  }
}

export type GridActs = ReturnType<typeof gridActs>
