import { expect, test } from 'vitest'
import { beatAt, beatLine } from './beat_line'
import { cueAt, GRID } from './grid_for_tests'
import { extent, farthest, movedTogether, ontoGrid, repeatBeats, shiftedByBeats, shiftedBySeconds } from './shift_cues'

const line = beatLine(GRID)!

test('by beats a cue moves along the grid, also across a change of tempo', () => {
  const cues = [cueAt(8), cueAt(7.5, { end_seconds: 9 })]
  expect(shiftedByBeats(cues, line, 1, 60)).toEqual([
    { id: 'at 8', values: { seconds: 8.5, end_seconds: null } },
    // Half a beat of a second before, so half a beat of one second after.
    { id: 'at 7.5', values: { seconds: 8, end_seconds: 10 } },
  ])
  const by = shiftedByBeats(cues, line, -3, 60)!
  expect(by.map(({ values }) => beatAt(line, values.seconds))).toEqual([12, 11])
})

test('what would leave the track moves nothing', () => {
  expect(shiftedByBeats([cueAt(0.5), cueAt(8)], line, -2, 60)).toBeNull()
  expect(shiftedBySeconds([cueAt(1), cueAt(50, { end_seconds: 59 })], 1.5, 60)).toBeNull()
  expect(shiftedBySeconds([cueAt(1)], -1, 60)?.[0]?.values.seconds).toBe(0)
})

test('a hand takes a group no further than its first and last cue can go', () => {
  const cues = [cueAt(3), cueAt(5, { end_seconds: 58 })]
  expect(extent(cues)).toEqual([3, 58])
  expect(farthest(cues, -10, 60)).toBe(-3)
  expect(farthest(cues, 10, 60)).toBe(2)
  expect(farthest(cues, 1, 60)).toBe(1)
  // It stands beyond the end already: back is free, on is not.
  expect(farthest([cueAt(70)], 5, 60)).toBe(0)
  expect(farthest([cueAt(70)], -5, 60)).toBe(-5)
})

test('cues kept in beats move with a hand by beats, those kept in seconds by seconds', () => {
  const [own, far, free] = [cueAt(2, { anchor: 'beats' }), cueAt(7.5, { anchor: 'beats', end_seconds: 9 }), cueAt(4)]
  const starts = (by: number) => movedTogether([own, far, free], own, by, 60, line).map(({ values }) => values.seconds)
  // One beat of half a second where the hand is; the end of the other crosses into beats of one second.
  expect(starts(0.5)).toEqual([2.5, 8, 4.5])
  expect(movedTogether([own, far], own, 1, 60, line)[1]!.values).toEqual({ seconds: 8.5, end_seconds: 11 })
  const [first, , third] = starts(-100)
  expect([first, third]).toEqual([0, 2])
  const ends = movedTogether([own, far, free], own, 100, 60, line).map(({ values }) => values.end_seconds ?? values.seconds)
  expect(Math.max(...ends)).toBeCloseTo(60, 9)
  // Without beats, or with none kept in them, all go by seconds.
  expect(movedTogether([own, far], own, 1, 60, null)[1]!.values).toEqual({ seconds: 8.5, end_seconds: 10 })
})

test('onto the grid goes what is not there, and a span keeps a length', () => {
  const near = (seconds: number): number => Math.round(seconds)
  expect(ontoGrid([cueAt(2), cueAt(3.4), cueAt(5.2, { end_seconds: 5.4 }), cueAt(7.2, { end_seconds: 8.9 })], near)).toEqual([
    { id: 'at 3.4', values: { seconds: 3, end_seconds: null } },
    { id: 'at 5.2', values: { seconds: 5, end_seconds: expect.closeTo(5.2, 9) as number } },
    { id: 'at 7.2', values: { seconds: 7, end_seconds: 9 } },
  ])
  expect(ontoGrid([cueAt(3.4)], () => null)).toEqual([])
})

test('a pattern is repeated after as many whole bars as it fills', () => {
  expect(repeatBeats([cueAt(0.5)], line, 4)).toBe(4)
  expect(repeatBeats([cueAt(0.5), cueAt(2)], line, 4)).toBe(4)
  expect(repeatBeats([cueAt(0.5), cueAt(2.5)], line, 4)).toBe(8)
})
