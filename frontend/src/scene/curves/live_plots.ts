/** Live plots: one small plot below the other, all under one cursor that stands still while the signals pass it. */
import { element, fitCanvas, token } from '../../lib/element'
import type { Scope } from '../../lib/scope'
import { levelBetween } from '../../widgets/draw_curve'
import type { Player } from '../../widgets/player'
import { hueOf, plotted, valueAt, type SceneCurve } from './read_curves'

export interface LivePlots {
  setCurves(curves: readonly SceneCurve[], hidden: readonly string[]): void
  setWindow(seconds: number): void
}

interface Row {
  curve: SceneCurve
  hue: string
  canvas: HTMLCanvasElement
  value: HTMLElement
}

/** Where the cursor stands: more is seen of what comes than of what was. */
export const CURSOR_AT = 0.4
const digits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })

export function createLivePlots(scope: Scope, parent: HTMLElement, player: Player): LivePlots {
  const box = element('div', { class: 'liveplots' }, parent)
  scope.add(() => box.remove())
  let rows: Row[] = []
  let [windowSeconds, asked, seconds] = [5, 0, player.seconds]

  const paint = (): void => {
    asked = 0
    const from = seconds - windowSeconds * CURSOR_AT
    // Only what is seen of the list.
    const [top, bottom] = [box.scrollTop, box.scrollTop + box.clientHeight]
    for (const row of rows) {
      const place = row.canvas.offsetTop
      if (place + row.canvas.offsetHeight < top || place > bottom) continue
      drawRow(row, from, windowSeconds, seconds)
    }
  }
  const redraw = (): void => {
    asked ||= requestAnimationFrame(paint)
  }
  scope.add(() => cancelAnimationFrame(asked))
  scope.add(player.events.on('tick', (now) => {
    seconds = now
    redraw()
  }))
  scope.listen(box, 'scroll', redraw)
  scope.listen(window, 'theme', redraw)
  const sizes = new ResizeObserver(redraw)
  sizes.observe(box)
  scope.add(() => sizes.disconnect())

  return {
    setCurves(curves, hidden) {
      box.replaceChildren()
      rows = plotted(curves, hidden).map((curve) => {
        const line = element('div', { class: 'liveplot', 'data-curve': curve.name }, box)
        const head = element('div', { class: 'row xxs' }, line)
        element('span', { class: 'grow clip soft' }, head, curve.title)
        const value = element('span', { class: 'num' }, head)
        const canvas = element('canvas', { class: curve.columns > 1 ? 'tall' : '', 'aria-hidden': true }, line)
        return { curve, hue: `hue-${hueOf(curves, curve.name)}`, canvas, value }
      })
      redraw()
    },
    setWindow(next) {
      windowSeconds = next
      redraw()
    },
  }
}

function drawRow(row: Row, from: number, span: number, now: number): void {
  const fitted = fitCanvas(row.canvas)
  if (!fitted) return
  const [context, width, height] = fitted
  if (row.curve.columns > 1) drawTable(context, row, from, span, width, height)
  else drawLine(context, row, from, span, width, height)
  context.fillStyle = token(row.canvas, 'playhead')
  context.fillRect(Math.round(width * CURSOR_AT), 0, 1, height)
  const value = valueAt(row.curve, now)
  const text = value === null ? `${row.curve.columns} rows` : digits.format(value)
  if (row.value.textContent !== text) row.value.textContent = text
}

/** Seconds that the curve has: outside of them nothing is drawn. */
function extent({ values, columns, secondsPerValue }: SceneCurve): number {
  return (values.length / columns) * secondsPerValue
}

function drawLine(context: CanvasRenderingContext2D, { curve, hue, canvas }: Row, from: number, span: number, width: number, height: number): void {
  const end = extent(curve)
  const line = new Path2D()
  let isOpen = false
  for (let x = 0; x <= width; x++) {
    const second = from + (x / width) * span
    if (second < 0 || second > end) continue
    const y = height - 2 - levelBetween(curve, second, second + span / width) * (height - 4)
    if (isOpen) line.lineTo(x, y)
    else line.moveTo(x, y)
    isOpen = true
  }
  // Where zero is, for signals that go both ways.
  if (curve.low < 0 && curve.high > 0) {
    context.fillStyle = token(canvas, 'line')
    context.fillRect(0, height - 2 + (curve.low / (curve.high - curve.low)) * (height - 4), width, 1)
  }
  context.strokeStyle = token(canvas, hue)
  context.lineWidth = 1.25
  context.stroke(line)
}

const sheet = typeof document === 'undefined' ? null : document.createElement('canvas')

/** A table of rows as brightness: as many pixels as it has points, stretched over the plot. */
function drawTable(context: CanvasRenderingContext2D, { curve, hue, canvas }: Row, from: number, span: number, width: number, height: number): void {
  const { values, columns, secondsPerValue } = curve
  const points = values.length / columns
  const first = Math.max(0, Math.floor(from / secondsPerValue))
  const many = Math.min(points, Math.ceil((from + span) / secondsPerValue)) - first
  const pen = sheet?.getContext('2d')
  if (!sheet || !pen || many < 1) return
  sheet.width = many
  sheet.height = columns
  const picture = pen.createImageData(many, columns)
  for (let at = 0; at < many; at++) {
    for (let row = 0; row < columns; row++) picture.data[((columns - 1 - row) * many + at) * 4 + 3] = values[(first + at) * columns + row]!
  }
  pen.putImageData(picture, 0, 0)
  // The picture holds how much; the colour comes over it.
  pen.globalCompositeOperation = 'source-in'
  pen.fillStyle = token(canvas, hue)
  pen.fillRect(0, 0, many, columns)
  context.drawImage(sheet, ((first * secondsPerValue - from) / span) * width, 0, ((many * secondsPerValue) / span) * width, height)
}
