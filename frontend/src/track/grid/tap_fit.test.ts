import { expect, test } from 'vitest'
import { fitTaps, fitWords } from './tap_fit'

/** Numbers from −1 to 1 that are the same at every run. */
function wobble(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 16807) % 2147483647
    return (state / 2147483647) * 2 - 1
  }
}

const even = (bpm: number, count: number, from = 10): number[] => Array.from({ length: count }, (_, beat) => from + (beat * 60) / bpm)

test('even taps give their tempo and place exactly', () => {
  const fit = fitTaps(even(126, 9))!
  expect(fit.bpm).toBeCloseTo(126, 9)
  expect(fit.margin).toBeLessThan(1e-9)
  expect(((fit.beat - 10) * 126) / 60 % 1).toBeCloseTo(0, 9)
})

test('a hand that errs by 20 ms is within its margin nearly always', () => {
  const hits = Array.from({ length: 200 }, (_, seed) => {
    const error = wobble(seed + 1)
    const fit = fitTaps(even(120, 16).map((seconds) => seconds + 0.02 * error()))!
    return Math.abs(fit.bpm - 120) <= fit.margin
  })
  expect(hits.filter(Boolean).length).toBeGreaterThan(180)
})

test('one tap far off, one left out and one that bounced change nothing', () => {
  const taps = even(120, 14)
  const marred = [...taps.slice(0, 4), taps[4]! + 0.17, taps[5]!, taps[5]! + 0.06, ...taps.slice(7)]
  const fit = fitTaps(marred)!
  expect(fit.bpm).toBeCloseTo(120, 6)
  expect(fit.left).toBe(2)
})

test('more taps leave less doubt', () => {
  const error = wobble(7)
  const taps = even(97, 32).map((seconds) => seconds + 0.015 * error())
  expect(fitTaps(taps)!.margin).toBeLessThan(fitTaps(taps.slice(0, 8))!.margin)
})

test('three taps are no tempo', () => {
  expect(fitTaps([])).toBeNull()
  expect(fitTaps(even(120, 3))).toBeNull()
  expect(fitTaps(even(120, 4))).not.toBeNull()
})

test('it is said in one line', () => {
  expect(fitWords({ bpm: 120.031, margin: 0.2, beat: 0, used: 12, left: 0 })).toBe('120.03 bpm from 12 taps, ±0.2')
  expect(fitWords({ bpm: 120, margin: 0, beat: 0, used: 12, left: 1 })).toBe('120.00 bpm from 12 taps, ±0.01 (one left out)')
  expect(fitWords({ bpm: 96.2, margin: 2.6, beat: 0, used: 4, left: 3 })).toBe('96.20 bpm from 4 taps, ±3 (3 left out)')
})
