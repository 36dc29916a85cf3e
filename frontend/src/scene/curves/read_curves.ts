/** Every signal and route of a scene, read from the packed file that a render service made. */
import type { Curve } from '../../widgets/draw_curve'
import { readArray, readHeader } from '../../widgets/packed'

export interface SceneCurve extends Curve {
  /** "spectrum", "route:ID", "value:NAME", "clamped:NAME". */
  name: string
  title: string
  kind: 'signal' | 'route' | 'value' | 'clamped'
  /** What 0 and 1 of the scaled values stand for. */
  low: number
  high: number
}

interface CurvesFacts {
  format: string
  duration_seconds: number
  curves: { name: string; title: string; kind: SceneCurve['kind']; low: number; high: number; points_per_second: number; rows: number }[]
}

/** All curves of the file, in its order. Throws what a person can read. */
export function readSceneCurves(buffer: ArrayBuffer): SceneCurve[] {
  const header = readHeader<CurvesFacts>(buffer)
  if (!header.facts.format.startsWith('scene curves 1')) throw new Error('These curves are written in a newer way. Reload the page.')
  return header.facts.curves.flatMap(({ points_per_second: rate, rows, ...about }) => {
    const values = readArray(buffer, header, about.name)
    if (!values || values.length === 0) return []
    return [{ ...about, values, columns: Math.max(1, rows), scale: 1 / 255, secondsPerValue: 1 / rate, start: 0 }]
  })
}

/** The value of a curve at a second, in its own units; null for a table of rows. */
export function valueAt(curve: SceneCurve, seconds: number): number | null {
  if (curve.columns > 1) return null
  const place = Math.min(curve.values.length - 1, Math.max(0, Math.round((seconds - curve.start) / curve.secondsPerValue)))
  return curve.low + (curve.high - curve.low) * curve.values[place]! * curve.scale
}

/** Those that are shown: all but what somebody has hidden. Places that are cut off stand in the sliders. */
export function plotted(curves: readonly SceneCurve[], hidden: readonly string[]): SceneCurve[] {
  return curves.filter((one) => one.kind !== 'clamped' && !hidden.includes(one.name))
}

const hues = ['blue', 'green', 'orange', 'violet', 'pink', 'yellow', 'red'] as const

/** The same curve has the same colour whatever else is shown. */
export function hueOf(curves: readonly SceneCurve[], name: string): string {
  return hues[Math.max(0, curves.findIndex((one) => one.name === name)) % hues.length]!
}
