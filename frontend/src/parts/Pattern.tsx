/** Pattern: a small random network painted into a canvas, for the pages outside of a project. One seed, one picture. */
import { useWidget } from '../lib/widget'

const [UNITS, LAYERS] = [12, 4]
/** Dark to light; the studio's own "cobalt". */
const PALETTE = [[7, 9, 26], [16, 31, 92], [35, 71, 184], [79, 141, 240], [166, 211, 255], [255, 244, 228]] as const

/** mulberry32: numbers 0 to 1 from a seed. */
function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Weights, one row of inputs and a bias per unit. */
type Layers = number[][][]

function makeLayers(seed: number): Layers {
  const next = numbers(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(next() + 1e-9)) * Math.cos(2 * Math.PI * next())
  const widths = [4, ...Array.from({ length: LAYERS }, () => UNITS), 3]
  return widths.slice(1).map((outputs, at) => {
    const inputs = widths[at]!
    const gain = at === 0 ? 0.9 : 1.5 / Math.sqrt(inputs)
    return Array.from({ length: outputs }, () => Array.from({ length: inputs + 1 }, () => normal() * gain))
  })
}

function fieldsAt(layers: Layers, point: number[]): number[] {
  return layers.reduce((values, layer, depth) => layer.map((row, unit) => {
    let sum = row[values.length]!
    for (let at = 0; at < values.length; at += 1) sum += row[at]! * values[at]!
    if (depth === layers.length - 1) return sum
    return unit % 2 === 0 ? Math.sin(sum) : Math.tanh(sum)
  }), point)
}

/** The colour of the palette at 0 to 1, times a light. */
function ink(share: number, light: number): [number, number, number] {
  const place = Math.min(0.9999, Math.max(0, share)) * (PALETTE.length - 1)
  const [low, high] = [PALETTE[Math.floor(place)]!, PALETTE[Math.floor(place) + 1]!]
  const mix = place % 1
  return [0, 1, 2].map((at) => (low[at]! + (high[at]! - low[at]!) * mix) * light) as [number, number, number]
}

/** Mean 0, spread 1: whatever the seed, the picture is neither dark nor flat. */
function standardised(field: Float32Array): Float32Array {
  const mean = field.reduce((sum, value) => sum + value, 0) / field.length
  const spread = Math.sqrt(field.reduce((sum, value) => sum + (value - mean) ** 2, 0) / field.length) || 1
  return field.map((value) => (value - mean) / spread)
}

function paint(canvas: HTMLCanvasElement, seed: number): void {
  const height = 300
  const width = Math.max(1, Math.round((height * canvas.clientWidth) / Math.max(1, canvas.clientHeight)))
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (!context) return
  const layers = makeLayers(seed)
  const picture = context.createImageData(width, height)
  const half = Math.min(width, height) / 2
  const radii = new Float32Array(width * height)
  const fields = [0, 1, 2].map(() => new Float32Array(width * height))
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [u, v] = [Math.abs(x - width / 2) / half, (y - height / 2) / half]
      const radius = Math.hypot(u, v)
      const values = fieldsAt(layers, [u * 1.6, v * 1.6, radius * 1.4, Math.sin(radius * 3.2)])
      radii[y * width + x] = radius
      fields.forEach((field, at) => (field[y * width + x] = values[at]!))
    }
  }
  const [tone, veil, light] = fields.map(standardised) as [Float32Array, Float32Array, Float32Array]
  for (let at = 0; at < radii.length; at += 1) {
    const share = (0.5 + 0.5 * Math.sin(tone[at]! * 1.9)) * (0.35 + 0.6 / (1 + Math.exp(-1.7 * veil[at]!)))
    const colour = ink(share, (0.6 + 0.4 / (1 + Math.exp(-1.5 * light[at]!))) * (1 - 0.1 * radii[at]!))
    picture.data.set([...colour, 255], at * 4)
  }
  context.putImageData(picture, 0, 0)
}

export function Pattern({ seed }: { seed: number }) {
  const canvas = useWidget<HTMLCanvasElement>((_scope, element) => paint(element, seed), [seed])
  return <canvas ref={canvas} aria-hidden="true" />
}
