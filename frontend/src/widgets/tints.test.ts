import { expect, test } from 'vitest'
import { mostBetween } from './curve_levels'
import { bandTints, createTintPainter, rgbOf } from './tints'
import type { NamedCurve } from './track_lanes'

const RATE = 43

function curve(name: string, values: Uint8Array): NamedCurve {
  return { name, title: name, detail: '', hue: 'hue-blue', values, columns: 1, scale: 1 / 255, secondsPerValue: 1 / RATE, start: 0 }
}

const COLOURS: Record<string, string> = { 'hue-red': '#ff0000', 'hue-green': '#00ff00', 'hue-blue': '#0000ff' }

test('a stretch has the colour of the band that is loudest in it, near and far', () => {
  const rows = 600 * RATE
  const where = (from: number, to: number): Uint8Array => Uint8Array.from({ length: rows }, (_, at) => (at >= from * RATE && at < to * RATE ? 250 : 60))
  const tints = bandTints([
    curve('bass', where(0, 200)), curve('low_mid', where(200, 400)), curve('mid', where(200, 300)), curve('high_mid', where(400, 600)), curve('high', where(400, 500)),
  ])!
  const paint = createTintPainter(tints, (name) => COLOURS[name]!)
  const strongest = (colour: string): number => {
    const parts = colour.match(/\d+/g)!.map(Number)
    return parts.indexOf(Math.max(...parts))
  }
  for (const width of [0.01, 0.3, 5, 60]) {
    expect([100, 300, 500].map((second) => strongest(paint(second - width / 2, second + width / 2)))).toEqual([0, 1, 2])
  }
})

test('without bands there are no tints', () => {
  expect(bandTints([])).toBeNull()
  expect(rgbOf('rebeccapurple')).toEqual([128, 128, 128])
})

test('the most of any stretch is what a search through all of it finds, or of a little more', () => {
  const values = new Float32Array(50_000)
  let seed = 7
  for (let at = 0; at < values.length; at++) values[at] = (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  const table = { values, columns: 2, scale: 1, secondsPerValue: 1, start: 0 }
  for (const [first, end] of [[0, 25_000], [3, 40], [100, 5000], [24_000, 25_000], [777, 778]] as const) {
    for (const column of [0, 1]) {
      const wide = Math.ceil((end - first) / 4)
      const inside = Array.from({ length: end - first }, (_, row) => values[(first + row) * 2 + column]!)
      const around = Array.from({ length: Math.min(25_000, end + wide) - Math.max(0, first - wide) }, (_, row) => values[(Math.max(0, first - wide) + row) * 2 + column]!)
      const found = mostBetween(table, first, end, column)
      expect(found).toBeGreaterThanOrEqual(Math.max(...inside) - 1e-6)
      expect(found).toBeLessThanOrEqual(Math.max(...around) + 1e-6)
    }
  }
})
