/** Keys of the library: culling, moving, looking. One list for the grid and the loupe. */
import type { RefObject } from 'react'
import type { Command } from '../lib/keys'
import { mayEdit } from '../lib/page'
import { selectAll, selectSitting } from './choose'
import type { Desk } from './desk'
import type { Grid } from './grid'
import { rankAfter, step } from './grid_hands'
import { active, beginCompare, decideHere, fitted, keepRight, toggleZoom, zoom } from './loupe_state'
import { isEmpty, none } from './selection'
import { hasFaceBox, isAdvancing } from './use_library'

const GROUPS = { cull: 'Culling', move: 'Moving', look: 'Looking' }

export function libraryCommands(desk: Desk | null, grid: RefObject<Grid | null>): Command[] {
  if (!desk) return []
  return [...cullCommands(desk), ...moveCommands(desk, grid), ...lookCommands(desk, grid)]
}

function cullCommands(desk: Desk): Command[] {
  if (!mayEdit()) return []
  const command = (id: string, title: string, key: string, run: () => void): Command => ({ id: `library.${id}`, title, group: GROUPS.cull, key, run })
  return [
    command('pick', 'Pick', 'p', () => decideHere(desk, { verdict: 1 })),
    command('reject', 'Reject', 'x', () => decideHere(desk, { verdict: -1 })),
    command('undecide', 'Undecided again', 'u', () => decideHere(desk, { verdict: 0 })),
    ...[1, 2, 3, 4, 5].map((stars) => command(`stars-${stars}`, stars === 1 ? '1 star' : `${stars} stars`, String(stars), () => decideHere(desk, { stars }))),
    command('stars-0', 'No stars', '0', () => decideHere(desk, { stars: 0 })),
    command('advance', 'Next one after a decision, on or off', 'a', () => isAdvancing.set((on) => !on)),
    command('bin', 'Put in the bin', 'Delete | Backspace', () => (desk.place.get().filter.binned ? undefined : desk.bin())),
    // The same id as the shell's: the library's history lives in the studio, so it holds after a reload too.
    { id: 'page.undo', title: 'Undo', group: 'Everywhere', key: 'Mod+z', run: () => void desk.undo() },
    { id: 'page.redo', title: 'Redo', group: 'Everywhere', key: 'Mod+Shift+z | Mod+y', run: () => void desk.redo() },
  ]
}

function moveCommands(desk: Desk, grid: RefObject<Grid | null>): Command[] {
  const isGrid = (): boolean => desk.place.get().view === 'grid'
  const go = (key: string, isRange: boolean) => (): void => {
    const count = desk.source.get()?.index.count ?? 0
    if (count === 0 || !grid.current) return
    const next = rankAfter(key, desk.cursor.get(), count, grid.current)
    if (next === null) return
    if (isGrid()) step(desk, grid.current, next, isRange)
    else desk.moveTo(next)
  }
  const arrow = (id: string, title: string, key: string): Command[] => [
    { id: `library.${id}`, title, group: GROUPS.move, key, run: go(key, false) },
    { id: `library.choose-${id}`, title: `${title}, choosing the way`, group: GROUPS.move, key: `Shift+${key}`, run: go(key, true), isOff: () => !isGrid() },
  ]
  return [
    ...arrow('right', 'Next portrait', 'ArrowRight'),
    ...arrow('left', 'Previous portrait', 'ArrowLeft'),
    ...arrow('down', 'Row below', 'ArrowDown'),
    ...arrow('up', 'Row above', 'ArrowUp'),
    { id: 'library.first', title: 'First portrait', group: GROUPS.move, key: 'Home', run: go('Home', false) },
    { id: 'library.last', title: 'Last portrait', group: GROUPS.move, key: 'End', run: go('End', false) },
    { id: 'library.all', title: 'Choose all of the filter', group: GROUPS.move, key: 'Mod+a', run: () => selectAll(desk), isOff: () => !isGrid() },
    { id: 'library.session', title: 'Choose all of this session', group: GROUPS.move, key: 'Shift+a', run: () => selectSitting(desk), isOff: () => !isGrid() },
    {
      id: 'library.clear', title: 'Choose nothing, or back to the grid', group: GROUPS.move, key: 'Escape',
      run: () => (isGrid() ? desk.selection.set(none) : desk.open('grid')), isOff: () => isGrid() && isEmpty(desk.selection.get()),
    },
  ]
}

function lookCommands(desk: Desk, grid: RefObject<Grid | null>): Command[] {
  const isGrid = (): boolean => desk.place.get().view === 'grid'
  const toGrid = (): void => {
    desk.open('grid')
    grid.current?.reveal(desk.cursor.get())
    grid.current?.focus()
  }
  return [
    { id: 'library.loupe', title: 'Loupe, or back to the grid', group: GROUPS.look, key: 'Space | Enter', run: () => (isGrid() ? desk.current() && desk.open('loupe') : toGrid()) },
    { id: 'library.grid', title: 'Grid', group: GROUPS.look, key: 'g', run: toGrid },
    { id: 'library.compare', title: 'Compare two', group: GROUPS.look, key: 'c', run: () => (desk.place.get().view === 'compare' ? desk.open('loupe') : beginCompare(desk)) },
    { id: 'library.keep', title: 'Keep the right one for comparing', group: GROUPS.look, key: 's', run: () => keepRight(desk), isOff: () => desk.place.get().view !== 'compare' },
    { id: 'library.side', title: 'Act on the other one of two', group: GROUPS.look, key: 'd', run: () => active.set((now) => (now === 0 ? 1 : 0)), isOff: () => desk.place.get().view !== 'compare' },
    { id: 'library.zoom', title: '100 % or the whole picture', group: GROUPS.look, key: 'z', run: () => (isGrid() ? desk.current() && (zoom.set(fitted), toggleZoom(desk.current()), desk.open('loupe')) : toggleZoom(desk.current())) },
    { id: 'library.face', title: 'Face box', group: GROUPS.look, key: 'f', run: () => hasFaceBox.set((on) => !on) },
  ]
}
