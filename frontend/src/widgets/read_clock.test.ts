import { expect, test } from 'vitest'
import { clock } from '../lib/format'
import { readClock } from './read_clock'

test('a time is read as it is written', () => {
  for (const seconds of [0, 0.3, 61.98, 3723.4]) expect(readClock(clock(seconds))).toBeCloseTo(seconds)
  expect(readClock('61,5')).toBeCloseTo(61.5)
})

test('what is no time is told apart', () => {
  for (const text of ['', 'soon', '1:2:3:4', '1.5:20', '-3']) expect(readClock(text)).toBeNull()
})
