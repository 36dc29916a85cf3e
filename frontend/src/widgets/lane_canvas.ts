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
  const { colour, forget } = tokensOf(canvas)
  let size: { width: number; height: number } | null = null
  let asked = 0
  const paint = (): void => {
    asked = 0
    // Asked once: reading the size of every lane in every picture would lay the page out again and again.
    size ??= { width: canvas.clientWidth, height: canvas.clientHeight }
    if (size.width === 0 || size.height === 0) return
    const fitted = fitCanvas(canvas, size)
    if (fitted) draw({ context: fitted[0], width: fitted[1], height: fitted[2], view, colour })
  }
  const redraw = (): void => {
    asked ||= requestAnimationFrame(paint)
  }
  scope.add(() => cancelAnimationFrame(asked))
  scope.add(view.events.on('change', redraw))
  const sizes = new ResizeObserver(([entry]) => {
    if (entry) size = { width: entry.contentRect.width, height: entry.contentRect.height }
    redraw()
  })
  sizes.observe(canvas)
  scope.add(() => sizes.disconnect())
  scope.listen(window, 'theme', () => {
    forget()
    redraw()
  })
  redraw()
  return { canvas, redraw }
}

/** Tokens are read once per theme: each reading makes the browser settle its styles. */
function tokensOf(canvas: HTMLCanvasElement): { colour: (name: string) => string; forget: () => void } {
  const known = new Map<string, string>()
  return {
    colour(name) {
      const found = known.get(name)
      if (found !== undefined) return found
      const value = token(canvas, name)
      known.set(name, value)
      return value
    },
    forget: () => known.clear(),
  }
}
