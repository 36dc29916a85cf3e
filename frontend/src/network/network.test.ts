import { describe, expect, test } from 'vitest'
import { columnHead, columnsFor, inOrder, moved, movedLying, picked, pickedWith, tileStyle } from './growth'
import { formsFor } from './Exports'
import { inWords } from './facts'
import { kindTitle } from './kinds'
import { firstPlace, readPlace, writePlace } from './place'
import { withTags } from './Tags'
import { isSameVector, plainVector, seedRow, usualLabel, vectorTitle } from './vectors'

const one = (id: string, kimg: number | null, order: number) => ({ id, kimg, order })

describe('the growth grid', () => {
  test('puts snapshots by what they have seen, those that do not say behind', () => {
    const made = [one('d', null, 0), one('c', 800, 1), one('b', 200, 2), one('e', null, 3), one('a', 0, 9)]
    expect(inOrder(made).map(({ id }) => id).join('')).toBe('abcde')
  })
  test('keeps the first and the last of a long training', () => {
    const all = Array.from({ length: 27 }, (_, at) => at)
    expect(picked(all, 9)).toEqual([0, 3, 7, 10, 13, 16, 20, 23, 26])
    expect(picked(all.slice(0, 5), 9)).toEqual([0, 1, 2, 3, 4])
  })
  test('shows the chosen one of a long training too', () => {
    const all = Array.from({ length: 27 }, (_, at) => at)
    expect(pickedWith(all, 9, 11)).toEqual([0, 3, 7, 11, 13, 16, 20, 23, 26])
    expect(pickedWith(all, 9, 13)).toEqual(picked(all, 9))
    expect(pickedWith(all, 9, 99)).toEqual(picked(all, 9))
  })
  test('shows as many columns as fit', () => {
    expect([columnsFor(972, 104, 4), columnsFor(971, 104, 4), columnsFor(90, 104, 4)]).toEqual([9, 9, 2])
  })
  test('keys stay inside', () => {
    const grid = { columns: 3, rows: 8 }
    expect(moved({ column: 0, row: 0 }, 'ArrowLeft', grid)).toEqual({ column: 0, row: 0 })
    expect(moved({ column: 2, row: 7 }, 'ArrowDown', grid)).toEqual({ column: 2, row: 7 })
    expect(moved({ column: 1, row: 4 }, 'End', grid)).toEqual({ column: 2, row: 4 })
    expect(moved({ column: 1, row: 4 }, 'PageUp', grid)).toEqual({ column: 1, row: 0 })
    expect(moved({ column: 1, row: 4 }, 'a', grid)).toBeNull()
  })
  test('a single snapshot lies', () => {
    const grid = { columns: 1, rows: 8 }
    expect(movedLying({ column: 0, row: 2 }, 'ArrowRight', grid)).toEqual({ column: 0, row: 3 })
    expect(movedLying({ column: 0, row: 7 }, 'ArrowRight', grid)).toEqual({ column: 0, row: 7 })
    expect(movedLying({ column: 0, row: 3 }, 'Home', grid)).toEqual({ column: 0, row: 0 })
    expect(movedLying({ column: 0, row: 3 }, 'ArrowDown', grid)).toEqual({ column: 0, row: 3 })
  })
  test('a window shows one tile of a sheet', () => {
    expect(tileStyle(0, 8)).toEqual({ width: '800%', left: '0%', top: '0%' })
    expect(tileStyle(13, 8)).toEqual({ width: '800%', left: '-500%', top: '-100%' })
  })
  test('heads are short', () => {
    expect(columnHead({ name: 'x', kimg: 4800 }, 'x')).toBe('4,800')
    expect(columnHead({ name: 'Smoke 1, 35 %', kimg: null }, 'Smoke 1')).toBe('35 %')
  })
})

describe('a vector', () => {
  const rows = { first: 0, end: null }
  const step = { file: 'a'.repeat(64), index: 0, amount: 1, rows }
  test('has a title', () => {
    expect(vectorTitle(plainVector(1213))).toBe('Seed 1213')
    expect(vectorTitle(plainVector(1213, { steps: [step, step, step] }))).toBe('Seed 1213 + 3 directions')
    expect(vectorTitle(plainVector(2, { label: 3, steps: [step], mixes: [{ of: plainVector(1), rows }, { of: plainVector(2), rows }] }))).toBe('Seed 2, class 3 + 1 direction, 2 mixes')
    expect(vectorTitle(plainVector(0, { z: [0.5, 1] }))).toBe('Own z, 2 numbers')
  })
  test('of a network with classes has the first where nobody chose one', () => {
    expect([undefined, 0, 5].map(usualLabel)).toEqual([null, null, 0])
    expect(seedRow(7, usualLabel(5)).map((one) => [one.seed, one.label])).toEqual(Array.from({ length: 8 }, (_, at) => [7 + at, 0]))
    expect(seedRow(7)[0]).toEqual(plainVector(7))
  })
  test('is the same however its fields are ordered', () => {
    const [first] = seedRow(7)
    expect(isSameVector(first!, Object.fromEntries(Object.entries(first!).reverse()) as unknown as typeof first & object)).toBe(true)
    expect(isSameVector(first!, plainVector(8))).toBe(false)
  })
})

describe('the address of a network', () => {
  test('says what is shown, and no more', () => {
    expect(writePlace(firstPlace)).toBe('')
    const place = { ...firstPlace, tab: 'pins' as const, snapshot: 'abc', row: 3, vectors: 120 }
    expect(writePlace(place)).toBe('?tab=pins&snapshot=abc&row=3&vectors=120')
    expect(readPlace(writePlace(place))).toEqual(place)
  })
  test('reads nonsense as the first place, and the older form', () => {
    expect(readPlace('?tab=no&row=-3&vectors=x')).toEqual(firstPlace)
    expect(readPlace('', '#abc').snapshot).toBe('abc')
  })
})

test('a tag is there once, whatever its case', () => {
  expect(withTags(['faces'], ' Faces, dark  room ,, ')).toEqual(['faces', 'dark room'])
})

test('a kind is named as people name it', () => {
  expect(kindTitle({ kind: 'cppn', species: 'smoke' })).toBe('smoke')
  expect(kindTitle({ kind: 'stylegan2' })).toBe('StyleGAN2')
  expect(['x', true, false].map((one) => kindTitle({ kind: 'stylegan3', facts: { config: { use_radial_filters: one } } }))).toEqual(['StyleGAN3', 'StyleGAN3-R', 'StyleGAN3-T'])
})

test('a form is offered where it can hold the network', () => {
  const shape = { kind: 'stylegan2', num_classes: 0, z_dim: 512, w_dim: 512 }
  const names = (part: object): string[] => formsFor({ ...shape, ...part }).map((one) => one.form)
  expect([names({}), names({ num_classes: 5 }), names({ kind: 'stylegan3' }), names({ kind: 'cppn' })]).toEqual([['state_dict', 'rosinality'], ['state_dict'], ['state_dict'], []])
})

test('weights are counted in words', () => {
  expect([196_218, 999_600, 30_370_000, 250_400_000].map(inWords)).toEqual(['196,218', '1 million', '30.4 million', '250 million'])
})
