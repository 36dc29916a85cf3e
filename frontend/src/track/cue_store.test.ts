import { beforeEach, expect, test } from 'vitest'
import { createUndo, type UndoRegistry } from '../lib/undo'
import { ApiError } from '../wire/api'
import { createSaving } from '../wire/saving'
import type { Cue, StudioEvent } from '../wire/types'
import { createCueStore, type CueApi, type CueStore } from './cue_store'

/** A studio with a table of cues and revisions, as the API behaves. */
function fakeStudio() {
  const rows = new Map<string, Cue>()
  const bin = new Map<string, Cue>()
  let count = 0
  const put = (cue: Cue): Cue => {
    rows.set(cue.id, cue)
    return { ...cue }
  }
  const api: CueApi = {
    list: () => Promise.resolve([...rows.values()]),
    add: (values) => Promise.resolve(put({ ...values, id: `cue-${++count}`, track_id: 't', revision: 1, created_by: null })),
    change: (id, { revision, ...values }) => {
      const cue = rows.get(id)
      if (!cue) return Promise.reject(new ApiError('There is nothing here.', 404))
      if (cue.revision !== revision) return Promise.reject(new ApiError('Changed.', 409, null, { ...cue }))
      return Promise.resolve(put({ ...cue, ...values, revision: revision + 1 }))
    },
    remove: (id) => {
      const cue = rows.get(id)
      if (cue) bin.set(id, cue)
      rows.delete(id)
      return Promise.resolve()
    },
    restore: (id) => {
      const cue = bin.get(id)
      return cue ? Promise.resolve(put(cue)) : Promise.reject(new ApiError('There is nothing here.', 404))
    },
  }
  return { api, rows }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))
let studio: ReturnType<typeof fakeStudio>
let undo: UndoRegistry
let store: CueStore
let told: string[]

beforeEach(() => {
  studio = fakeStudio()
  undo = createUndo()
  told = []
  store = createCueStore({ api: studio.api, saving: createSaving(), undo, tell: (sentence) => void told.push(sentence) })
})
const times = (): number[] => store.cues.get().map((cue) => cue.seconds)

test('a new cue shows at once, is saved behind it and stays chosen under its own name', async () => {
  store.add({ seconds: 4 })
  expect(times()).toEqual([4])
  await settled()
  expect([...studio.rows.keys()]).toEqual(['cue-1'])
  expect(store.selected.get()).toBe('cue-1')
})

test('a new cue is the same one on the page before and after the studio has named it', async () => {
  const id = store.add({ seconds: 4 })
  expect(store.keyOf(id)).toBe(id)
  await settled()
  expect(store.cues.get()[0]!.id).toBe('cue-1')
  expect(store.keyOf('cue-1')).toBe(id)
})

test('a cue renamed before it is saved keeps its new name', async () => {
  const id = store.add({ seconds: 4 })
  store.change(id, { label: 'pulls' })
  await settled()
  expect(studio.rows.get('cue-1')).toMatchObject({ label: 'pulls', seconds: 4 })
  expect(store.cues.get()).toHaveLength(1)
})

test('undo takes back adding, moving and deleting, redo does them again', async () => {
  store.add({ seconds: 4 })
  await settled()
  store.change('cue-1', { seconds: 6 })
  await settled()
  store.remove('cue-1')
  await settled()
  expect(times()).toEqual([])
  await undo.undo()
  await settled()
  expect(times()).toEqual([6])
  await undo.undo()
  await settled()
  expect(times()).toEqual([4])
  expect(studio.rows.get('cue-1')?.seconds).toBe(4)
  await undo.undo()
  await settled()
  expect(studio.rows.size).toBe(0)
  for (let step = 0; step < 3; step++) {
    await undo.redo()
    await settled()
  }
  expect(times()).toEqual([])
  await undo.undo()
  await settled()
  expect(studio.rows.get('cue-1')?.seconds).toBe(6)
})

test('a drag is one step of undo, back to where it began', async () => {
  store.add({ seconds: 4 })
  await settled()
  for (const seconds of [4.5, 5, 5.5]) store.show('cue-1', { seconds })
  store.change('cue-1', { seconds: 5.5 }, 'Move cue')
  await settled()
  await undo.undo()
  await settled()
  expect(times()).toEqual([4])
})

test('when somebody else was faster, mine goes on top and I am told', async () => {
  store.add({ seconds: 4 })
  await settled()
  const row = studio.rows.get('cue-1')
  if (row) studio.rows.set('cue-1', { ...row, seconds: 9, label: 'theirs', revision: 2 })
  store.change('cue-1', { seconds: 5 })
  await settled()
  expect(studio.rows.get('cue-1')).toMatchObject({ seconds: 5, label: 'theirs', revision: 3 })
  expect(store.cues.get()[0]).toMatchObject({ seconds: 5, label: 'theirs' })
  expect(told).toEqual(['Somebody changed “theirs” a moment ago. Yours was put at 0:05.00.'])
})

test('what the studio refuses is shown as the studio has it', async () => {
  store.add({ seconds: 4 })
  await settled()
  studio.api.change = () => Promise.reject(new ApiError('The cue lies behind the end of the track.', 422, 'seconds'))
  store.change('cue-1', { seconds: 400 })
  await settled()
  expect(times()).toEqual([4])
  expect(told).toEqual(['The cue lies behind the end of the track.'])
})

function event(kind: string, cue: Partial<Cue>): StudioEvent {
  return { number: 1, kind, subject: `cue:${cue.id}`, payload: { ...cue }, actor: null, at: '' }
}

test('cues of others arrive, change and go; older news is not believed', async () => {
  const cue: Cue = { id: 'x', track_id: 't', seconds: 3, end_seconds: null, kind: 'moment', label: 'a', colour: 'blue', hotkey: null, revision: 4, created_by: null }
  store.take(event('cue.added', cue))
  store.take(event('cue.changed', { ...cue, label: 'b', revision: 5 }))
  store.take(event('cue.changed', { ...cue, label: 'old', revision: 3 }))
  expect(store.cues.get().map((one) => one.label)).toEqual(['b'])
  store.take(event('cue.removed', { id: 'x' }))
  expect(store.cues.get()).toEqual([])
  await settled()
})

test('my own new cue does not appear twice when its event comes before its answer', async () => {
  const add = studio.api.add
  studio.api.add = async (values) => {
    const cue = await add(values)
    store.take(event('cue.added', cue))
    await settled()
    return cue
  }
  store.add({ seconds: 4, label: 'one' })
  await settled()
  await settled()
  await settled()
  expect(store.cues.get().map((cue) => cue.id)).toEqual(['cue-1'])
})
