import { afterAll, describe, expect, test } from 'vitest'
import type { Cue } from '../wire/types'
import { indexOf, layoutCues } from './cue_layout'
import { drawCurve, drawImpulses, drawStretches, drawTable, type Curve } from './draw_curve'
import { drawBars, drawGrid, drawRuler } from './draw_time'
import { drawWave, isDeeperThanPeaks } from './draw_wave'
import { headerBytes } from './packed'
import { openPeaks, type FetchBytes } from './peaks'
import { recordedDrawing, type Drawn } from './recorded_drawing'
import { Samples } from './samples'
import { Spectrogram } from './spectrogram'
import { TimeView } from './time_view'

/** Two hours with one click of full height, at a sample that no round second hits. */
const RATE = 44_100
const FRAMES = 2 * 3600 * RATE
const CLICK = 123_456_789
const AT = CLICK / RATE
const WIDTH = 1000
const HEIGHT = 100
const LEVELS = [65_536, 16_384, 4096, 1024, 256, 64]

/** How much of the track is seen: all of it, a minute, half a second, forty samples. */
const ZOOMS: [string, number, number][] = [
  ['two hours', 0, 7200],
  ['a minute', AT - 21.3, AT + 38.7],
  ['half a second', AT - 0.17, AT + 0.33],
  ['forty samples', AT - 13.4 / RATE, AT + 26.6 / RATE],
]

const { document: page, Path2D: path } = globalThis
afterAll(() => Object.assign(globalThis, { document: page, Path2D: path }))

function viewOf(from: number, to: number): TimeView {
  const view = new TimeView(FRAMES / RATE)
  view.sampleRate = RATE
  view.setWidth(WIDTH)
  view.show(from, to)
  return view
}

/** The studio's pyramid of the click, made as it is asked for: the whole would be 40 MB. */
function clickBytes(): FetchBytes {
  let offset = 0
  const arrays = Object.fromEntries(LEVELS.map((spp) => {
    const place = { dtype: 'int16', shape: [Math.ceil(FRAMES / spp), 3], offset }
    offset += Math.ceil((place.shape[0]! * 6) / 8) * 8
    return [`peaks_${spp}`, place]
  }))
  const facts = { sample_rate: RATE, frame_count: FRAMES, duration_seconds: FRAMES / RATE, levels: LEVELS.map((spp) => ({ samples_per_pixel: spp, name: `peaks_${spp}` })), arrays }
  let header = JSON.stringify(facts)
  while ((12 + header.length) % 8) header += ' '
  const start = new Uint8Array(12 + header.length)
  start.set(new TextEncoder().encode('PHOSARR1'))
  new DataView(start.buffer).setUint32(8, header.length, true)
  start.set(new TextEncoder().encode(header), 12)
  const body = headerBytes(start.buffer)
  const clicks = LEVELS.map((spp) => body + arrays[`peaks_${spp}`]!.offset + Math.floor(CLICK / spp) * 6 + 2)
  return (from, to) => {
    const made = new Uint8Array(to - from)
    made.set(start.subarray(from, Math.min(to, start.length)))
    for (const at of clicks) if (at >= from && at + 1 < to) new DataView(made.buffer).setInt16(at - from, 32_767, true)
    return Promise.resolve(made.buffer)
  }
}

const samples = new Samples({ sample_rate: RATE, channels: 2, frame_count: FRAMES }, (first, count) => {
  const made = new Int16Array(count * 2)
  if (CLICK >= first && CLICK < first + count) made.fill(32_767, (CLICK - first) * 2, (CLICK - first) * 2 + 2)
  return Promise.resolve(made)
})

const pause = (milliseconds = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

function tallest({ rects }: Drawn): number[] {
  const most = Math.max(...rects.map(({ height }) => height))
  return rects.filter(({ height }) => height > most - 1).map(({ x, width }) => x + width / 2)
}

/** One value of 1 in silence, `rate` values a second. */
function bump(rate: number, columns = 1): Curve & { second: number } {
  const values = new Uint8Array(Math.ceil(7200 * rate) * columns)
  const row = Math.round(AT * rate)
  values[row * columns] = 255
  return { values, columns, scale: 1 / 255, secondsPerValue: 1 / rate, start: 0, second: row / rate }
}

describe.each(ZOOMS)('seeing %s', (_name, from, to) => {
  const view = viewOf(from, to)
  const x = view.xOf(AT)

  test('the click stands in the waveform where its sample is', async () => {
    const peaks = await openPeaks(clickBytes())
    peaks.want(view.from, view.to, peaks.levelFor(view.pxPerSecond))
    if (isDeeperThanPeaks(peaks, view.pxPerSecond)) samples.want(view.from, view.to)
    await pause(80)
    const { drawing, drawn } = recordedDrawing(view, HEIGHT)
    drawWave(drawing, { peaks, samples, tint: null }, { left: 0, right: WIDTH, playedX: 0 })
    if (view.pxPerSecond > RATE) {
      // Samples one by one: a point in the very place.
      const points = drawn.rects.filter(({ y }) => y < HEIGHT / 4).map(({ x: left, width }) => left + width / 2)
      expect(points.length).toBe(2)
      for (const point of points) expect(point).toBeCloseTo(x, 6)
      return
    }
    const seen = tallest(drawn)
    expect(seen.length).toBeGreaterThan(0)
    // A column of the picture is a pixel wide and its peak a pixel at most.
    for (const place of seen) expect(Math.abs(place - x)).toBeLessThanOrEqual(1.5)
    expect(seen.some((place) => Math.abs(place - x) <= 1)).toBe(true)
  })

  test('a cue, a beat, an onset, a section and the ruler stand there, too', () => {
    const cue = { id: 'a', seconds: AT, end_seconds: null, colour: 'red', label: '' } as Cue
    expect(layoutCues(indexOf([cue]), view, () => false).flags[0]!.left).toBeCloseTo(x, 6)

    const beats = { markers: [], beats: [AT], downbeats: [AT], onsets: [AT] }
    for (const draw of [drawBars, drawGrid]) {
      const { drawing, drawn } = recordedDrawing(view, HEIGHT)
      draw(drawing, beats)
      for (const rect of drawn.rects) expect(Math.abs(rect.x - x)).toBeLessThanOrEqual(0.5)
      expect(drawn.rects.length).toBeGreaterThan(0)
    }
    const impulses = recordedDrawing(view, HEIGHT)
    drawImpulses(impulses.drawing, beats.onsets, null, 'hue')
    expect(impulses.drawn.rects.map((rect) => Math.abs(rect.x - x) <= 0.5)).toEqual([true])
    const sections = recordedDrawing(view, HEIGHT)
    drawStretches(sections.drawing, [{ from: 0, to: AT, label: 'A', hue: 'a' }, { from: AT, to: 7200, label: 'B', hue: 'b' }])
    expect(sections.drawn.rects.filter(({ style }) => style === 'b').every((rect) => Math.abs(rect.x - x) < 1e-6)).toBe(true)
  })

  test('the ruler names the second that stands under its line, to a tenth of a millisecond', () => {
    const { drawing, drawn } = recordedDrawing(view, 26)
    drawRuler(drawing)
    const seen = drawn.texts.filter((one) => one.x >= 5)
    expect(seen.length).toBeGreaterThan(3)
    for (const { x: left, text } of seen) {
      const named = text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
      expect(Math.abs(view.xOf(named) - (left - 5))).toBeLessThanOrEqual(0.51)
    }
    // Two labels never say the same.
    expect(new Set(seen.map(({ text }) => text)).size).toBe(seen.length)
  })

  test('curves and tables have their values where their seconds are', () => {
    const curve = bump(86.1328125 / 2)
    const line = recordedDrawing(view, HEIGHT)
    drawCurve(line.drawing, curve, 'hue')
    const top = Math.min(...line.drawn.rects.map(({ y }) => y))
    const place = view.xOf(curve.second)
    const inside = place > 1 && place < WIDTH - 1
    if (inside) {
      const at = line.drawn.rects.filter(({ y }) => y < top + 0.5).map((rect) => rect.x)
      expect(at.some((one) => Math.abs(one - place) <= 1)).toBe(true)
    }
    const notes = bump(21.533203125, 12)
    const cells = recordedDrawing(view, HEIGHT)
    drawTable(cells.drawing, notes, 'hue')
    const { data, left, width, columns } = cells.drawn.images[0]!
    const row = data!.subarray((12 - 1) * columns * 4)
    const lit = Array.from({ length: columns }, (_, column) => column).filter((column) => row[column * 4 + 3]! > 200)
    const middle = view.xOf(notes.second)
    if (middle < 0 || middle > WIDTH) return
    const centres = lit.map((column) => left + ((column + 0.5) * width) / columns)
    expect(centres.some((one) => Math.abs(one - middle) <= Math.max(1, width / columns / 2 + 1e-6))).toBe(true)
    if (width / columns > 1) expect(centres[0]).toBeCloseTo(middle, 4)
  })

  test('the column of the spectrogram that holds the sample lies over it', () => {
    const columns = Math.ceil(FRAMES / 256)
    const levels: { columns: number; tiles: number; first: number }[] = []
    for (let count = columns; ; count = Math.ceil(count / 4)) {
      levels.push({ columns: count, tiles: Math.ceil(count / 512), first: 0 })
      if (count <= 512) break
    }
    const spectrogram = new Spectrogram({ sample_rate: RATE, hop: 256, columns, rows: 192, low_hz: 27.5, high_hz: 20_000, tile_columns: 512, levels }, () => Promise.reject(new Error('none')))
    const level = spectrogram.levelFor(view.pxPerSecond)
    const column = Math.floor(CLICK / (256 * 4 ** level))
    const patch = spectrogram.patches(level, view).find(({ tile, column: first, columns: count }) => column >= tile * 512 + first && column < tile * 512 + first + count)!
    const each = patch.width / patch.columns
    const left = patch.left + (column - patch.tile * 512 - patch.column) * each
    expect(left).toBeLessThanOrEqual(x + 1e-6)
    expect(left + each).toBeGreaterThan(x - 1e-6)
    // Of the tiles only what is seen is drawn, with a column beside it.
    for (const one of spectrogram.patches(level, view)) {
      expect(one.left).toBeGreaterThanOrEqual(-2 * each - 1e-6)
      expect(one.left + one.width).toBeLessThanOrEqual(WIDTH + 2 * each + 1e-6)
    }
  })

  test('a click of the hand there seeks to that sample', () => {
    expect(Math.abs(view.secondsAt(x) - AT) * RATE).toBeLessThan(1e-3)
  })
})
