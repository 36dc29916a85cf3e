import { expect, test } from 'vitest'
import { levelBetween } from './draw_curve'
import { packedFile } from './packed_for_tests'
import { readLanes } from './track_lanes'

const file = packedFile({
  lanes: [
    { name: 'bass', title: 'Bass 20–150 Hz', unit: 'dB', low: -48, high: 0, points_per_second: 10, rows: 1 },
    { name: 'chroma', title: 'Chroma C … B', unit: '', low: 0, high: 1, points_per_second: 2, rows: 2 },
  ],
}, {
  bass: { dtype: 'uint8', shape: [5], data: new Uint8Array([0, 255, 0, 0, 51]) },
  chroma: { dtype: 'uint8', shape: [2, 2], data: new Uint8Array([0, 255, 102, 0]) },
})

test('lanes come with their names, ranges and columns', () => {
  const [bass, chroma] = readLanes(file)
  expect([bass?.title, bass?.detail, bass?.columns]).toEqual(['Bass', '20–150 Hz', 1])
  expect([chroma?.title, chroma?.detail, chroma?.columns]).toEqual(['Chroma', 'C … B', 2])
})

test('a hit between two pixels is not lost when zoomed out, and lies at its second', () => {
  const [bass] = readLanes(file)
  if (!bass) throw new Error('no lane')
  expect(levelBetween(bass, 0, 0.2)).toBeCloseTo(1)
  expect(levelBetween(bass, 0.2, 0.35)).toBeCloseTo(0)
  expect(levelBetween(bass, 0.05, 0.051)).toBeCloseTo(0.5)
})

test('each row of a table is read on its own', () => {
  const chroma = readLanes(file)[1]
  if (!chroma) throw new Error('no lane')
  expect(levelBetween(chroma, 0, 0, 1)).toBeCloseTo(1)
  expect(levelBetween(chroma, 0.5, 0.5, 0)).toBeCloseTo(0.4)
})
