import { describe, expect, test } from 'vitest'
import { createUndo } from '../lib/undo'
import { plainVector } from '../network/vectors'
import type { ParameterValues } from '../wire/types'
import { freshlyExplored } from './address'
import { createDesk } from './desk'
import { withPoint } from './path'
import { added, ALL_ROWS, withSeed, withStep } from './recipe'

const FILE = 'a'.repeat(64)

function deskOf() {
  const shown: ParameterValues[] = []
  const told: string[] = []
  const undo = createUndo()
  let left = 0
  const desk = createDesk({ explored: freshlyExplored('s1', 5), bpm: 120, undo, preview: (values) => shown.push(values), leave: () => (left += 1), tell: (sentence) => told.push(sentence) })
  return { desk, shown, told, undo, left: () => left }
}

describe('a hand', () => {
  test('moves the picture at once and makes one step of undo when it lets go', async () => {
    const { desk, shown, undo, left } = deskOf()
    for (const amount of [0.5, 1, 1.5]) desk.moveVector((now) => withStep(now, FILE, 0, { amount }))
    expect(shown).toHaveLength(3)
    expect(undo.state.get().undoTitle).toBeNull()
    desk.setVector((now) => withStep(now, FILE, 0, { amount: 1.5 }), 'Age')
    expect(undo.state.get().undoTitle).toBe('Age')
    await undo.undo()
    expect(desk.explored.get().vector).toEqual(plainVector(5))
    await undo.redo()
    expect(desk.explored.get().vector.steps[0]?.amount).toBe(1.5)
    // The picture to compare with was kept once: when the hand began, and at each step of undo.
    expect(left()).toBe(3)
  })
  test('that changes nothing leaves no step', () => {
    const { desk, undo } = deskOf()
    desk.setVector((now) => withSeed(now, 5), 'Seed')
    expect(undo.state.get().undoTitle).toBeNull()
  })
  test('is told when a vector would be too large, and nothing changes', () => {
    const { desk, told } = deskOf()
    for (let at = 0; at < 8; at++) desk.setVector((now) => added(now, 'mixes', { of: plainVector(at), rows: ALL_ROWS }), 'Mix')
    expect(desk.setVector((now) => added(now, 'mixes', { of: plainVector(9), rows: ALL_ROWS }), 'Mix')).toBe(false)
    expect(told).toEqual(['A vector has at most 8 mixes.'])
    expect(desk.explored.get().vector.mixes).toHaveLength(8)
  })
})

describe('the path', () => {
  const point = (seed: number) => ({ pin_id: null, vector: plainVector(seed) })
  test('plays from two points on, in seconds, and the first moved slider brings the picture back', () => {
    const { desk, shown } = deskOf()
    desk.play()
    expect(desk.clock.isPlaying).toBe(false)
    desk.changePath((now) => withPoint(withPoint(now, point(1)), point(2)), 'Add pins')
    desk.play()
    expect([desk.clock.isPlaying, desk.shown.get(), desk.clock.durationSeconds]).toEqual([true, 'path', 4])
    expect(shown.at(-1)).toMatchObject({ mode: 'path', loop: true, interpolation: 'spherical', path: [{ length: 2 }, { length: 2 }] })
    desk.bpm.set(60)
    expect(shown.at(-1)).toMatchObject({ path: [{ length: 4 }, { length: 4 }] })
    desk.moveVector((now) => withSeed(now, 9))
    expect([desk.clock.isPlaying, desk.shown.get()]).toEqual([false, 'picture'])
    expect(shown.at(-1)).toMatchObject({ mode: 'picture', vector: { seed: 9 } })
  })
  test('is undone, and keeps the id that the studio gave it meanwhile', async () => {
    const { desk, undo } = deskOf()
    desk.changePath((now) => withPoint(now, point(1)), 'Add a pin')
    desk.path.set({ ...desk.path.get(), id: 'p1', revision: 3 })
    await undo.undo()
    expect(desk.path.get()).toMatchObject({ id: 'p1', revision: 3, waypoints: [] })
  })
})
