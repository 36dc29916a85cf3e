import { expect, test } from 'vitest'
import { NO_BEATS } from './beats'
import { beatAt, beatLine, secondsAtBeat } from './beat_line'
import { GRID } from './grid_for_tests'
import { barBeat, placeWords, readPlace } from './places'

const line = beatLine(GRID)!

test('beats run evenly between two of them, and at the tempo of the ends beyond', () => {
  // 120 bpm: half a second a beat, 16 beats up to 8.5 s; then a second a beat.
  expect([0.5, 0.75, 8.5, 9.75, 12.5, 0].map((seconds) => beatAt(line, seconds))).toEqual([0, 0.5, 16, 17.25, 20, -1])
  for (const seconds of [0, 0.1, 0.5, 3.333, 8.5, 8.49, 11.5, 30]) expect(secondsAtBeat(line, beatAt(line, seconds))).toBeCloseTo(seconds, 9)
})

test('one beat alone needs a marker that tells how long it is', () => {
  expect(beatLine({ beats: [1], markers: [] })).toBeNull()
  expect(secondsAtBeat(beatLine({ beats: [1], markers: [{ seconds: 1, bpm: 30, beats_per_bar: 4, downbeat: 1 }] })!, 2)).toBe(5)
})

test('a place is told as bar and beat, between beats with hundredths', () => {
  expect(barBeat(GRID, 0.5)).toBe('1.1')
  expect(barBeat(GRID, 4)).toBe('2.4')
  expect(barBeat(GRID, 4.25)).toBe('2.4.50')
  expect(barBeat(GRID, 4.4999)).toBe('3.1')
  expect(barBeat(GRID, 9.5)).toBe('5.2')
  expect(barBeat(NO_BEATS, 3)).toBeNull()
  expect(placeWords(GRID, 9.6)).toBe('0:09.600 · 5.2.10')
  expect(placeWords(NO_BEATS, 61.5)).toBe('1:01.500')
})

test('bar and beat are read where that bar has such a beat; else the number is seconds', () => {
  expect(readPlace('2.4', GRID)).toBe(4)
  expect(readPlace(' 5.2.50 ', GRID)).toBe(10)
  expect(readPlace('5.4', GRID)).toBe(5.4)
  expect(readPlace('2.40', GRID)).toBe(2.4)
  expect(readPlace('1.05', GRID)).toBe(1.05)
  expect(readPlace('2.4 s', GRID)).toBe(2.4)
  expect(readPlace('0:02.4', GRID)).toBe(2.4)
  expect(readPlace('7', GRID)).toBe(7)
  expect(readPlace('99.1', GRID)).toBe(99.1)
  expect(readPlace('2.9.10', GRID)).toBeNull()
  expect(readPlace('2.4', NO_BEATS)).toBe(2.4)
  for (const wrong of ['', 'later', '1:2:3:4', '-3', '1e3', 'NaN']) expect(readPlace(wrong, GRID)).toBeNull()
})

test('every beat that is told is read back', () => {
  for (const seconds of GRID.beats) expect(readPlace(barBeat(GRID, seconds)!, GRID)).toBeCloseTo(seconds, 6)
  expect(barBeat(GRID, 0)).toBe('0.4')
  expect(readPlace('0.4', GRID)).toBe(0)
})
