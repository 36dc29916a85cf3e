import { describe, expect, test } from 'vitest'
import { blendAt, filmSeconds, nearestSample, pictureAt, placeAfter, playedTo, steppedBy } from './film'
import { sampleAt } from './fixtures'

describe('a place in the film', () => {
  test('between two pictures shows both, the nearer one more', () => {
    expect(blendAt(2.25, 5)).toEqual({ under: 2, over: 3, share: 0.25 })
    expect([pictureAt(2.25, 5), pictureAt(2.6, 5)]).toEqual([2, 3])
  })
  test('never leaves it', () => {
    expect(blendAt(9, 5)).toEqual({ under: 4, over: 4, share: 0 })
    expect(blendAt(-1, 5)).toEqual({ under: 0, over: 1, share: 0 })
    expect(blendAt(3, 0)).toEqual({ under: 0, over: 0, share: 0 })
  })
  test('moves by keys, whole pictures at a time', () => {
    expect(['ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp'].map((key) => steppedBy(2.4, key, 5))).toEqual([1, 3, 0, 4, 4])
    expect([steppedBy(0, 'ArrowLeft', 5), steppedBy(4, 'ArrowRight', 5), steppedBy(1, 'x', 5)]).toEqual([0, 4, null])
  })
})

describe('playing', () => {
  test('takes as long as there are pictures, no shorter and no longer than one likes to look', () => {
    expect([filmSeconds(2), filmSeconds(26), filmSeconds(1000)]).toEqual([2, 10, 30])
  })
  test('goes on evenly from where it stood and ends at the newest', () => {
    expect(playedTo(0, 5, 26)).toBeCloseTo(12.5)
    expect(playedTo(20, 1, 26)).toBeCloseTo(22.5)
    expect(playedTo(20, 2, 26)).toBeNull()
    expect(playedTo(0, 1, 1)).toBeNull()
  })
})

describe('a new snapshot', () => {
  const before = [sampleAt(0), sampleAt(20)]
  test('comes to whoever looks at the newest', () => {
    expect(placeAfter(before, 1, [...before, sampleAt(40)])).toBe(2)
    expect(placeAfter([], 0, [sampleAt(0)])).toBe(0)
  })
  test('leaves alone who looks at another one, though one has come in before it', () => {
    expect(placeAfter([sampleAt(0), sampleAt(20), sampleAt(40)], 1, [sampleAt(0), sampleAt(10), sampleAt(20), sampleAt(40), sampleAt(60)])).toBe(2)
  })
})

test('the nearest sample of a kimg', () => {
  expect([nearestSample([sampleAt(0), sampleAt(20)], 9), nearestSample([sampleAt(0), sampleAt(20)], 11), nearestSample([], 3)]).toEqual([0, 1, -1])
})
