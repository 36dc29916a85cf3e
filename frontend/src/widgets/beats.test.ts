import { expect, test } from 'vitest'
import { barNumber, placeAt, stepAlong } from './beats'
import { GRID as grid } from './grid_for_tests'
import { gridTime, snapped } from './snap'

test('bar and beat follow the beats that are drawn, also where the tempo changes', () => {
  expect(placeAt(grid, 0.5)).toMatchObject({ bar: 1, beat: 1, bpm: 120 })
  expect(placeAt(grid, 4.2)).toMatchObject({ bar: 2, beat: 4 })
  expect(placeAt(grid, 9.6)).toMatchObject({ bar: 5, beat: 2, bpm: 60 })
  expect(placeAt(grid, 11.6)).toMatchObject({ bar: 6, beat: 1 })
})

test('what sounds before the first downbeat counts backwards', () => {
  expect(placeAt(grid, 0.1)).toMatchObject({ bar: 0, beat: 4 })
})

test('downbeats are numbered from the marker that names one', () => {
  expect(grid.downbeats.map((_, index) => barNumber(grid, index))).toEqual([1, 2, 3, 4, 5, 6])
})

test('without a grid there is no bar to tell', () => {
  expect(placeAt({ markers: [], beats: [], downbeats: [], onsets: [] }, 3)).toBeNull()
})

test('snapping goes to the nearest beat, half, quarter or onset', () => {
  expect(gridTime(grid, 1.7, 'beat')).toBeCloseTo(1.5)
  expect(gridTime(grid, 1.7, 'half')).toBeCloseTo(1.75)
  expect(gridTime(grid, 1.62, 'quarter')).toBeCloseTo(1.625)
  expect(gridTime(grid, 2.6, 'onset')).toBeCloseTo(3.1)
  expect(gridTime(grid, 2.6, 'off')).toBeNull()
})

test('snapping happens only when the grid is near on the page', () => {
  expect(snapped(1.55, { grid, kind: 'beat', pxPerSecond: 100 })).toBeCloseTo(1.5)
  expect(snapped(1.7, { grid, kind: 'beat', pxPerSecond: 100 })).toBeCloseTo(1.7)
})

test('steps along the beats go on beyond the last one', () => {
  expect(stepAlong(grid.beats, 1.5, 1)).toBeCloseTo(2)
  expect(stepAlong(grid.beats, 1.5, -1)).toBeCloseTo(1)
  expect(stepAlong(grid.beats, 11.5, 1)).toBeCloseTo(12.5)
})
