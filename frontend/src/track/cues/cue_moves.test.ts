/** @vitest-environment jsdom */
import { beforeEach, expect, test, vi } from 'vitest'
import { createEmitter } from '../../lib/emitter'
import { createScope } from '../../lib/scope'
import { createStore } from '../../lib/store'
import { createUndo, type UndoRegistry } from '../../lib/undo'
import { createSaving } from '../../wire/saving'
import { chooseMany } from '../../widgets/choose_cues'
import { GRID } from '../../widgets/grid_for_tests'
import type { Player } from '../../widgets/player'
import { TimeView } from '../../widgets/time_view'
import type { TrackSound } from '../../widgets/track_sound'
import { createCueStore } from '../cue_store'
import type { Desk } from '../desk'
import { createEdits } from '../edits'
import { createFakeStudio } from '../edits_for_tests'
import { cueMoves, type CueMoves } from './cue_moves'
import { createCueTools } from './cue_tools'

let desk: Desk
let undo: UndoRegistry
let moves: CueMoves
const player = { events: createEmitter(), seconds: 0, isPlaying: false, loopSelection: null, seek: vi.fn() }

beforeEach(() => {
  localStorage.clear()
  // This browser has no clipboard: what was copied on the page stands in.
  document.execCommand = () => false
  player.seconds = 0
  undo = createUndo()
  const edits = createEdits({ trackId: 'track', api: createFakeStudio().api, saving: createSaving(), undo, tell: () => undefined, onGrid: () => undefined })
  const sound = { beats: createStore(GRID) } as unknown as TrackSound
  const cueTools = createCueTools(createScope(), { player: player as unknown as Player, sound, crossing: () => null })
  desk = { cues: createCueStore(edits), sound, view: new TimeView(60), player, cueTools, renaming: createStore(null) } as unknown as Desk
  moves = cueMoves(desk)
})

const times = (): number[] => desk.cues.cues.get().map(({ seconds }) => seconds)
const put = (...seconds: number[]): string[] => desk.cues.addMany(seconds.map((one) => ({ seconds: one })), 'Add')
const chosen = (): number => desk.cues.selection.get().size

test('a key that stays down shifts in one step of undo, separate presses in several', async () => {
  chooseMany(desk.cues, put(0.5, 1))
  for (let press = 0; press < 3; press++) moves.shiftBeats(1, { repeat: press > 0 })
  expect(times()).toEqual([2, 2.5])
  moves.shiftBars(1)
  expect(times()).toEqual([4, 4.5])
  await undo.undo()
  expect(times()).toEqual([2, 2.5])
  await undo.undo()
  expect(times()).toEqual([0.5, 1])
})

test('nothing moves where one of them would leave the track', () => {
  chooseMany(desk.cues, put(0.5, 8))
  moves.shiftBeats(-2)
  expect(times()).toEqual([0.5, 8])
})

test('copies go to the playhead and are chosen; a copy behind itself goes on in its bar', async () => {
  chooseMany(desk.cues, put(0.5, 1))
  moves.copy()
  player.seconds = 4.48
  await moves.paste()
  // Snapping takes the playhead to the beat at 4.5 s.
  expect(times()).toEqual([0.5, 1, 4.5, 5])
  expect(chosen()).toBe(2)
  moves.duplicate()
  expect(times()).toEqual([0.5, 1, 4.5, 5, 6.5, 7])
  await undo.undo()
  expect(times()).toHaveLength(4)
  await moves.paste('text about nothing')
  expect(times()).toHaveLength(4)
})

test('onto the grid, and kept in beats', () => {
  chooseMany(desk.cues, put(0.61, 1.4))
  moves.ontoGrid()
  expect(times()).toEqual([0.5, 1.5])
  moves.toggleKeptIn()
  expect(desk.cues.cues.get().map(({ anchor }) => anchor)).toEqual(['beats', 'beats'])
  moves.toggleKeptIn()
  expect(desk.cues.cues.get().map(({ anchor }) => anchor)).toEqual(['seconds', 'seconds'])
})

test('a key belongs to the cue that stands at the playhead, else to a new one, and to one cue only', () => {
  put(2)
  player.seconds = 2.001
  moves.setKey(3)
  expect(desk.cues.cues.get().map(({ hotkey }) => hotkey)).toEqual([3])
  player.seconds = 4
  moves.setKey(3)
  expect(desk.cues.cues.get().map(({ seconds, hotkey }) => [seconds, hotkey])).toEqual([[2, null], [4, 3]])
  moves.jump(3)
  expect(player.seek).toHaveBeenLastCalledWith(4)
  moves.clearKey(3)
  expect(desk.cues.cues.get().every(({ hotkey }) => hotkey === null)).toBe(true)
})
