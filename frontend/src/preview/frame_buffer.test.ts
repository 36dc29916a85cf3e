import { expect, test } from 'vitest'
import { ahead, FrameBuffer, type HeldFrame, type Moment } from './frame_buffer'

function frame(seconds: number, revision = 1, isStill = false) {
  const made: HeldFrame & { closed: boolean } = {
    seconds, revision, isStill, arrivedAt: 0, drawMs: 0, closed: false,
    close: () => {
      made.closed = true
    },
  }
  return made
}
const at = (seconds: number, more: Partial<Moment> = {}): Moment => ({ seconds, isPlaying: true, loop: null, ...more })

test('the picture that belongs to the sound is shown, later ones wait, earlier ones go', () => {
  const buffer = new FrameBuffer(30)
  const [early, due, later] = [frame(1), frame(1.033), frame(1.2)]
  for (const one of [early, due, later]) buffer.push(one)
  expect(buffer.pick(at(1.04))).toBe(due)
  expect(early.closed).toBe(true)
  expect(later.closed).toBe(false)
  expect(buffer.dropped).toBe(1)
  expect(buffer.pick(at(1.05))).toBeNull()
})

test('a picture of a newer revision takes the place of older ones from its second on', () => {
  const buffer = new FrameBuffer(30)
  const [before, behind, fresh] = [frame(1), frame(1.2), frame(1.1, 2)]
  for (const one of [before, behind, fresh]) buffer.push(one)
  expect(behind.closed).toBe(true)
  expect(before.closed).toBe(false)
  expect(buffer.pick(at(1.3))).toBe(fresh)
})

test('pictures of an older revision that come late are dropped', () => {
  const buffer = new FrameBuffer(30)
  buffer.push(frame(5, 3))
  const late = frame(2, 2)
  buffer.push(late)
  expect(late.closed).toBe(true)
})

test('while paused the newest picture is shown, whatever its second', () => {
  const buffer = new FrameBuffer(30)
  const still = frame(7, 2, true)
  buffer.push(frame(3))
  buffer.push(still)
  expect(buffer.pick(at(1, { isPlaying: false }))).toBe(still)
})

test('what lies behind the turn of a loop is ahead of its end', () => {
  const moment = at(11.9, { loop: { from: 10, to: 12 } })
  expect(ahead(10.05, moment)).toBeCloseTo(0.15)
  expect(ahead(11.85, moment)).toBeCloseTo(-0.05)
  const buffer = new FrameBuffer(30)
  const next = frame(10.05)
  buffer.push(next)
  expect(buffer.pick(moment)).toBeNull()
  expect(buffer.pick(at(10.06, { loop: { from: 10, to: 12 } }))).toBe(next)
})

test('never more than half a second is held', () => {
  const buffer = new FrameBuffer(30)
  for (let index = 0; index < 100; index++) buffer.push(frame(index / 30))
  expect(buffer.size).toBeLessThanOrEqual(15)
  expect(buffer.capacity).toBeLessThanOrEqual(15)
})

test('pictures that come so late in a loop that they look early do not block the next ones', () => {
  const buffer = new FrameBuffer(30)
  const loop = { from: 10, to: 13 }
  const late = frame(10.2)
  buffer.push(late)
  expect(buffer.pick(at(12, { loop }))).toBeNull()
  expect(late.closed).toBe(true)
  expect(buffer.size).toBe(0)
})

test('after a new beginning the pictures of another preview count from one', () => {
  const buffer = new FrameBuffer(30)
  buffer.push(frame(1, 40))
  buffer.clear()
  const first = frame(1, 1, true)
  buffer.push(first)
  expect(buffer.pick(at(1, { isPlaying: false }))).toBe(first)
})
