/** Curves over time: a filled line, impulses, a table of rows as brightness, named stretches. */
import type { Drawing } from './lane_canvas'
import type { NumberArray } from './packed'

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
  let most = 0
  for (let row = Math.ceil(first); row < end; row++) most = Math.max(most, read(row))
  return most
}

export function drawCurve({ context, width, height, view, colour }: Drawing, curve: Curve, hue: string): void {
  const top = 5
  const line = new Path2D()
  const area = new Path2D()
  const end = Math.min(width, view.xOf(view.durationSeconds))
  area.moveTo(0, height)
  for (let x = 0; x <= end; x++) {
    const from = view.from + x / view.pxPerSecond
    const y = height - 3 - clamp(levelBetween(curve, from, from + 1 / view.pxPerSecond)) * (height - 3 - top)
    if (x === 0) line.moveTo(x, y)
    else line.lineTo(x, y)
    area.lineTo(x, y)
  }
  area.lineTo(end, height)
  context.fillStyle = context.strokeStyle = colour(hue)
  context.globalAlpha = 0.2
  context.fill(area)
  context.globalAlpha = 1
  context.lineWidth = 1.25
  context.stroke(line)
}

/** Moments with a strength each: a stem per moment, the strongest of those that fall on one pixel. */
export function drawImpulses(
  { context, height, view, colour }: Drawing,
  times: ArrayLike<number>,
  strengths: ArrayLike<number> | null,
  hue: string,
): void {
  context.fillStyle = colour(hue)
  let lastX = -3
  for (let index = 0; index < times.length; index++) {
    const x = Math.round(view.xOf(times[index]!))
    if (x < 0) continue
    if (x > view.width) break
    if (x - lastX < 2) continue
    lastX = x
    const strength = clamp(strengths?.[index] ?? 1)
    context.globalAlpha = 0.35 + 0.65 * strength
    context.fillRect(x, height - 3 - strength * (height - 9), 2, strength * (height - 9))
  }
  context.globalAlpha = 1
}

/** Twelve (or any number of) rows, bottom first, as brightness of one hue. */
export function drawTable({ context, width, height, view, colour }: Drawing, curve: Curve, hue: string): void {
  context.fillStyle = colour(hue)
  const cell = Math.max(3, Math.min(12, curve.secondsPerValue * view.pxPerSecond))
  const row = height / curve.columns
  const end = Math.min(width, view.xOf(view.durationSeconds))
  for (let x = 0; x < end; x += cell) {
    const from = view.from + x / view.pxPerSecond
    for (let column = 0; column < curve.columns; column++) {
      const strength = clamp(levelBetween(curve, from, from + cell / view.pxPerSecond, column))
      if (strength < 0.02) continue
      context.globalAlpha = strength * 0.95
      context.fillRect(x, height - (column + 1) * row, Math.min(cell, end - x), row - 0.5)
    }
  }
  context.globalAlpha = 1
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
