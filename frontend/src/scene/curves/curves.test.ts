import { describe, expect, test } from 'vitest'
import { packedFile } from '../../widgets/packed_for_tests'
import { readHidden } from './CurvesPanel'
import { hueOf, plotted, readSceneCurves, valueAt } from './read_curves'

const about = (name: string, more: object = {}) => ({ name, title: name, kind: 'signal', low: 0, high: 1, points_per_second: 10, rows: 1, ...more })

function file(format = 'scene curves 1'): ArrayBuffer {
  return packedFile({
    format, duration_seconds: 0.3,
    curves: [about('loudness', { low: -1, high: 1 }), about('spectrum', { rows: 2 }), about('clamped:alpha', { kind: 'clamped' }), about('gone')],
  }, {
    loudness: { dtype: 'uint8', shape: [3], data: new Uint8Array([0, 255, 51]) },
    spectrum: { dtype: 'uint8', shape: [3, 2], data: new Uint8Array(6) },
    'clamped:alpha': { dtype: 'uint8', shape: [3], data: new Uint8Array([0, 255, 0]) },
  })
}

describe('the curves of a scene', () => {
  test('are read with their own units, and what has no numbers is left out', () => {
    const curves = readSceneCurves(file())
    expect(curves.map((one) => one.name)).toEqual(['loudness', 'spectrum', 'clamped:alpha'])
    expect(valueAt(curves[0]!, 0)).toBe(-1)
    expect(valueAt(curves[0]!, 0.1)).toBe(1)
    expect(valueAt(curves[0]!, 99)).toBeCloseTo(-0.6)
    expect(valueAt(curves[1]!, 0)).toBeNull()
  })

  test('of a newer way are refused with a sentence', () => {
    expect(() => readSceneCurves(file('scene curves 2'))).toThrow(/newer way/)
  })

  test('are shown but for those that are hidden, and keep their colours', () => {
    const curves = readSceneCurves(file())
    expect(plotted(curves, []).map((one) => one.name)).toEqual(['loudness', 'spectrum'])
    expect(plotted(curves, ['loudness']).map((one) => one.name)).toEqual(['spectrum'])
    expect(hueOf(curves, 'spectrum')).toBe('green')
  })

  test('what the browser has kept may be nonsense', () => {
    expect(readHidden('["a",1]')).toEqual(['a'])
    expect(readHidden('{')).toEqual([])
    expect(readHidden(null)).toEqual([])
  })
})
