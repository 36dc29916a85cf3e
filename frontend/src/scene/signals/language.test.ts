import { describe, expect, test } from 'vitest'
import type { OwnRule, Root } from '../own_schema'
import { completed, fieldsOf, isRead, modelOf, moved, parameterOf } from '../own_schema'
import { bendsRenamed, insertable, isFitting, languageOf, newStep, outputsOf, setInForce, swappable, type Step } from './language'

const func = (name: string, takes: string[], gives: string | null, more: object = {}, keywords: Record<string, OwnRule> = {}): OwnRule =>
  ({ description: `Does ${name}.`, properties: { do: { const: name }, ...keywords }, 'x-takes': takes, 'x-gives': gives, 'x-many': false, ...more })

const root = {
  properties: { signals: { $ref: '#/$defs/SignalSet', 'x-form': 'signals' }, bends: { type: 'array', items: { $ref: '#/$defs/Bend' }, 'x-form': 'bends' } },
  $defs: {
    Rms: func('rms', ['sound'], 'curve', {}, { hop: { type: 'integer', enum: [128, 512], default: 512 } }),
    Onset: func('onset', ['sound'], 'curve'),
    Chroma: func('chroma', ['sound'], 'curve', { 'x-many': true }),
    Gauss: func('gauss', ['curve', 'frames'], null, {}, { sigma: { type: 'number', minimum: 0, maximum: 10, default: 1 } }),
    Resample: func('resample', ['curve'], 'frames'),
    Peaks: func('peaks', ['frames'], null),
    SignalSet: { properties: { name: { type: 'string' }, energy: { $ref: '#/$defs/Signal', title: 'Energy' }, drives: { type: 'array', items: { $ref: '#/$defs/Drive' } } } },
    Bend: { properties: { operation: { enum: ['translate', 'hue'] }, axis: { enum: ['x', 'y'], default: 'x', 'x-when': { operation: ['translate'] } } } },
  },
} as unknown as Root
const language = languageOf(root)
const chain = (...names: string[]): Step[] => names.map((name) => ({ do: name }))
const names = (found: { name: string }[]): string[] => found.map(({ name }) => name).sort()

describe('a chain of functions', () => {
  test('is read off the schema', () => {
    expect(names(language)).toEqual(['chroma', 'gauss', 'onset', 'peaks', 'resample', 'rms'])
    expect(newStep(language.find(({ name }) => name === 'rms')!)).toEqual({ do: 'rms', hop: 512 })
    expect(outputsOf(root)).toEqual([{ name: 'energy', title: 'Energy' }])
  })
  test('fits where each gets what it takes and frames come out', () => {
    expect(isFitting(chain('rms', 'gauss', 'resample', 'peaks'), language)).toBe(true)
    expect(isFitting(chain('rms', 'peaks', 'resample'), language)).toBe(false)
    expect(isFitting(chain('rms', 'gauss'), language)).toBe(false)
    expect(isFitting(chain('rms', 'resampl'), language)).toBe(false)
  })
  test('offers only what fits', () => {
    expect(names(insertable(chain('rms', 'resample'), 1, language))).toEqual(['gauss'])
    expect(names(insertable(chain('rms', 'resample'), 2, language))).toEqual(['gauss', 'peaks'])
    expect(names(swappable(chain('rms', 'resample'), 0, language))).toEqual(['onset', 'rms'])
    expect(names(swappable(chain('chroma', 'resample'), 0, language))).toEqual(['chroma'])
  })
  test('items move to another place', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
    expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['c', 'a', 'b'])
  })
})

test('a set is known whatever the order of its names', () => {
  const sets = [{ name: 'July', value: { a: 1, b: [{ c: 2, d: 3 }] } }]
  expect(setInForce(sets, { b: [{ d: 3, c: 2 }], a: 1 })).toBe('July')
  expect(setInForce(sets, { a: 1, b: [] } as never)).toBeNull()
})

test('bends follow the name of their drive', () => {
  expect(bendsRenamed([{ id: 'a', drive: 'kick' }, { id: 'b', drive: 'hats' }], 'kick', 'thump')).toEqual([{ id: 'a', drive: 'thump' }, { id: 'b', drive: 'hats' }])
})

test('a field of a bend is shown where its operation reads it', () => {
  const found = parameterOf(root, 'bends')!
  const fields = fieldsOf(modelOf(found.rule, root), root)
  const axis = fields.find(({ name }) => name === 'axis')!
  expect(isRead(axis, { operation: 'translate' })).toBe(true)
  expect(isRead(axis, { operation: 'hue' })).toBe(false)
  expect(completed(fields, { operation: 'translate' })).toEqual({ operation: 'translate', axis: 'x' })
})
