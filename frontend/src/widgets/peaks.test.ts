import { expect, test } from 'vitest'
import { packedFile } from './packed_for_tests'
import { openPeaks, type FetchBytes } from './peaks'

const RATE = 44_100
const SECONDS = 60
const LEVELS = [4096, 1024, 256, 64]

/** A minute of silence with one click of full height at 1.000 s, as the studio's pyramid would hold it. */
function clickFile(): ArrayBuffer {
  const click = RATE
  const arrays = Object.fromEntries(LEVELS.map((spp) => {
    const rows = Math.ceil((RATE * SECONDS) / spp)
    const data = new Int16Array(rows * 3)
    data[Math.floor(click / spp) * 3 + 1] = 32_767
    return [`peaks_${spp}`, { dtype: 'int16', shape: [rows, 3], data }]
  }))
  return packedFile({
    sample_rate: RATE, frame_count: RATE * SECONDS, duration_seconds: SECONDS,
    levels: LEVELS.map((spp) => ({ samples_per_pixel: spp, name: `peaks_${spp}` })),
  }, arrays)
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

function rangesInto(file: ArrayBuffer, asked: [number, number][] = []): FetchBytes {
  return async (start, end) => {
    asked.push([start, end])
    return Promise.resolve(file.slice(start, end))
  }
}

test('a click at 1.000 s is seen within 5 ms of it when zoomed in', async () => {
  const peaks = await openPeaks(rangesInto(clickFile()))
  const pxPerSecond = 689
  const level = peaks.levelFor(pxPerSecond)
  peaks.want(0, SECONDS, level)
  await settled()
  const columns = Array.from({ length: SECONDS * pxPerSecond }, (_, x) => peaks.between(x / pxPerSecond, (x + 1) / pxPerSecond, level)?.high ?? 0)
  const seen = columns.flatMap((high, x) => (high > 0.5 ? [x / pxPerSecond] : []))
  expect(seen.length).toBeGreaterThan(0)
  for (const seconds of seen) expect(Math.abs(seconds - 1)).toBeLessThan(0.005)
})

test('zoomed out the click is neither lost nor smeared over more than two pixels', async () => {
  const peaks = await openPeaks(rangesInto(clickFile()))
  const level = peaks.levelFor(100)
  peaks.want(0, SECONDS, level)
  await settled()
  const columns = Array.from({ length: SECONDS * 100 }, (_, x) => peaks.between(x / 100, (x + 1) / 100, level)?.high ?? 0)
  const seen = columns.flatMap((high, x) => (high > 0.5 ? [x] : []))
  expect(seen.length).toBeGreaterThan(0)
  expect(seen.length).toBeLessThanOrEqual(2)
  expect(seen).toContain(100)
})

test('only the parts one looks at are fetched', async () => {
  const asked: [number, number][] = []
  const file = clickFile()
  const peaks = await openPeaks(rangesInto(file, asked))
  const before = asked.length
  const finest = peaks.levels.length - 1
  peaks.want(0.5, 0.6, finest)
  peaks.want(0.5, 0.6, finest)
  expect(asked.length).toBe(before + 1)
})

test('while fine peaks are on their way coarser ones stand in', async () => {
  const peaks = await openPeaks(rangesInto(clickFile()))
  await settled()
  const finest = peaks.levels.length - 1
  expect(peaks.levels[finest]?.chunks.size).toBe(0)
  expect(peaks.between(0.99, 1.01, finest)?.high).toBeCloseTo(1, 2)
})

test('a file of something else is refused with a sentence', async () => {
  await expect(openPeaks(rangesInto(new ArrayBuffer(64)))).rejects.toThrow('not a file of packed arrays')
})

test('a short track is overviewed and measured from the first bytes alone', async () => {
  const asked: [number, number][] = []
  const peaks = await openPeaks(rangesInto(clickFile(), asked))
  expect(peaks.loudest).toBeCloseTo(1, 2)
  expect(peaks.isWhole(0)).toBe(true)
  await settled()
  expect(peaks.isWhole(peaks.overview)).toBe(true)
  const columns = Array.from({ length: 1600 }, (_, x) => peaks.between((x * SECONDS) / 1600, ((x + 1) * SECONDS) / 1600, peaks.overview))
  expect(columns.every((peak) => peak !== null)).toBe(true)
  expect(asked.length).toBeLessThanOrEqual(2)
})
