import { expect, test } from 'vitest'
import { moved } from './cue_hand'

const free = (seconds: number): number => seconds

test('a span keeps its length when it is moved, also at the end of the track', () => {
  expect(moved({ seconds: 4, end_seconds: 6 }, 'move', 1, free, 60)).toEqual({ seconds: 5, end_seconds: 7 })
  expect(moved({ seconds: 4, end_seconds: 6 }, 'move', 100, free, 60)).toEqual({ seconds: 58, end_seconds: 60 })
})

test('an edge of a span never crosses the other', () => {
  expect(moved({ seconds: 4, end_seconds: 6 }, 'to', -10, free, 60).end_seconds).toBeGreaterThan(4)
  expect(moved({ seconds: 4, end_seconds: 6 }, 'from', 10, free, 60).seconds).toBeLessThan(6)
})

test('a moment snaps and stays inside the track', () => {
  expect(moved({ seconds: 4, end_seconds: null }, 'move', 0.4, Math.round, 60)).toEqual({ seconds: 4, end_seconds: null })
  expect(moved({ seconds: 4, end_seconds: null }, 'move', -9, free, 60)).toEqual({ seconds: 0, end_seconds: null })
})
