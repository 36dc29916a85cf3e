import { expect, test, vi } from 'vitest'
import { createUndo } from './undo'

test('undo takes the newest step back, redo does it again', async () => {
  const undo = createUndo()
  let value = 1
  undo.push({ title: 'Set 1', undo: () => void (value = 0), redo: () => void (value = 1) })
  value = 2
  undo.push({ title: 'Set 2', undo: () => void (value = 1), redo: () => void (value = 2) })
  await undo.undo()
  expect([value, undo.state.get().undoTitle, undo.state.get().redoTitle]).toEqual([1, 'Set 1', 'Set 2'])
  await undo.redo()
  expect(value).toBe(2)
})

test('a gesture is one step: its first undo, its last redo', async () => {
  const undo = createUndo()
  let value = 0
  for (const next of [3, 5, 9]) undo.push({ title: 'Drag', gesture: 'drag-1', undo: () => void (value = next - 1), redo: () => void (value = next) })
  await undo.undo()
  expect(value).toBe(2)
  expect(await undo.undo()).toBe(false)
  await undo.redo()
  expect(value).toBe(9)
})

test('a new step forgets what was undone', async () => {
  const undo = createUndo()
  undo.push({ title: 'A', undo: vi.fn(), redo: vi.fn() })
  await undo.undo()
  undo.push({ title: 'B', undo: vi.fn(), redo: vi.fn() })
  expect(undo.state.get().redoTitle).toBeNull()
})

test('a step that cannot be undone stays, and says so by its own fault', async () => {
  const undo = createUndo()
  undo.push({ title: 'Move', undo: () => Promise.reject(new Error('Somebody moved it since.')), redo: vi.fn() })
  await expect(undo.undo()).rejects.toThrow('Somebody moved it since.')
  expect(undo.state.get()).toMatchObject({ undoTitle: 'Move', isBusy: false })
})

test('keys pressed faster than a step takes are all obeyed, one after the other', async () => {
  const undo = createUndo()
  const told: string[] = []
  const slowly = (word: string) => () => new Promise<void>((done) => setTimeout(() => done(void told.push(word)), 5))
  for (const word of ['a', 'b', 'c']) undo.push({ title: word, undo: slowly(`-${word}`), redo: slowly(`+${word}`) })
  expect(await Promise.all([undo.undo(), undo.undo(), undo.redo(), undo.undo()])).toEqual([true, true, true, true])
  expect(told).toEqual(['-c', '-b', '+b', '-b'])
  expect(undo.state.get()).toEqual({ undoTitle: 'a', redoTitle: 'b', isBusy: false })
})

test('what was asked for on top of a step that failed is let go', async () => {
  const undo = createUndo()
  const first = vi.fn()
  undo.push({ title: 'A', undo: first, redo: vi.fn() })
  undo.push({ title: 'B', undo: () => Promise.reject(new Error('Somebody moved it since.')), redo: vi.fn() })
  const asked = await Promise.allSettled([undo.undo(), undo.undo()])
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  expect(first).not.toHaveBeenCalled()
})

test('a step done while another is taken back stays', async () => {
  const undo = createUndo()
  let isTaken = (): void => undefined
  undo.push({ title: 'A', undo: () => new Promise<void>((done) => (isTaken = done)), redo: vi.fn() })
  const asked = undo.undo()
  await Promise.resolve()
  undo.push({ title: 'B', undo: vi.fn(), redo: vi.fn() })
  isTaken()
  await asked
  expect(undo.state.get()).toMatchObject({ undoTitle: 'B', redoTitle: 'A' })
})
