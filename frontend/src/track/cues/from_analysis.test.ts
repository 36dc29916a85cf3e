import { expect, test } from 'vitest'
import type { Curve } from '../../widgets/draw_curve'
import { everyNth, inside, onsetMoments, peakMoments, sectionMoments, strongEnough, unmarked, type Moment } from './from_analysis'
import { cueAt } from '../../widgets/grid_for_tests'
import { quantisedJump } from './quantise'

const curve = (values: number[]): Curve => ({ values: Uint8Array.from(values), columns: 1, scale: 1 / 255, secondsPerValue: 0.1, start: 0 })
const seconds = (moments: readonly Moment[]): number[] => moments.map((one) => Math.round(one.seconds * 1e6) / 1e6)
const at = (time: number, level: number): Moment => ({ seconds: time, end_seconds: null, label: '', level })

test('tops of a curve are found, a plateau by its middle, a slope not', () => {
  expect(seconds(peakMoments(curve([0, 51, 0, 102, 102, 102, 0, 10, 20, 30])))).toEqual([0.1, 0.4, 0.9])
  expect(peakMoments(curve([0, 51, 0]))[0]!.level).toBeCloseTo(0.2, 9)
  expect(peakMoments(curve([7, 7, 7, 7]))).toHaveLength(1)
  expect(peakMoments(curve([0, 0, 0]))).toEqual([])
  expect(peakMoments({ ...curve([0, 9, 0, 9]), columns: 2 })).toEqual([])
})

test('an onset is as strong as its curve is there', () => {
  const fine = { ...curve(Array.from({ length: 60 }, (_, index) => (index === 11 ? 255 : index === 50 ? 51 : 0))), secondsPerValue: 0.01 }
  // The top of the first comes 10 ms behind the onset, that of the second with it; the third has none.
  expect(onsetMoments({ onsets: [0.1, 0.5, 0.3] }, fine).map(({ level }) => level)).toEqual([1, expect.closeTo(0.2, 6), 0])
  expect(onsetMoments({ onsets: [0.1] }, null)[0]!.level).toBe(1)
})

test('above the threshold stay the strong, and of two too close the stronger', () => {
  const moments = [at(0, 0.5), at(0.1, 0.9), at(0.2, 0.6), at(0.4, 0.3), at(0.55, 0.8)]
  expect(seconds(strongEnough(moments, 0.55, 0))).toEqual([0.1, 0.2, 0.55])
  expect(seconds(strongEnough(moments, 0, 0.15))).toEqual([0.1, 0.4, 0.55])
  expect(seconds(strongEnough(moments, 0, 0.2))).toEqual([0.1, 0.55])
  expect(strongEnough(moments, 1.1, 0)).toEqual([])
})

test('raising the threshold never brings more', () => {
  const moments = Array.from({ length: 200 }, (_, index) => at(index * 0.05, (index * 37 % 100) / 100))
  let former = Infinity
  for (let threshold = 0; threshold <= 1; threshold += 0.05) {
    const kept = strongEnough(moments, threshold, 0.12)
    for (let index = 1; index < kept.length; index++) expect(kept[index]!.seconds - kept[index - 1]!.seconds).toBeGreaterThanOrEqual(0.12 - 1e-9)
    expect(kept.length).toBeLessThanOrEqual(former)
    former = kept.length
  }
})

test('every n-th, sections as spans, only inside a stretch, only where no cue stands', () => {
  expect(seconds(everyNth([1, 2, 3, 4, 5], 2))).toEqual([1, 3, 5])
  expect(sectionMoments([{ from: 1, to: 4, label: 'A', hue: 'hue-blue' }])[0]).toMatchObject({ seconds: 1, end_seconds: 4, label: 'A' })
  expect(seconds(inside(everyNth([1, 2, 3, 4], 1), { from: 2, to: 4 }))).toEqual([2, 3])
  expect(seconds(unmarked(everyNth([1, 2, 3, 4], 1), [cueAt(0.5), cueAt(2.0004), cueAt(4)]))).toEqual([1, 3])
})

test('a quantised jump leaves with the next beat and lands on one', () => {
  expect(quantisedJump([0, 0.5, 1, 1.5, 2], 0.7, 1.6)).toEqual({ leave: 1, land: 1.5 })
  expect(quantisedJump([0, 0.5, 1], 0.51, 0.2)).toEqual({ leave: 0.51, land: 0 })
  expect(quantisedJump([0, 0.5, 1], 1.2, 0)).toBeNull()
})
