/** A canvas that fills a lane and draws itself again when its time, its size, its data or the theme changes. */
import { element, fitCanvas, token } from '../lib/element'
import type { Scope } from '../lib/scope'
import type { TimeView } from './time_view'

export interface Drawing {
  context: CanvasRenderingContext2D
  width: number
  height: number
  view: TimeView
  /** A colour or size of the theme: `colour('hue-blue')`. */
  colour: (name: string) => string
}

export interface LaneCanvas {
  readonly canvas: HTMLCanvasElement
  /** Draw with the next painted picture. */
  redraw: () => void
}

export function createLaneCanvas(scope: Scope, parent: HTMLElement, view: TimeView, draw: (drawing: Drawing) => void): LaneCanvas {
  const canvas = element('canvas', { 'aria-hidden': 'true' }, parent)
  scope.add(() => canvas.remove())
  let asked = 0
  const paint = (): void => {
    asked = 0
    const fitted = fitCanvas(canvas)
    if (!fitted || canvas.clientHeight === 0) return
    const [context, width, height] = fitted
    draw({ context, width, height, view, colour: tokensOf(canvas) })
  }
  const redraw = (): void => {
    asked ||= requestAnimationFrame(paint)
  }
  scope.add(() => cancelAnimationFrame(asked))
  scope.add(view.events.on('change', redraw))
  const sizes = new ResizeObserver(redraw)
  sizes.observe(canvas)
  scope.add(() => sizes.disconnect())
  scope.listen(window, 'theme', redraw)
  redraw()
  return { canvas, redraw }
}

function tokensOf(canvas: HTMLCanvasElement): (name: string) => string {
  const known = new Map<string, string>()
  return (name) => {
    const found = known.get(name)
    if (found !== undefined) return found
    const value = token(canvas, name)
    known.set(name, value)
    return value
  }
}
