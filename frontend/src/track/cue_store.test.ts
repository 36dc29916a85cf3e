import { beforeEach, expect, test, vi } from 'vitest'
import { createUndo, type UndoRegistry } from '../lib/undo'
import { ApiError } from '../wire/api'
import { createSaving } from '../wire/saving'
import type { TrackEdit } from '../wire/types'
import { createCueStore, type CueStore } from './cue_store'
import { NEW_CUE, type EditOp } from './edit_ops'
import { createEdits, type Edits } from './edits'
import { createFakeStudio, type FakeStudio } from './edits_for_tests'

let studio: FakeStudio
let undo: UndoRegistry
let edits: Edits
let store: CueStore
let told: string[]
let tellings: unknown[][]
let ofOthers: string[]

beforeEach(() => {
  vi.useFakeTimers()
  studio = createFakeStudio()
  undo = createUndo()
  told = []
  tellings = []
  ofOthers = []
  edits = createEdits({
    trackId: 'track', api: studio.api, saving: createSaving(), undo, me: 'me', onGrid: () => undefined,
    tell: (...said) => {
      tellings.push(said)
      told.push(said[0])
    },
    tellOfOther: (actor, sentence) => void ofOthers.push(`${actor}: ${sentence('Ben')}`),
  })
  store = createCueStore(edits)
  return () => vi.useRealTimers()
})
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(3000)
const times = (): number[] => store.cues.get().map((cue) => cue.seconds)
const theirChange = (id: string, before: object, after: object): EditOp => ({ thing: 'cue', op: 'change', id, before, after })

test('a new cue shows at once, is saved behind it and keeps its id for good', async () => {
  const id = store.add({ seconds: 4 })
  expect(times()).toEqual([4])
  await settled()
  expect([...studio.rows.keys()]).toEqual([id])
  expect(store.selected.get()).toBe(id)
})

test('undo takes back adding, moving and deleting, redo does them again', async () => {
  const id = store.add({ seconds: 4 })
  store.change(id, { seconds: 6 })
  store.remove(id)
  expect(times()).toEqual([])
  await settled()
  expect(studio.rows.size).toBe(0)
  await undo.undo()
  expect(times()).toEqual([6])
  await undo.undo()
  expect(times()).toEqual([4])
  await settled()
  expect(studio.rows.get(id)?.seconds).toBe(4)
  await undo.undo()
  await settled()
  expect(studio.rows.size).toBe(0)
  for (let step = 0; step < 3; step++) await undo.redo()
  await settled()
  expect(studio.rows.size).toBe(0)
  await undo.undo()
  await settled()
  expect(studio.rows.get(id)?.seconds).toBe(6)
})

test('a drag is one edit, whose ground is where it began', async () => {
  const id = store.add({ seconds: 4 })
  await settled()
  for (const seconds of [4.5, 5, 5.5]) store.show(id, { seconds })
  expect(times()).toEqual([5.5])
  store.change(id, { seconds: 5.5 }, 'Move cue')
  await settled()
  expect(studio.orders).toHaveLength(2)
  expect(studio.orders[1]!.ops[0]).toMatchObject({ before: { seconds: 4 }, after: { seconds: 5.5 } })
})

test('edits of one gesture leave together and are one step of undo', async () => {
  const id = store.add({ seconds: 4 })
  await settled()
  for (let nudge = 1; nudge <= 40; nudge++) {
    store.change(id, { seconds: 4 + nudge / 100 }, 'Nudge cue', 'nudge')
    await vi.advanceTimersByTimeAsync(10)
  }
  await settled()
  expect(studio.orders.length - 1).toBeLessThanOrEqual(5) // 400 ms at eight a second, and the first at once
  expect(studio.rows.get(id)?.seconds).toBeCloseTo(4.4)
  await undo.undo()
  expect(times()).toEqual([4])
  await settled()
  expect(studio.rows.get(id)?.seconds).toBe(4)
  expect(undo.state.get().undoTitle).toBe('Add cue')
})

test('many cues are changed, added and removed by one edit', async () => {
  const ids = store.addMany([{ seconds: 3 }, { seconds: 1 }, { seconds: 2 }], 'Add 3 cues')
  store.changeMany(ids.map((id) => ({ id, values: { colour: 'green' as const } })), 'Colour 3 cues')
  await settled()
  expect(studio.orders.map(({ ops }) => ops.length)).toEqual([3, 3])
  expect(times()).toEqual([1, 2, 3])
  store.removeMany(ids.slice(0, 2))
  await settled()
  expect([...studio.rows.values()].map(({ seconds, colour }) => [seconds, colour])).toEqual([[2, 'green']])
})

test('what others do lies under what is on its way', async () => {
  const id = store.add({ seconds: 4 })
  await settled()
  store.change(id, { label: 'mine' })
  edits.take(studio.theirs([theirChange(id, { seconds: 4 }, { seconds: 9 })]))
  expect(store.cues.get()[0]).toMatchObject({ seconds: 9, label: 'mine' })
  await settled()
  expect(studio.rows.get(id)).toMatchObject({ seconds: 9, label: 'mine' })
  const event = studio.theirs([{ thing: 'cue', op: 'remove', id, before: {}, after: {} }])
  edits.take(event)
  expect(store.cues.get()).toEqual([])
  expect(store.selected.get()).toBeNull()
})

test('older news is not believed', async () => {
  const id = store.add({ seconds: 4 })
  await settled()
  const event = studio.theirs([theirChange(id, {}, { label: 'old' })])
  store.change(id, { label: 'new' })
  await settled()
  edits.take(event)
  expect(store.cues.get()[0]?.label).toBe('new')
})

test('a conflict is told as the studio says it', async () => {
  const id = store.add({ seconds: 4 })
  await settled()
  studio.conflict = 'Ben changed “drop” a moment ago. Theirs stays, and yours stands beside it.'
  store.change(id, { label: 'lift' })
  await settled()
  expect(told).toEqual(['Ben changed “drop” a moment ago. Theirs stays, and yours stands beside it.'])
})

test('what the studio refuses is put back, told, and is nothing to undo', async () => {
  const id = store.add({ seconds: 4 })
  await settled()
  studio.refusal = new ApiError('A cue lies within its track. Choose a time inside it.', 422, 'ops.0.after.seconds')
  store.change(id, { seconds: 400 }, 'Move cue')
  await settled()
  expect(times()).toEqual([4])
  expect(told).toEqual(['A cue lies within its track. Choose a time inside it.'])
  expect(undo.state.get().undoTitle).toBe('Add cue')
})

test('what came to nothing is nothing to undo', async () => {
  const id = store.add({ seconds: 4 })
  await settled()
  studio.isIdle = true
  studio.conflict = 'Ben changed “drop” a moment ago, so it was not removed.'
  store.remove(id)
  await settled()
  expect(undo.state.get().undoTitle).toBe('Add cue')
  expect(told).toEqual(['Ben changed “drop” a moment ago, so it was not removed.'])
})

test('an undo of which nothing is left is told in the place of “Undone”, not as a fault', async () => {
  const id = store.add({ seconds: 4 })
  store.change(id, { seconds: 5 })
  await settled()
  studio.refusal = new ApiError('Nothing of this could be taken back: Ben changed “drop” since. That stays.', 409)
  await undo.undo()
  await settled()
  expect(tellings).toEqual([['Nothing of this could be taken back: Ben changed “drop” since. That stays.', false, true]])
})

test('one hears who changed what one had changed', async () => {
  const id = store.add({ seconds: 4, label: 'drop' })
  await settled()
  edits.take({ ...studio.theirs([theirChange(id, { seconds: 4 }, { seconds: 9 })]), actor: 'me' })
  expect(ofOthers).toEqual([])
  edits.take({ ...studio.theirs([theirChange(id, { label: 'drop' }, { label: 'lift' })]), actor: 'ben' })
  expect(ofOthers).toEqual(['ben: Ben changed “lift” after you.'])
  store.change(id, { label: 'mine' })
  edits.take({ ...studio.theirs([theirChange(id, { label: 'lift' }, { label: 'theirs' })]), actor: 'ben' })
  expect(ofOthers).toHaveLength(1) // the studio answers of this one
})

test('without connection edits wait in their order', async () => {
  const id = store.add({ seconds: 4 })
  await settled()
  const { edit } = studio.api
  studio.api.edit = () => Promise.reject(new ApiError('No connection.', 0))
  store.change(id, { seconds: 5 })
  store.change(id, { label: 'later' })
  await vi.advanceTimersByTimeAsync(1500)
  expect(studio.rows.get(id)?.seconds).toBe(4)
  expect(store.cues.get()[0]).toMatchObject({ seconds: 5, label: 'later' })
  studio.api.edit = edit
  await vi.advanceTimersByTimeAsync(40_000)
  expect(studio.rows.get(id)).toMatchObject({ seconds: 5, label: 'later' })
  expect(studio.orders.map(({ ops }) => Object.keys(ops[0]!.after)[0])).toEqual(['seconds', 'seconds', 'label'])
})

test('too fast is waited for, not lost', async () => {
  studio.refusal = new ApiError('Too fast.', 429)
  const id = store.add({ seconds: 4 })
  await settled()
  expect(studio.rows.get(id)?.seconds).toBe(4)
  expect(told).toEqual([])
})

test('what was done before the page was opened can be undone and done again', async () => {
  const row = (id: string, number: number, undone_at: string | null): TrackEdit => ({ id, number, title: `Edit ${number}`, created_at: '', undone_at, is_mine: true, person: null })
  studio.api.mine = () => Promise.resolve([row('e', 5, 'later'), row('d', 4, 'late'), row('c', 3, null), row('b', 2, 'early'), row('a', 1, null)])
  await edits.rememberSteps()
  expect(undo.state.get()).toMatchObject({ undoTitle: 'Edit 3', redoTitle: 'Edit 4' })
  await undo.redo()
  await undo.redo()
  for (let step = 0; step < 4; step++) await undo.undo()
  await settled()
  expect(studio.steps).toEqual(['redo d', 'redo e', 'undo e', 'undo d', 'undo c', 'undo a'])
})

test('a cue in beats names its beat as what stood there', () => {
  const cue = { ...NEW_CUE, id: 'x', track_id: 'track', seconds: 8, anchor: 'beats' as const, beat: 16, revision: 1, created_by: null, is_beyond_end: false }
  studio.rows.set('x', cue)
  return edits.load().then(async () => {
    store.change('x', { seconds: 9 })
    store.change('x', { seconds: 10 })
    await settled()
    expect(studio.orders.map(({ ops }) => ops[0]!.before)).toEqual([{ seconds: 8, beat: 16 }, { seconds: 9 }])
  })
})

test('the chosen cues are those that are there', async () => {
  const ids = store.addMany([{ seconds: 1 }, { seconds: 2 }, { seconds: 3 }], 'Add 3 cues')
  store.selection.set(new Set(ids))
  store.selected.set(ids[1]!)
  expect(store.selection.get().size).toBe(3)
  store.remove(ids[1]!)
  expect([...store.selection.get()]).toEqual([ids[0], ids[2]])
  store.selected.set(null)
  expect(store.selection.get().size).toBe(0)
  await settled()
})

test('what is told of a large edit of one’s own is not fetched again, that of somebody else is', async () => {
  const asked = vi.spyOn(studio.api, 'cues')
  const ids = store.addMany([{ seconds: 1 }, { seconds: 2 }], 'Add 2 cues')
  await settled()
  const told = (number: number, edit_id: string | null) => ({
    number, kind: 'track.edited', subject: 'track:track', actor: null, at: '',
    payload: { track_id: 'track', edit_id, title: '', cues: [], removed_cues: [], grid_revision: null, is_whole: true },
  })
  edits.take(told(1, studio.orders[0]!.key))
  expect(asked).not.toHaveBeenCalled()
  store.changeMany(ids.map((id) => ({ id, values: { colour: 'red' as const } })), 'Colour 2 cues')
  await vi.advanceTimersByTimeAsync(0)
  edits.take(told(3, null))
  expect(asked).toHaveBeenCalledOnce()
  await settled()
  expect(store.cues.get().map(({ colour }) => colour)).toEqual(['red', 'red'])
})

test('ten thousand cues that a hand moves keep their order, and stand where they stood when it lets them be', async () => {
  const ids = store.addMany(Array.from({ length: 10_000 }, (_, at) => ({ seconds: at })), 'Add 10,000 cues')
  await settled()
  store.selection.set(new Set(ids))
  for (let step = 1; step <= 5; step++) store.showMany(ids.map((id, at) => ({ id, values: { seconds: at + step } })))
  expect(times()[9999]).toBe(10_004)
  store.showMany([{ id: ids[0]!, values: { seconds: 50.5 } }])
  expect(times().slice(0, 2)).toEqual([6, 7])
  expect(store.selection.get().size).toBe(10_000)
  store.changeMany(ids.map((id, at) => ({ id, values: { seconds: at + 20 } })), 'Move 10,000 cues')
  await settled()
  expect(times()[0]).toBe(20)
  expect(studio.orders.at(-1)!.ops[0]).toMatchObject({ before: { seconds: 0 }, after: { seconds: 20 } })
})
