/** Element: a DOM element in one line, for the widgets that draw without React. */

export type Attributes = Record<string, string | number | boolean | null | undefined>

/** Makes `<tag>` with attributes (`true` = present, `false`, null and undefined = absent) inside `parent`. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  parent?: ParentNode & Node,
  text?: string,
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  setAttributes(made, attributes)
  if (text !== undefined) made.textContent = text
  parent?.appendChild(made)
  return made
}

export function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) target.removeAttribute(name)
    else target.setAttribute(name, value === true ? '' : String(value))
  }
}

/** Reads a design token as the browser sees it here, so that canvases follow the theme: `token(canvas, 'accent')`. */
export function token(target: Element, name: string): string {
  return getComputedStyle(target).getPropertyValue(`--${name}`).trim()
}

/**
 * Gives the canvas one pixel per screen pixel and a context measured in CSS px. Returns [context, width, height].
 * Who knows its size in CSS px spares the browser a layout.
 */
export function fitCanvas(
  canvas: HTMLCanvasElement,
  { width, height }: { width: number; height: number } = { width: canvas.clientWidth, height: canvas.clientHeight },
): [CanvasRenderingContext2D, number, number] | null {
  const context = canvas.getContext('2d')
  if (context === null) return null
  const ratio = window.devicePixelRatio || 1
  const [inside, insideHeight] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== inside) canvas.width = inside
  if (canvas.height !== insideHeight) canvas.height = insideHeight
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  return [context, width, height]
}
