import { expect, test, vi } from 'vitest'
import { recordedDrawing } from './recorded_drawing'
import { Samples } from './samples'
import { Spectrogram } from './spectrogram'
import { TimeView } from './time_view'

const RATE = 44_100
const COLUMNS = Math.ceil((7200 * RATE) / 256)

function made(fetched: string[] = []): Spectrogram {
  const levels: { columns: number; tiles: number; first: number }[] = []
  for (let columns = COLUMNS; ; columns = Math.ceil(columns / 4)) {
    levels.push({ columns, tiles: Math.ceil(columns / 512), first: 0 })
    if (columns <= 512) break
  }
  return new Spectrogram({ sample_rate: RATE, hop: 256, columns: COLUMNS, rows: 192, low_hz: 27.5, high_hz: 20_000, tile_columns: 512, levels }, async (level, tile) => {
    fetched.push(`${level}/${tile}`)
    return Promise.resolve({ width: 4, height: 4, grey: new Uint8ClampedArray(16) })
  })
}

function viewOf(from: number, to: number): TimeView {
  const view = new TimeView(7200)
  view.setWidth(1200)
  view.show(from, to)
  return view
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

test.each([[0, 7200], [1000, 1600], [1000, 1010], [1000, 1000.5]])('of two hours only what is seen is fetched, from %d to %d s', async (from, to) => {
  const fetched: string[] = []
  const spectrogram = made(fetched)
  const { drawing } = recordedDrawing(viewOf(from, to), 120)
  for (let turn = 0; turn < 4; turn++) {
    spectrogram.draw(drawing)
    await settle()
  }
  expect(fetched.length).toBeGreaterThan(0)
  // Columns are half a pixel to two pixels wide, so that 1,200 px are at most six tiles, and the one of the whole.
  expect(fetched.length).toBeLessThanOrEqual(7)
  expect(new Set(fetched).size).toBe(fetched.length)
})

test('however far one scrolls, no more than 48 tiles stay in memory', async () => {
  const spectrogram = made()
  const view = viewOf(0, 10)
  const { drawing } = recordedDrawing(view, 120)
  for (let second = 0; second < 1500; second += 9) {
    view.show(second, second + 10)
    spectrogram.draw(drawing)
    await settle()
  }
  expect((spectrogram as unknown as { tiles: Map<string, unknown> }).tiles.size).toBeLessThanOrEqual(48)
})

test('what one has scrolled past before it came is not fetched', () => {
  const fetched: string[] = []
  const spectrogram = made(fetched)
  const view = viewOf(0, 10)
  const { drawing } = recordedDrawing(view, 120)
  for (let second = 0; second < 3000; second += 10) {
    view.show(second, second + 10)
    spectrogram.draw(drawing)
  }
  expect(fetched.length).toBeLessThanOrEqual(4)
})

test('samples are fetched once the view stands still, and only where one looks', async () => {
  vi.useFakeTimers()
  const asked: number[][] = []
  const samples = new Samples({ sample_rate: RATE, channels: 2, frame_count: 7200 * RATE }, async (first, count) => {
    asked.push([first, count])
    return Promise.resolve(new Int16Array(count * 2))
  })
  for (let second = 0; second < 100; second++) samples.want(second, second + 0.1)
  expect(asked).toEqual([])
  await vi.advanceTimersByTimeAsync(100)
  expect(asked.length).toBeLessThanOrEqual(2)
  expect(samples.has(99.01, 99.09)).toBe(true)
  expect(samples.has(50, 50.1)).toBe(false)
  samples.want(0, 7200)
  await vi.advanceTimersByTimeAsync(100)
  expect(asked.length).toBeLessThanOrEqual(2)
  vi.useRealTimers()
})
