/** The spectrogram of a track: tiles that the studio has drawn, fetched where somebody looks, coloured as the theme is. */
import { createEmitter, type Emitter } from '../lib/emitter'
import type { Drawing } from './lane_canvas'
import { mixed, rgbOf, type Rgb } from './tints'

/** What stands in memory at once: about 20 MB of pictures. */
const MOST_TILES = 48
const MOST_AT_ONCE = 4

export interface SpectrogramFacts {
  sample_rate: number
  hop: number
  columns: number
  rows: number
  low_hz: number
  high_hz: number
  tile_columns: number
  levels: { columns: number; tiles: number; first: number }[]
}

/** A tile in grey, one byte a pixel is enough: [rows × columns], the highest row first. */
export interface GreyTile {
  width: number
  height: number
  grey: Uint8ClampedArray
}

export type FetchTile = (level: number, tile: number) => Promise<GreyTile>

interface Place {
  level: number
  tile: number
}

/** A stretch of a tile and where on the lane it goes: columns of the tile, CSS px of the lane. */
export interface Patch extends Place {
  column: number
  columns: number
  left: number
  width: number
}

/** `loaded` is emitted whenever more of the picture can be drawn. */
export class Spectrogram {
  readonly events: Emitter<{ loaded: void }> = createEmitter()
  private readonly tiles = new Map<string, HTMLCanvasElement | 'asked'>()
  private colours: Uint32Array | null = null
  private wanted: Place[] = []
  private running = 0

  constructor(readonly facts: SpectrogramFacts, private readonly fetchTile: FetchTile) {}

  /** The level whose columns are nearest to a pixel in width. */
  levelFor(pxPerSecond: number): number {
    const finest = (this.facts.hop / this.facts.sample_rate) * pxPerSecond
    return Math.min(this.facts.levels.length - 1, Math.max(0, Math.round(Math.log(1 / finest) / Math.log(4))))
  }

  secondsPerColumn(level: number): number {
    return (this.facts.hop / this.facts.sample_rate) * 4 ** level
  }

  /** What of a level's tiles is seen, and where. */
  patches(level: number, view: Drawing['view']): Patch[] {
    const { columns, tiles } = this.facts.levels[level]!
    const seconds = this.secondsPerColumn(level)
    const side = this.facts.tile_columns
    const first = Math.max(0, Math.floor(view.from / seconds))
    const end = Math.min(columns, Math.ceil(view.to / seconds))
    const found: Patch[] = []
    for (let tile = Math.floor(first / side); tile < tiles && tile * side < end; tile++) {
      // One column more on each side, so that smoothing has its neighbours.
      const from = Math.max(tile * side, first - 1)
      const to = Math.min((tile + 1) * side, end + 1, columns)
      found.push({ level, tile, column: from - tile * side, columns: to - from, left: view.xOf(from * seconds), width: (to - from) * seconds * view.pxPerSecond })
    }
    return found
  }

  /** Draws what is there, coarser tiles where finer ones are on their way, and asks for what is missing. */
  draw(drawing: Drawing): void {
    this.colours ??= colourTable(drawing.colour)
    const level = this.levelFor(drawing.view.pxPerSecond)
    const patches = this.patches(level, drawing.view)
    const missing = patches.filter(({ tile }) => !this.isThere({ level, tile }))
    if (missing.length > 0) this.drawCoarser(drawing, level)
    for (const patch of patches) this.drawPatch(drawing, patch)
    const top = this.facts.levels.length - 1
    this.want([...missing, ...(this.isThere({ level: top, tile: 0 }) ? [] : [{ level: top, tile: 0 }])])
  }

  /** Another theme: tiles are coloured anew as they are drawn. */
  forgetColours(): void {
    this.colours = null
    this.tiles.clear()
  }

  private isThere(place: Place): boolean {
    return typeof this.tiles.get(keyOf(place)) === 'object'
  }

  private drawCoarser(drawing: Drawing, wanted: number): void {
    for (let level = this.facts.levels.length - 1; level > wanted; level--) {
      for (const patch of this.patches(level, drawing.view)) this.drawPatch(drawing, patch)
    }
  }

  private drawPatch({ context, height }: Drawing, patch: Patch): void {
    const key = keyOf(patch)
    const tile = this.tiles.get(key)
    if (typeof tile !== 'object') return
    // The most lately seen stand last, and go last.
    this.tiles.delete(key)
    this.tiles.set(key, tile)
    // Whole pixels at the edges: half covered ones would leave a seam between two tiles.
    const [left, right] = [Math.round(patch.left), Math.round(patch.left + patch.width)]
    context.drawImage(tile, patch.column, 0, patch.columns, tile.height, left, 0, Math.max(1, right - left), height)
  }

  /** Only the latest wishes count: what one has scrolled past is not fetched. */
  private want(places: Place[]): void {
    this.wanted = places.filter((place) => !this.tiles.has(keyOf(place)))
    this.goOn()
  }

  private goOn(): void {
    while (this.running < MOST_AT_ONCE && this.wanted.length > 0) void this.ask(this.wanted.shift()!)
  }

  private async ask(place: Place): Promise<void> {
    const key = keyOf(place)
    const { colours } = this
    this.tiles.set(key, 'asked')
    this.running += 1
    try {
      const grey = await this.fetchTile(place.level, place.tile)
      if (colours === this.colours && colours) this.keep(key, painted(grey, colours))
      else this.tiles.delete(key)
      this.events.emit('loaded', undefined)
    } catch {
      // Forgotten, so that the next redraw asks again.
      this.tiles.delete(key)
    } finally {
      this.running -= 1
      this.goOn()
    }
  }

  private keep(key: string, tile: HTMLCanvasElement): void {
    this.tiles.delete(key)
    this.tiles.set(key, tile)
    for (const old of this.tiles.keys()) {
      if (this.tiles.size <= MOST_TILES) break
      this.tiles.delete(old)
    }
  }
}

function keyOf({ level, tile }: Place): string {
  return `${level}/${tile}`
}

/** From the ground of the lanes over blue and the accent to what text is written in. As pixels, little endian. */
function colourTable(colour: (name: string) => string): Uint32Array {
  const ground = rgbOf(colour('surface-well'))
  const stops: [number, Rgb][] = [
    [0, ground],
    [0.22, mixed(ground, rgbOf(colour('hue-violet')), 0.22)],
    [0.5, mixed(ground, rgbOf(colour('hue-blue')), 0.7)],
    [0.76, rgbOf(colour('accent'))],
    [1, rgbOf(colour('text'))],
  ]
  return Uint32Array.from({ length: 256 }, (_, value) => {
    const share = value / 255
    const at = Math.max(1, stops.findIndex(([place]) => place >= share))
    const [[low, from], [high, to]] = [stops[at - 1]!, stops[at]!]
    const [red, green, blue] = mixed(from, to, (share - low) / (high - low)).map(Math.round) as unknown as Rgb
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0
  })
}

function painted({ width, height, grey }: GreyTile, colours: Uint32Array): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (!context) return canvas
  const image = context.createImageData(width, height)
  const pixels = new Uint32Array(image.data.buffer)
  for (let at = 0; at < pixels.length; at++) pixels[at] = colours[grey[at]!]!
  context.putImageData(image, 0, 0)
  return canvas
}

/** Tiles at `url`/level/tile. */
export function tilesAt(url: string): FetchTile {
  return async (level, tile) => {
    const answer = await fetch(`${url}/${level}/${tile}`, { credentials: 'same-origin' })
    if (!answer.ok) throw new Error(`The studio answered ${answer.status} for a part of the spectrogram.`)
    const bitmap = await createImageBitmap(await answer.blob(), { colorSpaceConversion: 'none' })
    const { width, height } = bitmap
    const canvas = document.createElement('canvas')
    canvas.width = width
    canvas.height = height
    const context = canvas.getContext('2d', { willReadFrequently: true })
    if (!context) throw new Error('This browser draws no pictures.')
    context.drawImage(bitmap, 0, 0)
    bitmap.close()
    const { data } = context.getImageData(0, 0, width, height)
    return { width, height, grey: Uint8ClampedArray.from({ length: width * height }, (_, at) => data[at * 4]!) }
  }
}
