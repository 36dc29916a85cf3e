import { expect, test } from 'vitest'
import { countWithin, moved, nearestGrip, opened, readNumber, sharesOf, valueAt } from './grips'

const ends = { from: 0, to: 100 }

test('grips stand where the range ends, open ends at the edges', () => {
  expect(sharesOf([42, null], ends)).toEqual([0.42, 1])
  expect(sharesOf([null, 250], ends)).toEqual([0, 1])
  expect(sharesOf([-12, 12], { from: -35, to: 35 })[0]).toBeCloseTo(23 / 70)
})

test('a grip moves in the steps of its score and does not pass the other one', () => {
  expect(valueAt(0.4263, ends, 1)).toBe(43)
  expect(valueAt(2, ends, 0.1)).toBe(100)
  expect(moved([20, 60], 0, 75, ends)).toEqual([60, 60])
  expect(moved([20, 60], 1, 5, ends)).toEqual([20, 20])
})

test('an end pulled to the edge is open, so that values beyond the histogram are in', () => {
  expect(moved([20, 60], 1, 100, ends)).toEqual([20, null])
  expect(moved([20, null], 0, 0, ends)).toEqual([null, null])
  expect(opened([null, 99], ends)).toEqual([null, 99])
})

test('the hand takes the nearer grip; on top of each other the one that can go there', () => {
  expect(nearestGrip(0.3, [0.2, 0.9])).toBe(0)
  expect(nearestGrip(0.7, [0.2, 0.9])).toBe(1)
  expect(nearestGrip(0.4, [0.5, 0.5])).toBe(0)
  expect(nearestGrip(0.6, [0.5, 0.5])).toBe(1)
})

test('counts while dragging are those of the bins, and of what is cut of one', () => {
  const bins = Array.from({ length: 60 }, () => 10)
  expect(countWithin(bins, [null, null], ends)).toBe(600)
  expect(countWithin(bins, [50, null], ends)).toBe(300)
  expect(countWithin([0, 100, 0, 0], [25, 37.5], ends)).toBe(50)
  expect(countWithin([0, 100, 0, 0], [80, null], ends)).toBe(0)
})

test('numbers are read as people write them', () => {
  expect(readNumber(' −12,5 ')).toBe(-12.5)
  expect(readNumber('')).toBeNull()
  expect(readNumber('many')).toBeUndefined()
})
