import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createUndo, type UndoRegistry } from '../lib/undo'
import { ApiError } from '../wire/api'
import { createSaving } from '../wire/saving'
import type { Scene } from '../wire/types'
import { withChanges } from './driven'
import { newRoute } from './routes/sources'
import { createDraft, type Draft, type SceneApi } from './draft'

const first: Scene = {
  id: 's', project_id: 'p', name: 'Undertow', track_id: 't', visualizer: 'noise-blend', parameters: { alpha: 0, push: 1 }, routes: [],
  actions: [],
  warnings: [],
  projection_id: null,
  projection: null,
  snapshot_ids: ['a'], snapshots: [],
  width: 256, height: 256, fps: '30', revision: 3, can_undo: false, can_redo: false, track: { id: 't', name: 'T', duration_seconds: 10, state: 'ready' }, updated_at: '',
}
let scene: Scene
let sent: object[]
let previewed: object[]
let told: string[]
let api: SceneApi
let undo: UndoRegistry
let draft: Draft

beforeEach(() => {
  vi.useFakeTimers()
  scene = first
  ;[sent, previewed, told] = [[], [], []]
  undo = createUndo()
  api = {
    patch: ({ revision, parameters, routes, actions, ...values }) => {
      sent.push({ ...values, ...(parameters ? { parameters } : {}), ...(routes ? { routes } : {}) })
      if (revision !== scene.revision) return Promise.reject(new ApiError('Changed.', 409, null, scene))
      scene = { ...scene, ...values, routes: withChanges(scene.routes, routes), actions: withChanges(scene.actions, actions), parameters: { ...scene.parameters, ...parameters }, revision: revision + 1, can_undo: true }
      return Promise.resolve(scene)
    },
    step: () => Promise.resolve((scene = { ...first, revision: scene.revision + 1 })),
  }
  draft = createDraft({
    scene, undo, saving: createSaving(), api: { patch: (values) => api.patch(values), step: (direction) => api.step(direction) },
    preview: (values) => void previewed.push(values), previewDriven: (changes) => void previewed.push(changes), tell: (sentence) => void told.push(sentence),
  })
})
afterEach(() => vi.useRealTimers())
const shown = () => draft.scene.get().parameters

test('while the hand moves the picture follows and nothing is saved', async () => {
  for (const alpha of [0.1, 0.2, 0.3]) draft.move({ alpha })
  await vi.advanceTimersByTimeAsync(40)
  expect(previewed.at(-1)).toEqual({ alpha: 0.3 })
  expect(shown().alpha).toBe(0.3)
  expect(sent).toEqual([])
})

test('a gesture is one save and one step of undo', async () => {
  for (const alpha of [0.1, 0.2, 0.3]) draft.move({ alpha })
  draft.set({ alpha: 0.3 }, 'Music in the vector')
  await vi.advanceTimersByTimeAsync(1000)
  expect(sent).toEqual([{ parameters: { alpha: 0.3 } }])
  expect(undo.state.get().undoTitle).toBe('Music in the vector')
  draft.undo()
  await vi.advanceTimersByTimeAsync(10)
  expect(shown().alpha).toBe(0)
  expect(undo.state.get().undoTitle).toBeNull()
})

test('undo right after a change takes this change back, though it was not saved yet', async () => {
  draft.set({ push: 3 }, 'Push')
  await vi.advanceTimersByTimeAsync(1000)
  draft.set({ alpha: 0.3 }, 'Music in the vector')
  draft.undo()
  await vi.advanceTimersByTimeAsync(1000)
  expect(sent).toEqual([{ parameters: { push: 3 } }, { parameters: { alpha: 0.3 } }])
  expect(undo.state.get()).toMatchObject({ undoTitle: 'Push', redoTitle: 'Music in the vector' })
})

test('keys pressed faster than steps are taken go on with what was done before the page was opened', async () => {
  const asked: string[] = []
  api.step = async (direction) => {
    await new Promise((done) => setTimeout(done, 50))
    asked.push(direction)
    return (scene = { ...scene, revision: scene.revision + 1 })
  }
  draft.set({ alpha: 0.3 }, 'Music in the vector')
  await vi.advanceTimersByTimeAsync(1000)
  for (let press = 0; press < 3; press++) draft.undo()
  await vi.advanceTimersByTimeAsync(1000)
  expect(asked).toEqual(['undo', 'undo', 'undo'])
  expect(undo.state.get()).toMatchObject({ undoTitle: null, redoTitle: 'Music in the vector' })
})

test('the preview is told at most about thirty times a second, and the last value always', async () => {
  for (let index = 0; index < 200; index++) {
    draft.move({ alpha: index / 1000 })
    await vi.advanceTimersByTimeAsync(5)
  }
  await vi.advanceTimersByTimeAsync(100)
  expect(previewed.length).toBeLessThanOrEqual(32)
  expect(previewed.at(-1)).toEqual({ alpha: 0.199 })
})

test('what others change to other fields stays, what I change goes on top', async () => {
  draft.set({ alpha: 0.5 }, 'Alpha')
  scene = { ...scene, revision: 4, parameters: { alpha: 0.9, push: 2 } }
  await vi.advanceTimersByTimeAsync(1000)
  expect(shown()).toEqual({ alpha: 0.5, push: 2 })
  expect(told).toEqual(['Somebody changed the same thing a moment ago. Yours is on top; undo brings theirs back.'])
})

test('news of others does not take a value out of the hand that moves it', () => {
  draft.move({ alpha: 0.4 })
  draft.take({ ...first, revision: 9, parameters: { alpha: 0, push: 3 } })
  expect(shown()).toEqual({ alpha: 0.4, push: 3 })
})

test('older news is not believed', () => {
  draft.take({ ...first, revision: 9, parameters: { alpha: 1, push: 3 } })
  draft.take({ ...first, revision: 8, parameters: { alpha: 0, push: 0 } })
  expect(shown()).toEqual({ alpha: 1, push: 3 })
})

test('a refused value is told at its field', async () => {
  api.patch = () => Promise.reject(new ApiError('Music in the vector: use a number from 0 to 2.', 422, 'parameters.alpha'))
  draft.set({ alpha: 7 }, 'Alpha')
  await vi.advanceTimersByTimeAsync(1000)
  expect(draft.faults.get()).toEqual({ alpha: 'Music in the vector: use a number from 0 to 2.' })
})

test('without connection changes wait and go out together when it is back', async () => {
  const patch = api.patch
  api.patch = () => Promise.reject(new ApiError('No connection.', 0))
  draft.set({ alpha: 0.5 }, 'Alpha')
  await vi.advanceTimersByTimeAsync(300)
  draft.set({ push: 3 }, 'Push')
  await vi.advanceTimersByTimeAsync(300)
  expect(shown()).toEqual({ alpha: 0.5, push: 3 })
  api.patch = patch
  await vi.advanceTimersByTimeAsync(30_000)
  expect(scene.parameters).toEqual({ alpha: 0.5, push: 3 })
})

test('a drag of an amount moves the picture at once and becomes one save, with its name', async () => {
  const route = newRoute('r1', 'alpha', { kind: 'loudness' })
  draft.setDriven({ routes: { r1: route } }, 'Loudness drives Alpha')
  await vi.advanceTimersByTimeAsync(1000)
  for (const amount of [0.6, 0.7]) {
    draft.moveDriven({ routes: { r1: { ...route, amount } } })
    await vi.advanceTimersByTimeAsync(40)
  }
  expect(previewed.at(-1)).toEqual({ routes: { r1: { ...route, amount: 0.7 } } })
  expect(draft.scene.get().routes[0]?.amount).toBe(0.7)
  expect(sent).toHaveLength(1)
  draft.setDriven({ routes: { r1: { ...route, amount: 0.7 } } }, 'Amount of Loudness')
  await vi.advanceTimersByTimeAsync(1000)
  expect(sent[1]).toEqual({ routes: { r1: { ...route, amount: 0.7 } } })
  expect(undo.state.get().undoTitle).toBe('Amount of Loudness')
})

test('a route that is taken out is gone at once, and so is a fault that stood at it', async () => {
  draft.take({ ...first, revision: 4, routes: [newRoute('r1', 'alpha', { kind: 'loudness' })] })
  scene = draft.scene.get()
  draft.refuse('routes.r1.source.label', 'No such cues.')
  draft.setDriven({ routes: { r1: null } }, 'Remove route')
  expect(draft.scene.get().routes).toEqual([])
  await vi.advanceTimersByTimeAsync(1000)
  expect(draft.faults.get()).toEqual({})
  expect(scene.routes).toEqual([])
})
