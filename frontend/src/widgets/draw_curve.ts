/** Curves over time: a filled line, impulses, a table of rows as brightness, named stretches. */
import { lastAtOrBefore } from './beats'
import { mostBetween } from './curve_levels'
import type { Drawing } from './lane_canvas'
import type { NumberArray } from './packed'
import { rgbOf } from './tints'

/** Evenly spaced numbers, 0…1 after scaling. Row-major when there are several columns. */
export interface Curve {
  values: NumberArray
  columns: number
  /** Value × scale is 0…1. */
  scale: number
  secondsPerValue: number
  /** The second of the first value. */
  start: number
}

export interface Stretch {
  from: number
  to: number
  label: string
  hue: string
}

/** The largest value of a column between two seconds, or what lies between two values where they are far apart. */
export function levelBetween(curve: Curve, from: number, to: number, column = 0): number {
  const rows = curve.values.length / curve.columns
  const read = (row: number): number =>
    curve.values[Math.min(rows - 1, Math.max(0, row)) * curve.columns + column]! * curve.scale
  const first = (from - curve.start) / curve.secondsPerValue
  const end = (to - curve.start) / curve.secondsPerValue
  if (end - first < 1) {
    const row = Math.floor(first)
    return read(row) + (read(row + 1) - read(row)) * (first - row)
  }
  return mostBetween(curve, Math.ceil(first), Math.ceil(end), column)
}

const [TOP, FOOT] = [5, 3]

/**
 * `isBare` leaves the ground below the line as it is: a second curve over another. In columns of one screen pixel: on a
 * machine without a graphics card they are painted in a third of the time of a stroked path.
 */
export function drawCurve({ context, width, height, view, colour }: Drawing, curve: Curve, hue: string, isBare = false): void {
  const step = Math.min(1, 1 / (globalThis.devicePixelRatio || 1))
  const end = Math.min(width, view.xOf(view.durationSeconds))
  const half = isBare ? 0.9 : 0.65
  const foot = height - FOOT
  const heights = new Float32Array(Math.max(0, Math.ceil(end / step)))
  for (let column = 0; column < heights.length; column++) {
    const from = view.from + (column * step) / view.pxPerSecond
    heights[column] = foot - clamp(levelBetween(curve, from, from + step / view.pxPerSecond)) * (foot - TOP)
  }
  context.fillStyle = colour(hue)
  if (!isBare) {
    context.globalAlpha = 0.2
    for (let column = 0; column < heights.length; column++) {
      const top = Math.round(heights[column]!)
      context.fillRect(column * step, top, step, height - top)
    }
    context.globalAlpha = 1
  }
  // Each column reaches half-way to its neighbours, so that the line is whole however steep it is.
  for (let column = 0; column < heights.length; column++) {
    const y = heights[column]!
    const before = (y + (heights[column - 1] ?? y)) / 2
    const after = (y + (heights[column + 1] ?? y)) / 2
    const top = Math.min(y, before, after) - half
    context.fillRect(column * step, top, step, Math.max(y, before, after) + half - top)
  }
}

/** Moments with a strength each: a stem per moment, the strongest of those that fall on one pixel. */
export function drawImpulses(
  { context, height, view, colour }: Drawing,
  times: ArrayLike<number>,
  strengths: ArrayLike<number> | null,
  hue: string,
): void {
  context.fillStyle = colour(hue)
  const stem = (x: number, strength: number): void => {
    context.globalAlpha = 0.35 + 0.65 * strength
    context.fillRect(x, height - 3 - strength * (height - 9), 2, strength * (height - 9))
  }
  let [x, most] = [-Infinity, 0]
  for (let index = Math.max(0, lastAtOrBefore(times, view.from - 2 / view.pxPerSecond)); index < times.length; index++) {
    const next = Math.round(view.xOf(times[index]!))
    if (next > view.width) break
    const strength = clamp(strengths?.[index] ?? 1)
    // Stems are two pixels wide: what begins under one is the same stem.
    if (next - x < 2) most = Math.max(most, strength)
    else {
      if (x >= -2) stem(x, most)
      ;[x, most] = [next, strength]
    }
  }
  if (x >= -2) stem(x, most)
  context.globalAlpha = 1
}

/** Twelve (or any number of) rows, bottom first, as brightness of one hue. The cell of a value has its second in the middle. */
export function drawTable({ context, width, height, view, colour }: Drawing, curve: Curve, hue: string): void {
  const picture = tableContext()
  if (!picture) return
  const { secondsPerValue, start, columns } = curve
  const rows = curve.values.length / columns
  const end = Math.min(width, view.xOf(view.durationSeconds))
  const isWide = secondsPerValue * view.pxPerSecond >= 1
  // A column of the picture is a value where these are wider than pixels, else a pixel.
  const first = isWide ? Math.max(0, Math.round((view.from - start) / secondsPerValue)) : 0
  const last = isWide ? Math.min(rows - 1, Math.round((view.to - start) / secondsPerValue)) : Math.ceil(end) - 1
  const count = last - first + 1
  if (count <= 0) return
  const image = picture.createImageData(count, columns)
  const [red, green, blue] = rgbOf(colour(hue))
  for (let at = 0; at < count; at++) {
    const from = view.from + at / view.pxPerSecond
    for (let column = 0; column < columns; column++) {
      const strength = isWide
        ? curve.values[(first + at) * columns + column]! * curve.scale
        : levelBetween(curve, from, from + 1 / view.pxPerSecond, column)
      const place = ((columns - 1 - column) * count + at) * 4
      image.data[place] = red
      image.data[place + 1] = green
      image.data[place + 2] = blue
      image.data[place + 3] = clamp(strength) * 242
    }
  }
  picture.canvas.width = count
  picture.canvas.height = columns
  picture.putImageData(image, 0, 0)
  const left = isWide ? view.xOf(start + (first - 0.5) * secondsPerValue) : 0
  const right = isWide ? view.xOf(start + (last + 0.5) * secondsPerValue) : count
  context.imageSmoothingEnabled = false
  context.drawImage(picture.canvas, left, 0, right - left, height)
  context.imageSmoothingEnabled = true
}

let table: CanvasRenderingContext2D | null = null

/** One small canvas for all tables: what is drawn on it goes to its lane at once. */
function tableContext(): CanvasRenderingContext2D | null {
  return (table ??= document.createElement('canvas').getContext('2d'))
}

export function drawStretches({ context, width, height, view, colour }: Drawing, stretches: readonly Stretch[]): void {
  context.font = `500 11px ${colour('font')}`
  context.textBaseline = 'middle'
  for (const { from, to, label, hue } of stretches) {
    const left = view.xOf(from)
    const right = view.xOf(to)
    if (right < 0 || left > width) continue
    context.fillStyle = colour(hue)
    context.globalAlpha = 0.22
    context.fillRect(left, 0, right - left - 1, height)
    context.globalAlpha = 1
    context.fillRect(left, 0, 2, height)
    const seen = Math.min(right, width) - Math.max(0, left)
    context.fillStyle = colour('text-soft')
    if (seen > context.measureText(label).width + 10) context.fillText(label, Math.max(0, left) + 7, height / 2)
  }
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value))
}

/** Stretches in which results are cut off: stripes along the end that cuts them. */
export function drawClamped({ context, height, view, colour }: Drawing, places: readonly { from: number; to: number; end: 'low' | 'high' }[]): void {
  const deep = 5
  context.fillStyle = colour('warn')
  for (const { from, to, end } of places) {
    const [left, right] = [view.xOf(from), Math.max(view.xOf(to), view.xOf(from) + 2)]
    if (right < 0 || left > view.width) continue
    const top = end === 'high' ? 0 : height - deep
    context.globalAlpha = 0.35
    context.fillRect(left, top, right - left, deep)
    context.globalAlpha = 1
    for (let x = Math.max(0, left); x < Math.min(right, view.width); x += 6) context.fillRect(x, top, Math.min(3, right - x), deep)
  }
}
