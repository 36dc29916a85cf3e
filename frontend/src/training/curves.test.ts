import { describe, expect, test } from 'vitest'
import { dataOf, joined, nearest, newest, plots, thinned, withTick } from './curves'

const tick = (kimg: number, part: Record<string, number> = {}) => ({ kimg, seconds: kimg * 10, loss_g: 1, loss_d: 2, ...part })
const spec = (id: string) => plots.find((one) => one.id === id)!

describe('reports become columns', () => {
  test('one after the other, and what a report does not say is null', () => {
    const columns = [tick(1, { r1: 0.5 }), tick(2, { path: 3 }), tick(3)].reduce(withTick, {})
    expect(columns).toEqual({ kimg: [1, 2, 3], seconds: [10, 20, 30], loss_g: [1, 1, 1], loss_d: [2, 2, 2], r1: [0.5, null, null], path: [null, 3, null] })
  })
  test('what a run does again after it was killed takes the place of what it had said', () => {
    const before = [tick(1), tick(2), tick(3), tick(4)].reduce(withTick, {})
    const again = withTick(before, tick(2.5, { loss_g: 7 }))
    expect(again.kimg).toEqual([1, 2, 2.5])
    expect(again.loss_g).toEqual([1, 1, 7])
    expect(Object.values(again).every((one) => one.length === 3)).toBe(true)
  })
  test('words that are no numbers make no column', () => {
    expect(Object.keys(withTick({}, { ...tick(1), ...{ kind: 'tick' } })).includes('kind')).toBe(false)
  })
  test('too many rows are thinned by half, the newest stays', () => {
    const columns = { kimg: Array.from({ length: 11 }, (_, at) => at), p: Array.from({ length: 11 }, (_, at) => at / 10) }
    expect(thinned(columns, 10).kimg).toEqual([0, 2, 4, 6, 8, 10])
    expect(thinned(columns, 10).p?.at(-1)).toBe(1)
    expect(thinned(columns, 11)).toBe(columns)
  })
})

describe('what is drawn', () => {
  const columns = { kimg: [1, 2], seconds: [3600, 7200], memory_bytes: [2e9, 3e9], device_bytes: [0, 0], r1: [null, null], loss_g: [1, 2], loss_d: [null, 3] }
  test('runs along kimg or along hours', () => {
    expect(dataOf(columns, spec('loss'), 'kimg').x).toEqual([1, 2])
    expect(dataOf(columns, spec('loss'), 'clock').x).toEqual([1, 2])
    expect(dataOf({ ...columns, seconds: [1800, 5400] }, spec('loss'), 'clock').x).toEqual([0.5, 1.5])
  })
  test('leaves out what was never said, and the memory of a device that has none of its own', () => {
    expect(dataOf(columns, spec('terms'), 'kimg').lines).toEqual([])
    expect(dataOf(columns, spec('memory'), 'kimg').lines.map(({ line, values }) => [line.column, values])).toEqual([['memory_bytes', [2, 3]]])
  })
  test('keeps gaps as gaps', () => {
    expect(dataOf(columns, spec('loss'), 'kimg').lines[1]?.values).toEqual([null, 3])
  })
})

test('the nearest row is found by halving', () => {
  const x = [0, 1, 4, 9, 16]
  expect([-5, 0.4, 0.6, 2.5, 2.6, 12, 100].map((to) => nearest(x, to))).toEqual([0, 0, 1, 1, 2, 3, 4])
  expect(nearest([], 3)).toBe(-1)
})

test('the newest value passes over gaps', () => {
  expect([newest([1, 2, null]), newest([null]), newest([])]).toEqual([2, null, null])
})

test('runs of different lengths share one axis', () => {
  expect(joined([{ x: [1, 3], values: [10, 30] }, { x: [2, 3], values: [5, null] }])).toEqual({ x: [1, 2, 3], values: [[10, null, 30], [null, 5, null]] })
})
