import { expect, test } from 'vitest'
import { createHand } from './hand'

function tried() {
  const sent: [number, unknown][] = []
  const hand = createHand((values, n) => sent.push([n, values]))
  return { hand, sent }
}

test('only the newest goes out while one is unanswered', () => {
  const { hand, sent } = tried()
  hand.move({ a: 1 }, 0)
  hand.tick(10)
  for (let at = 20; at < 60; at += 10) {
    hand.move({ a: at }, at)
    hand.tick(at)
  }
  expect(sent).toEqual([[1, { a: 1 }]])
  hand.painted(2, 70)
  hand.tick(70)
  expect(sent).toEqual([[1, { a: 1 }], [2, { a: 50 }]])
  expect(hand.isWaiting).toBe(true)
})

test('values of different parameters that wait go together', () => {
  const { hand, sent } = tried()
  hand.move({ vector: 1 }, 0)
  hand.move({ look: 2 }, 1)
  hand.tick(2)
  expect(sent).toEqual([[1, { vector: 1, look: 2 }]])
})

test('time is measured to the picture of the revision that the studio named', () => {
  const { hand } = tried()
  hand.painted(4, 0)
  hand.move({ a: 1 }, 90)
  hand.tick(100)
  hand.moved(1, 6)
  hand.painted(5, 120)
  expect(hand.figures().count).toBe(0)
  hand.painted(6, 160)
  expect(hand.figures()).toMatchObject({ count: 1, lastMs: 60, p95Ms: 60, p95FromMoveMs: 70 })
})

test('without a word of the studio any newer revision is the answer, an old one is not', () => {
  const { hand } = tried()
  hand.painted(4, 0)
  hand.move({ a: 1 }, 100)
  hand.tick(100)
  hand.painted(4, 110)
  expect(hand.isWaiting).toBe(true)
  hand.painted(5, 150)
  expect(hand.figures().lastMs).toBe(50)
})

test('an answer that never comes holds nothing up for long', () => {
  const { hand, sent } = tried()
  hand.move({ a: 1 }, 0)
  hand.tick(0)
  hand.move({ a: 2 }, 10)
  hand.tick(1000)
  expect(sent).toHaveLength(1)
  hand.tick(1600)
  expect(sent).toHaveLength(2)
})
