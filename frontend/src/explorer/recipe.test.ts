import { describe, expect, test } from 'vitest'
import { plainVector, type VectorSpec } from '../network/vectors'
import {
  ALL_ROWS, added, brief, changed, filesOf, firstTweak, fromBrief, nameOf, plainOf, rowSpan, rowsBetween, rowWords, stepOf, tooMuch, withSeed, withStep, without,
} from './recipe'

const FILE = 'a'.repeat(64)
const OTHER = 'b'.repeat(64)

describe('a direction', () => {
  test('is walked, keeps its rows while its amount moves, and goes away at nought', () => {
    const one = withStep(plainVector(7), FILE, 2, { amount: 1.5, rows: { first: 3, end: 6 } })
    expect(one.steps).toEqual([{ file: FILE, index: 2, amount: 1.5, rows: { first: 3, end: 6 } }])
    const two = withStep(withStep(one, FILE, 3, { amount: -1 }), FILE, 2, { amount: 2 })
    expect(two.steps.map(({ index, amount, rows }) => [index, amount, rows])).toEqual([[2, 2, { first: 3, end: 6 }], [3, -1, ALL_ROWS]])
    expect(stepOf(two, OTHER, 2)).toBeUndefined()
    expect(withStep(two, FILE, 2, { amount: 0 }).steps.map((step) => step.index)).toEqual([3])
    expect(one.steps[0]?.amount).toBe(1.5)
  })
  test('whose rows alone are chosen is no step yet', () => expect(withStep(plainVector(7), FILE, 0, { rows: { first: 2, end: 4 } }).steps).toEqual([]))
})

describe('parts', () => {
  test('are added, changed and taken away, each in its list', () => {
    const tweaked = added(added(plainVector(1), 'tweaks', firstTweak('sine')), 'tweaks', firstTweak('line'))
    expect(changed(tweaked, 'tweaks', 1, { amount: 2, space: 'z' }).tweaks).toMatchObject([{ kind: 'sine', amount: 0.5 }, { kind: 'line', amount: 2, space: 'z' }])
    expect(without(tweaked, 'tweaks', 0).tweaks.map((one) => one.kind)).toEqual(['line'])
  })
  test('name the files that the whole reads, once each', () => {
    const inner = withStep(plainVector(2), OTHER, 0, { amount: 1 })
    const outer = added(added(withStep(plainVector(1), FILE, 0, { amount: 1 }), 'mixes', { of: inner, rows: ALL_ROWS }), 'terms', { of: inner, amount: 1, space: 'w' })
    expect(filesOf(outer)).toEqual([FILE, OTHER])
  })
  test('that are too many or too deep are refused by a sentence', () => {
    let nested: VectorSpec = plainVector(0)
    for (let depth = 1; depth < 4; depth++) nested = added(plainVector(depth), 'mixes', { of: nested, rows: ALL_ROWS })
    expect(tooMuch(nested)).toBeNull()
    expect(tooMuch(added(plainVector(9), 'mixes', { of: nested, rows: ALL_ROWS }))).toContain('4 deep')
    let many = plainVector(0)
    for (let at = 0; at < 9; at++) many = added(many, 'terms', { of: plainVector(at), amount: 1, space: 'w' })
    expect(tooMuch(many)).toContain('at most 8 terms')
  })
})

test('another seed keeps what was added, the plain one keeps class and truncation alone', () => {
  const vector = { ...withStep(plainVector(5, { label: 3, truncation: 0.4, z: [1, 2] }), FILE, 0, { amount: 1 }), truncation_end: 6 }
  expect(withSeed(vector, 6)).toMatchObject({ seed: 6, z: null, label: 3, steps: [{ index: 0 }] })
  expect(plainOf(vector, 6)).toEqual(plainVector(6, { label: 3, truncation: 0.4, truncation_end: 6 }))
})

describe('rows', () => {
  test('are dragged over either way; up to the last means all that follow', () => {
    expect(rowsBetween(8, 13, 14)).toEqual({ first: 8, end: null })
    expect(rowsBetween(5, 2, 14)).toEqual({ first: 2, end: 6 })
    expect(rowSpan({ first: 8, end: null }, 14)).toEqual([8, 14])
    expect(rowSpan({ first: 8, end: 20 }, 6)).toEqual([6, 6])
  })
  test.each([
    [{ first: 0, end: null }, 'All rows'], [{ first: 0, end: 4 }, 'Rows 0 to 3: pose and shape'], [{ first: 8, end: null }, 'Rows 8 to 17: colour and detail'],
    [{ first: 6, end: 9 }, 'Rows 6 to 8: features'], [{ first: 2, end: 3 }, 'Row 2: pose and shape'], [{ first: 1, end: 17 }, 'Rows 1 to 16'], [{ first: 0, end: 0 }, 'No rows'],
  ])('%j are said as %s', (rows, words) => expect(rowWords(rows, 18)).toBe(words))
})

describe('as text', () => {
  const vector = added(
    added(added(withStep(plainVector(1213, { truncation: 0.9 }), FILE, 0, { amount: 1.8 }), 'mixes', { of: plainVector(4), rows: { first: 8, end: null } }), 'terms', { of: plainVector(2, { label: 1 }), amount: -0.5, space: 'z' }),
    'tweaks', firstTweak('square'),
  )
  test('it comes back as it was, by way of JSON', () => expect(fromBrief(JSON.parse(JSON.stringify(brief(vector))))).toEqual(vector))
  test('only what is unusual is written', () => expect(brief(plainVector(5))).toEqual({ seed: 5 }))
  test.each([
    ['null', /braces/], ['[1]', /braces/], ['{"sed": 1}', /field “sed”/], ['{}', /neither/], ['{"truncation": 1}', /neither/], ['{"seed": -1}', /whole number/], ['{"seed": 1.5}', /whole number/],
    ['{"seed": 1, "truncation": 3}', /from −2 to 2/], ['{"seed": 1, "steps": 5}', /“steps”/], ['{"seed": 1, "mixes": [7]}', /“mixes”/], ['{"seed": 1, "mixes": [{"of": {"x": 1}}]}', /field “x”/],
  ])('%s is refused', (text, why) => expect(() => fromBrief(JSON.parse(text))).toThrow(why))
})

test('a vector inside of another is called by its pin, else by what it is', () => {
  const pins = [{ name: 'grandmother', vector: plainVector(4) }]
  expect(nameOf(plainVector(4), pins, () => 'Seed 4')).toBe('grandmother')
  expect(nameOf(plainVector(4, { truncation: 1 }), pins, () => 'Seed 4')).toBe('Seed 4')
})
