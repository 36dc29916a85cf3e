/** The time ruler, the bar ruler and the beat lines behind curves. */
import { clock } from '../lib/format'
import { barNumber, lastAtOrBefore, type Beats } from './beats'
import type { Drawing } from './lane_canvas'

const STEPS = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600]
const LABEL_PX = 84
const BAR_LABEL_PX = 34

function beginText({ context, colour }: Drawing): void {
  context.font = `11px ${colour('font')}`
  context.textBaseline = 'middle'
}

export function drawRuler(drawing: Drawing): void {
  const { context, height, view, colour } = drawing
  beginText(drawing)
  const step = STEPS.find((seconds) => seconds * view.pxPerSecond > LABEL_PX) ?? 3600
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  for (let index = Math.ceil(view.from / step - 1); index * step < view.to; index++) {
    const seconds = index * step // not added up: a thousand steps would be as many roundings
    const x = Math.round(view.xOf(seconds))
    context.fillStyle = colour('downbeat')
    context.fillRect(x, height - 6, 1, 6)
    context.fillStyle = colour('text-faint')
    context.fillText(clock(seconds, decimals), x + 5, height / 2)
    context.fillStyle = colour('beat')
    for (let part = 1; part < 4; part++) context.fillRect(Math.round(view.xOf(seconds + (step * part) / 4)), height - 3, 1, 3)
  }
}

/** Every how many downbeats one is shown, so that lines stay `px` apart: 1, 2, 4, 8 … */
function thinning(downbeats: number[], pxPerSecond: number, px: number): number {
  if (downbeats.length < 2) return 1
  const bar = ((downbeats.at(-1)! - downbeats[0]!) / (downbeats.length - 1)) * pxPerSecond
  return 2 ** Math.max(0, Math.ceil(Math.log2(px / Math.max(bar, 1e-9))))
}

/** Numbers that would stand under something else are left out. */
export function drawBars(drawing: Drawing, grid: Beats, isCovered: (x: number) => boolean = () => false): void {
  const { context, height, view, colour } = drawing
  beginText(drawing)
  const every = thinning(grid.downbeats, view.pxPerSecond, BAR_LABEL_PX)
  if (every === 1) {
    context.fillStyle = colour('beat')
    eachVisible(grid.beats, drawing, (x) => context.fillRect(x, height - 7, 1, 7))
  }
  eachVisible(grid.downbeats, drawing, (x, index) => {
    if (index % every) return
    context.fillStyle = colour('text-faint')
    context.fillRect(x, 0, 1, height)
    if (isCovered(x)) return
    context.fillStyle = colour('text-soft')
    context.fillText(String(barNumber(grid, index)), x + 5, height / 2)
  })
}

export function drawGrid(drawing: Drawing, grid: Beats): void {
  const { context, height, view, colour } = drawing
  const every = thinning(grid.downbeats, view.pxPerSecond, 12)
  if (every === 1) {
    context.globalAlpha = 0.6
    context.fillStyle = colour('beat')
    eachVisible(grid.beats, drawing, (x) => context.fillRect(x, 0, 1, height))
  }
  context.globalAlpha = 0.5
  context.fillStyle = colour('downbeat')
  eachVisible(grid.downbeats, drawing, (x, index) => {
    if (index % every === 0) context.fillRect(x, 0, 1, height)
  })
  context.globalAlpha = 1
}

function eachVisible(times: number[], { view }: Drawing, draw: (x: number, index: number) => void): void {
  // One bar number may begin left of the window and still show its text.
  for (let index = Math.max(0, lastAtOrBefore(times, view.from)); index < times.length; index++) {
    if (times[index]! > view.to) break
    draw(Math.round(view.xOf(times[index]!)), index)
  }
}
