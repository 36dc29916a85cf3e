/** The waveform: peaks in one tone, loudness (rms) in a second on top, played and not yet played in two pairs of colours. */
import { drawSamples } from './draw_samples'
import type { Drawing } from './lane_canvas'
import type { Peaks, WaveColumns } from './peaks'
import type { Samples } from './samples'

/** What of the sound is there to be drawn. */
export interface WaveSource {
  peaks: Peaks
  samples: Samples | null
  /** The colour of a stretch by its bands, where the person wants that. */
  tint: ((from: number, to: number) => string) | null
}

/** A part of the lane between two x; what lies left of `playedX` has been heard. */
export interface WavePart {
  left: number
  right: number
  playedX: number
}

const MOST_GAIN = 8

/** Quiet tracks are drawn larger, loud ones as they are. */
export function gainOf(peaks: Peaks): number {
  const { loudest } = peaks
  return loudest !== null && loudest > 1e-4 ? Math.min(MOST_GAIN, 1 / loudest) : 1
}

/** Whether pixels are finer than the finest peaks, so that the samples themselves are wanted. */
export function isDeeperThanPeaks(peaks: Peaks, pxPerSecond: number): boolean {
  return peaks.levels.at(-1)!.secondsPerPixel * pxPerSecond > 1
}

export function drawWave(drawing: Drawing, source: WaveSource, { left, right, playedX }: WavePart): void {
  const { view } = drawing
  const { peaks, samples } = source
  const isDeep = isDeeperThanPeaks(peaks, view.pxPerSecond)
  if (isDeep) samples?.want(view.from, view.to)
  const hasSamples = isDeep && samples !== null && samples.has(view.from, view.to)
  if (hasSamples && view.pxPerSecond > samples.facts.sample_rate) {
    drawSamples(drawing, samples, { left, right, playedX, gain: gainOf(peaks), tint: source.tint })
    return
  }
  // Columns lie on whole pixels of the screen, so that a part drawn again meets what stands beside it.
  const step = Math.min(1, 1 / (globalThis.devicePixelRatio || 1))
  const first = Math.floor(left / step)
  const count = Math.min(Math.ceil((right - left) / step) + 1, Math.ceil(drawing.width / step) - first)
  if (count <= 0) return
  const columns = roomFor(count)
  const from = view.from + (first * step) / view.pxPerSecond
  if (hasSamples) samples.fill(columns, from, step / view.pxPerSecond, count)
  else {
    const level = peaks.levelFor(view.pxPerSecond)
    peaks.want(view.from, view.to, level)
    peaks.fill(columns, from, step / view.pxPerSecond, count, level)
  }
  paint(drawing, source, { columns, count, first, step, playedX })
}

interface Columns {
  columns: WaveColumns
  count: number
  /** Place of the first of them on the lane, in steps. */
  first: number
  step: number
  playedX: number
}

/** Tones of peaks and of the body, not yet played and played, and how strong each is where bands give the colour. */
const TONES = [['wave-peak', 'wave'], ['wave-played-peak', 'wave-played']] as const
const STRENGTHS = [[0.55, 1], [0.3, 0.5]] as const

function paint(drawing: Drawing, { peaks, tint }: WaveSource, part: Columns): void {
  const split = Math.min(part.count, Math.max(0, Math.round(part.playedX / part.step) - part.first))
  const reach = (drawing.height / 2) * 0.94 * gainOf(peaks)
  for (const [heard, from, to] of [[1, 0, split], [0, split, part.count]] as const) {
    for (const layer of [0, 1] as const) {
      drawing.context.fillStyle = drawing.colour(TONES[heard][layer])
      if (tint) drawing.context.globalAlpha = STRENGTHS[heard][layer]
      paintLayer(drawing, part, { from, to, reach, isBody: layer === 1, tint })
    }
  }
  drawing.context.globalAlpha = 1
}

interface Layer {
  from: number
  to: number
  reach: number
  isBody: boolean
  tint: WaveSource['tint']
}

function paintLayer({ context, height, view }: Drawing, { columns, first, step }: Columns, { from, to, reach, isBody, tint }: Layer): void {
  const middle = height / 2
  for (let column = from; column < to; column++) {
    const high = columns.high[column]!
    if (Number.isNaN(high)) continue
    let top = Math.min(middle - 0.5, middle - high * reach)
    let bottom = Math.max(middle + 0.5, middle - columns.low[column]! * reach)
    if (isBody) {
      const body = Math.max(0.5, columns.rms[column]! * reach)
      top = Math.max(top, middle - body)
      bottom = Math.min(bottom, middle + body)
    }
    const x = (first + column) * step
    if (tint) context.fillStyle = tint(view.from + x / view.pxPerSecond, view.from + (x + step) / view.pxPerSecond)
    context.fillRect(x, top, step, bottom - top)
  }
}

let room: WaveColumns = { low: new Float32Array(0), high: new Float32Array(0), rms: new Float32Array(0) }

function roomFor(count: number): WaveColumns {
  if (room.low.length < count) room = { low: new Float32Array(count), high: new Float32Array(count), rms: new Float32Array(count) }
  return room
}
