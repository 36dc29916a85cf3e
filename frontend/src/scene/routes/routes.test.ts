import { describe, expect, test } from 'vitest'
import type { RouteSpec } from '../../wire/types'
import { groupsOf, type Field } from '../schema'
import { amountWords, bandOf, clampedPlaces, clampedWords, levelAt, placeAfter, valueNow } from './band'
import { finished, followed, smoothed } from './shaping'
import { beatsAt, curveOf, dice, heightAt, type Surroundings } from './source_curves'
import { actingRoutes, newRoute, sourceTitle, wouldRing } from './sources'

const made = (rule: object): Field => groupsOf({ properties: { one: { type: 'number', title: 'One', 'x-routable': true, ...rule } } })[0]!.fields[0]!
const field = made({ minimum: 0, maximum: 5, default: 1, 'x-step': 0.01 })
const near = (value: number): unknown => expect.closeTo(value, 9)
const ramp = { values: Float32Array.from([0, 0.5, 1, 0.5, 0]), rate: 1 }
const route = (more: Partial<RouteSpec>): RouteSpec => ({ ...newRoute('a', 'one', { kind: 'loudness' }), ...more })

describe('the band', () => {
  test('reaches from the base to as far as the amount carries it', () => {
    expect(bandOf(field, 1, { route: route({ amount: 0.4 }), curve: ramp })).toEqual({ low: near(0.2), high: near(0.6) })
  })
  test('of a negative amount goes down, and ends at the end of the range', () => {
    expect(bandOf(field, 1, { route: route({ amount: -0.5 }), curve: ramp })).toEqual({ low: 0, high: near(0.2) })
  })
  test('follows the slider’s own scale', () => {
    const log = made({ minimum: 1, maximum: 100, default: 10, 'x-scale': 'log' })
    expect(bandOf(log, 10, { route: route({ amount: 0.25 }), curve: ramp })).toEqual({ low: near(0.5), high: near(0.75) })
    expect(amountWords(log, 0.5)).toBe('× 10')
  })
  test('is not there while the curve is not', () => {
    expect(bandOf(field, 1, { route: route({}), curve: null })).toBeNull()
  })
  test('amounts stand in the unit of the parameter', () => {
    expect([0.62, -0.04, 0].map((amount) => amountWords(field, amount))).toEqual(['+3.10', '−0.20', '+0.00'])
  })
  test('several routes add up, and the sum is clamped', () => {
    const moved = [{ route: route({ amount: 0.4 }), curve: ramp }, { route: route({ id: 'b', amount: 0.2, offset: 0.1 }), curve: ramp }]
    expect(valueNow(field, 1, moved, 1)).toBeCloseTo(1 + 5 * (0.3 + 0.1), 9)
    const byOther = [{ route: route({ amount: 0 }), curve: ramp, amountBy: [{ route: route({ id: 'c', amount: 0.25 }), curve: ramp }] }]
    expect(valueNow(field, 1, byOther, 2)).toBeCloseTo(1 + 5 * 0.5, 9)
    expect(valueNow(field, 1, [...moved, ...moved], 2)).toBe(5)
  })
})

describe('clamped places', () => {
  const pulses = { values: Float32Array.from({ length: 40 }, (_, index) => (index % 10 < 2 ? 1 : 0)), rate: 10 }
  test('are counted and told', () => {
    const places = clampedPlaces(field, 3, [{ route: route({ amount: 0.6 }), curve: pulses }], 4)
    expect(places.map(({ from, end }) => [from, end])).toEqual([[0, 'high'], [1, 'high'], [2, 'high'], [3, 'high']])
    expect(clampedWords(field, places)).toBe('Clamped at 5.00 in 4 places.')
    expect(placeAfter(places, 1)?.from).toBe(2)
    expect(placeAfter(places, 3.5)?.from).toBe(0)
  })
  test('a value that reaches the end and no further is not clamped', () => {
    expect(clampedPlaces(field, 0, [{ route: route({ amount: 1 }), curve: pulses }], 4)).toEqual([])
  })
  test('both ends are told', () => {
    const moved = [{ route: route({ amount: 2, offset: -1 }), curve: pulses }]
    expect(clampedWords(field, clampedPlaces(field, 3, moved, 4))).toMatch(/^Clamped at 0\.00 and 5\.00 in \d places\.$/)
  })
})

describe('shaping', () => {
  test('a rise of one time constant gets to 63 %', () => {
    const step = new Float32Array(61).fill(1)
    step[0] = 0
    expect(followed(step, 20, 0)[20]).toBeCloseTo(1 - Math.exp(-1), 4)
  })
  test('smoothing keeps what is steady and the sum of what is not', () => {
    expect([...smoothed(new Float32Array(50).fill(0.4), 5)].every((level) => Math.abs(level - 0.4) < 1e-6)).toBe(true)
    const hit = new Float32Array(101)
    hit[50] = 1
    const soft = smoothed(hit, 4)
    expect(soft.reduce((sum, level) => sum + level, 0)).toBeCloseTo(1, 5)
    const spread = soft.reduce((sum, level, index) => sum + level * (index - 50) ** 2, 0)
    expect(Math.sqrt(spread)).toBeCloseTo(4, 0)
  })
  test('quantised, bent, turned over, in this order', () => {
    expect(finished(0.4, { quantise: 3, bend: 1, invert: true })).toBeCloseTo(1 - 0.5 ** 4, 9)
  })
})

const around: Surroundings = { lanes: null, beats: { markers: [], beats: [1, 1.5, 2, 2.5], downbeats: [1, 2], onsets: [] }, stretches: [], cues: [], routes: [], duration: 4 }

describe('sources', () => {
  test('beats pass evenly between beats, and on beyond the last', () => {
    expect([1, 1.25, 3, 0.5].map((seconds) => beatsAt(around.beats.beats, seconds))).toEqual([0, 0.5, 4, -1])
  })
  test('a wave of two beats', () => {
    const at = curveOf({ kind: 'lfo', wave: 'triangle', period: 2, unit: 'beats', phase: 0 }, around, () => null)!
    expect([1, 1.25, 1.5, 2].map(at)).toEqual([0, 0.5, 1, 0])
  })
  test('a drawn curve is held at its ends', () => {
    expect([-1, 0, 1, 9].map((at) => heightAt([[0, 0.2], [2, 0.8]], at))).toEqual([0.2, 0.2, 0.5, 0.8])
  })
  test('chance falls as the render service throws it', () => {
    // gpu_service.routes.sources._dice([0, 1, -1], 0) and ([5], 7)
    expect([dice(0, 0), dice(1, 0), dice(-1, 0), dice(5, 7)]).toEqual([0.8833108082136426, 0.43152799704850997, 0.0, 0.03222765050902976])
  })
  test('levels between points', () => {
    expect([-1, 0.5, 4, 9].map((seconds) => levelAt(ramp, seconds))).toEqual([0, 0.25, 0, 0])
  })
  test('stems are not guessed', () => {
    expect(curveOf({ kind: 'stem', stem: 'drums' }, around, () => null)).toBeNull()
  })
  test('are named for people', () => {
    const titles = [{ kind: 'cue', label: 'drop', hold_seconds: 0 }, { kind: 'lfo', wave: 'sine', period: 4, unit: 'beats', phase: 0 }, { kind: 'chance', seed: 0, every: 1, unit: 'beats', glide: 0 }, { kind: 'chroma', pitch: 3 }] as const
    expect(titles.map((source) => sourceTitle(source))).toEqual(['“drop” cues', 'Sine over 4 beats', 'Chance every beat', 'Note E♭'])
  })
})

test('solo silences the others, and lets be what drives amounts', () => {
  const routes = [route({ id: 'a' }), route({ id: 'b', is_solo: true }), route({ id: 'c', parameter: 'route:b' }), route({ id: 'd', is_bypassed: true, is_solo: true })]
  expect(actingRoutes(routes).map(({ id }) => id)).toEqual(['b', 'c'])
})

test('a ring of routes is seen before it is sent', () => {
  const routes = [route({ id: 'a' }), route({ id: 'b', source: { kind: 'route', id: 'a' } })]
  expect(wouldRing(routes, 'a', { kind: 'route', id: 'b' })).toBe(true)
  expect(wouldRing(routes, 'b', { kind: 'route', id: 'a' })).toBe(false)
})
