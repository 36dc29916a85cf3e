/** A canvas for tests: it keeps what was drawn on it, in CSS px. */
import type { Drawing } from './lane_canvas'
import type { TimeView } from './time_view'

export interface Drawn {
  rects: { x: number; y: number; width: number; height: number; style: string }[]
  points: { x: number; y: number }[]
  texts: { x: number; text: string }[]
  images: { columns: number; left: number; width: number; data: Uint8ClampedArray | null }[]
}

/** What was last put on the small canvas that all tables share. */
let picture: Uint8ClampedArray | null = null

/** A drawing of that view and what was drawn in it so far. */
export function recordedDrawing(view: TimeView, height: number): { drawing: Drawing; drawn: Drawn } {
  const drawn: Drawn = { rects: [], points: [], texts: [], images: [] }
  const none = (): void => undefined
  const path = { moveTo: none, lineTo: (x: number, y: number) => drawn.points.push({ x, y }) }
  const context = {
    ...{ save: none, restore: none, beginPath: none, rect: none, clip: none, fill: none, stroke: none, clearRect: none, globalAlpha: 1 },
    ...{ lineWidth: 1, font: '', textBaseline: '', fillStyle: '', strokeStyle: '', imageSmoothingEnabled: true },
    ...path,
    canvas: { width: 0, height: 0 },
    fillRect: (x: number, y: number, width: number, tall: number) => drawn.rects.push({ x, y, width, height: tall, style: context.fillStyle }),
    fillText: (text: string, x: number) => drawn.texts.push({ x, text }),
    measureText: () => ({ width: 20 }),
    createImageData: (width: number, tall: number) => ({ width, data: new Uint8ClampedArray(width * tall * 4) }),
    putImageData: (image: { data: Uint8ClampedArray }) => (picture = image.data),
    drawImage: (source: { width: number }, left: number, _top: number, width: number) => drawn.images.push({ columns: source.width, left, width, data: picture }),
  }
  globalThis.Path2D = class {
    moveTo = none
    lineTo = path.lineTo
  } as unknown as typeof Path2D
  globalThis.document = { createElement: () => ({ getContext: () => context }) } as unknown as Document
  const drawing = { context: context as unknown as CanvasRenderingContext2D, width: view.width, height, view, colour: (name: string) => name }
  return { drawing, drawn }
}
