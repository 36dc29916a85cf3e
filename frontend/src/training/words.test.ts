import { describe, expect, test } from 'vitest'
import { runWith, sampleAt } from './fixtures'
import { bestOf, metricsOf, notesOf } from './Metrics'
import { aspectOf, sizeOf, wrongSize } from '../pages/scenes/size'
import { newestOnes, previewSide, sceneOf } from './preview'
import type { Run } from './wire'
import type { Network } from '../wire/types'
import { axisWords, basisWords, endsAt, estimateWords, figure, kimgWords, leftWords, longTime, progressWords, rangeWords, snapshotsOf, standingWords } from './words'

test('a figure has three digits that count', () => {
  expect([0.21341, 12.53, 1834.4, 0.693, 1, 123.4, 0, -0.5, 0.00051, 0.0000012, null].map(figure)).toEqual(['0.213', '12.5', '1,834', '0.693', '1.00', '123', '0.000', '−0.500', '0.00051', '1.2 × 10⁻⁶', '–'])
})

test('an axis says no more digits than it needs', () => {
  expect([0, 0.5, -1, 0.30000000000000004, 1500, 20_000].map(axisWords)).toEqual(['0', '0.5', '−1', '0.3', '1500', '20,000'])
})

test('snapshots are counted though 0.1 is no binary fraction', () => {
  expect([snapshotsOf(0.6, 0.1), snapshotsOf(0.65, 0.1), snapshotsOf(400, 20), snapshotsOf(0.05, 0.1)]).toEqual([7, 7, 21, 1])
})

test('kimg is as exact as it needs to be', () => {
  expect([0, 0.512, 1.25, 12.34, 5210.4].map(kimgWords)).toEqual(['0', '0.51', '1.25', '12.3', '5,210'])
})

describe('where a run stands', () => {
  test('is a sentence', () => {
    expect(progressWords(runWith({ kimg: 5210, total_kimg: 6400 }))).toBe('kimg 5,210 of 6,400')
    expect(leftWords(runWith())).toBe('3 h left')
    expect(leftWords(runWith({ left_seconds: null }))).toBe('Measuring speed')
    expect(leftWords(runWith({ state: 'paused' }))).toBeNull()
    expect(leftWords(runWith({ state: 'waiting', left_seconds: null }))).toBeNull()
  })
  test('tells a wish before it is heard', () => {
    expect((['run', 'pause', 'stop'] as const).map((wanted) => standingWords(runWith({ wanted })))).toEqual(['Training', 'Pausing, after this step', 'Stopping, after this step'])
    expect(standingWords(runWith({ state: 'paused', wanted: 'pause' }))).toBe('Paused')
    expect(standingWords(runWith({ phase: 'measuring' }))).toBe('Measuring its snapshot')
  })
})

describe('how long it takes', () => {
  const now = new Date(2026, 0, 5, 12, 0)
  test('has a date', () => {
    expect([endsAt(3600, now), endsAt(20 * 3600, now), endsAt(10 * 86_400, now), endsAt(400 * 86_400, now)]).toEqual(['today at 13:00', 'tomorrow at 08:00', 'Thursday 15 January', 'Tuesday 9 February 2027'])
  })
  test('is told in days when it takes days', () => {
    expect([longTime(165), longTime(33_000), longTime(3 * 86_400 + 7200), longTime(72 * 86_400)]).toEqual(['2 min 45 s', '9 h 10 min', '3 days 2 h', '72 days'])
  })
  test('is told for each thousand pictures and for all', () => {
    const measured = { device: 'CPU', precision: 'bf16', seconds_per_kimg: 31, peak_bytes: 1, micro_batch: 16, checkpoint_bytes: 1, snapshot_bytes: 1 }
    expect(estimateWords({ seconds: 12_400, measured }, now)).toBe('31 s for each thousand pictures: 3 h 27 min in all. Begun now, it ends today at 15:26.')
    expect(estimateWords({ seconds: null, measured: null }, now)).toBeNull()
  })
  test('that is rough is a range in one unit, and says where it comes from', () => {
    expect([[11_000, 21_500], [5400, 14_000], [260_000, 900_000], [40, 110], [2, 40], [7000, 7300]].map(([low, high]) => rangeWords(low!, high!))).toEqual([
      'About 3 to 6 hours', 'About 2 to 4 hours', 'About 3 to 10 days', 'About 0.7 to 2 minutes', 'About 2 to 40 seconds', 'About 2 hours',
    ])
    expect(basisWords({ basis: 'run', device: 'H200', run_name: 'Faces' })).toBe('As “Faces” trained with such settings on H200.')
    expect(basisWords({ basis: 'scaled', device: 'H200', run_name: '' })).toBe('Rough: scaled by the amount of arithmetic from other settings that were tried on H200. Measure for a better one.')
    expect(basisWords({ basis: 'try', device: 'H200', run_name: '' })).toBeNull()
  })
})

describe('metrics', () => {
  const samples = [sampleAt(0, { diversity: 0.2, fid: 300 }, ['FID on these features is not comparable.']), sampleAt(20, { fid: 120, diversity: 1.2 }, ['FID on these features is not comparable.'])]
  test('stand in one order, the best of them known only where more or less is better', () => {
    expect(metricsOf(samples)).toEqual(['fid', 'diversity'])
    expect([bestOf(samples, 'fid'), bestOf(samples, 'diversity'), bestOf(samples.slice(1), 'fid')]).toEqual([120, null, null])
  })
  test('carry their sentence, once', () => {
    expect(notesOf(samples)).toEqual(['FID on these features is not comparable.'])
  })
})

describe('the preview of a run', () => {
  const network = { snapshots: [{ id: 'c', kimg: 40, order: 2 }, { id: 'a', kimg: 0, order: 0 }, { id: 'b', kimg: 20, order: 1 }] } as unknown as Network
  const run: Pick<Run, 'name'> = { name: 'Faces 64' }
  test('draws with the newest snapshots, from rough to fine', () => {
    expect([newestOnes(network, 2), newestOnes(network, 0), newestOnes(network, 9)]).toEqual([['b', 'c'], ['a', 'b', 'c'], ['a', 'b', 'c']])
  })
  test('is found again by its name and its network, never another scene', () => {
    const scenes = [{ name: 'Faces 64, preview', snapshot_ids: ['x'] }, { name: 'Faces', snapshot_ids: ['a'] }, { name: 'Faces 64, preview', snapshot_ids: ['b'] }]
    expect(sceneOf(scenes, run, network)).toBe(scenes[2])
    expect(sceneOf(scenes.slice(0, 2), run, network)).toBeUndefined()
  })
  test('is neither too small to look at nor too large to be quick', () => {
    expect([64, 256, 1024].map(previewSide)).toEqual([256, 256, 512])
  })
  test('has the shape that was photographed, so that nothing of the padding is seen', () => {
    expect([null, 1, 4 / 3, 0.75].map((aspect) => sizeOf(aspect, 512))).toEqual([
      { width: 512, height: 512 }, { width: 512, height: 512 }, { width: 512, height: 384 }, { width: 384, height: 512 },
    ])
    expect([1.37, 0.61, 30].map((aspect) => wrongSize(sizeOf(aspect, 256)))).toEqual([null, null, null])
    expect([[1.5, 1.5], [1.5, 1], [undefined], []].map((all) => aspectOf(all.map((aspect) => ({ facts: { aspect } }))))).toEqual([1.5, null, null, null])
  })
})
