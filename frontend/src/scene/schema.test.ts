import { expect, test } from 'vitest'
import type { ParameterSchema, Visualizer } from '../wire/types'
import { groupsOf, isBipolar, isChanged, isInForce, pathWords, rounded, shareOf, shown, stepped, valueAt, wrongNumber, type Field } from './schema'

function field(rule: ParameterSchema, more: object = {}): Field {
  const schema = { properties: { one: rule }, ...more } as Visualizer['schema']
  const found = groupsOf(schema)[0]?.fields[0]
  if (!found) throw new Error('no field')
  return found
}
const reaching: ParameterSchema = { type: 'number', title: 'Alpha', minimum: 0, maximum: 1000, default: 0.25, 'x-step': 0.01, 'x-slider': [0, 2] }
const number: ParameterSchema = { type: 'number', title: 'Alpha', minimum: 0, maximum: 2, default: 0.25, 'x-step': 0.01 }

test('fields stand in their groups, in the order of the model', () => {
  const groups = groupsOf({ properties: {
    b: { title: 'B', 'x-group': 'Blend', 'x-order': 2 }, w: { title: 'W', 'x-group': 'Walk', 'x-order': 1 }, a: { title: 'A', 'x-group': 'Blend', 'x-order': 0 },
  } })
  expect(groups.map(({ title, fields }) => [title, fields.map(({ name }) => name)])).toEqual([['Blend', ['a', 'b']], ['Walk', ['w']]])
})

test('each type becomes its control', () => {
  expect(field(number).kind).toBe('slider')
  expect(field({ ...number, 'x-control': 'number' }).kind).toBe('number')
  expect(field({ type: 'number' }).kind).toBe('number')
  expect(field({ type: 'boolean' }).kind).toBe('switch')
  expect(field({ type: 'string', enum: ['by_loudness', 'const'] })).toMatchObject({ kind: 'choice', choices: [{ value: 'by_loudness', label: 'By loudness' }, { value: 'const', label: 'Constant' }] })
  expect(field({ type: 'array', items: { type: 'number', minimum: -8, maximum: 8 } })).toMatchObject({ kind: 'range', minimum: -8, maximum: 8 })
})

test('a path is named, is never a change of the form, and what only pages of their own make is left out', () => {
  const path = field({ type: 'array', 'x-control': 'path', default: [] })
  expect(path.kind).toBe('path')
  const points = [{ vector: {}, length: 2 }, { vector: {}, length: 0.5 }]
  expect([pathWords([]), pathWords(points.slice(0, 1)), pathWords(points)]).toEqual(['No pins yet', '1 pin, 2 beats', '2 pins, 2.5 beats'])
  expect(isChanged(path, points)).toBe(false)
  expect(groupsOf({ properties: { look: { 'x-control': 'json' } } })).toEqual([])
})

test('references and optional values are followed', () => {
  const more = { $defs: { Motion: { enum: ['paced', 'steady'], type: 'string' } } }
  expect(field({ $ref: '#/$defs/Motion', title: 'Clock' } as ParameterSchema, more)).toMatchObject({ kind: 'choice', title: 'Clock' })
  expect(field({ anyOf: [{ type: 'number', minimum: 0, maximum: 1 }, { type: 'null' } as unknown as ParameterSchema] }).kind).toBe('slider')
})

test('a place on the slider and its value are each other\'s inverse, linear and logarithmic', () => {
  const log = field({ ...number, minimum: 0.02, maximum: 20, 'x-scale': 'log' })
  for (const one of [field(number), log]) for (const share of [0, 0.3, 0.5, 1]) expect(shareOf(one, valueAt(one, share))).toBeCloseTo(share, 1)
  expect(valueAt(log, 0.5)).toBeCloseTo(0.63, 2)
})

test('values fall on steps, without a tail of binary digits', () => {
  expect(rounded(field(number), 0.1 + 0.2)).toBe(0.3)
  expect(rounded(field({ ...number, type: 'integer', 'x-step': 1 }), 1.6)).toBe(2)
  expect(rounded(field(number), 9)).toBe(2)
})

test('keys move by a step, by ten with Shift, by a tenth with Alt', () => {
  const one = field(number)
  expect(stepped(one, 0.25, 1)).toBe(0.26)
  expect(stepped(one, 0.25, 10)).toBe(0.35)
  expect(stepped(one, 0.25, 0.1)).toBe(0.251)
  expect(stepped(one, 1.99, 10)).toBe(2)
})

test('the value box shows as many digits as the step, and more when the value has them', () => {
  expect(shown(field(number), 0.25)).toBe('0.25')
  expect(shown(field(number), 0.251)).toBe('0.251')
  expect(shown(field({ ...number, minimum: -2 }), -1)).toBe('−1.00')
})

test('both ways from the middle is told by the limits', () => {
  expect(isBipolar(field({ ...number, minimum: -2 }))).toBe(true)
  expect(isBipolar(field(number))).toBe(false)
})

test('more may be typed than the slider shows, and its ends are the slider\'s', () => {
  const one = field(reaching)
  expect(one).toMatchObject({ kind: 'slider', minimum: 0, maximum: 2, least: 0, most: 1000 })
  expect([valueAt(one, 1), shareOf(one, 12.5), stepped(one, 12.5, 1)]).toEqual([2, 1, 12.51])
  expect([wrongNumber(one, 12.5), wrongNumber(one, -1)]).toEqual([null, 'Write a number from 0 to 1000.'])
})

test('what differs from the default counts as changed', () => {
  expect(isChanged(field(number), 0.25)).toBe(false)
  expect(isChanged(field(number), 0.26)).toBe(true)
  expect(isChanged(field({ type: 'array', default: [-1, 1], items: { type: 'number' } }), [-1, 1])).toBe(false)
})

test('a number out of range is refused with the range', () => {
  expect(wrongNumber(field(number), 3)).toBe('Write a number from 0 to 2.')
  expect(wrongNumber(field({ ...number, type: 'integer' }), 0.5)).toBe('Write a whole number from 0 to 2.')
  expect(wrongNumber(field(number), 1)).toBeNull()
})

test('a preset is in force while every value is its own, or the default where it says nothing', () => {
  const fields = [field(number), { ...field({ type: 'boolean', default: true }), name: 'loop' }]
  expect(isInForce({ one: 0.5 }, { one: 0.5, loop: true }, fields)).toBe(true)
  expect(isInForce({ one: 0.5 }, { one: 0.5 }, fields)).toBe(true)
  expect(isInForce({ one: 0.5 }, { one: 0.51, loop: true }, fields)).toBe(false)
  expect(isInForce({ one: 0.5 }, { one: 0.5, loop: false }, fields)).toBe(false)
})
