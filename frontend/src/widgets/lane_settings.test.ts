import { expect, test } from 'vitest'
import { inOrder, reordered } from './lane_settings'

const lanes = (...ids: string[]): { id: string }[] => ids.map((id) => ({ id }))
const idsOf = (list: { id: string }[]): string[] => list.map(({ id }) => id)

test('a lane that was moved stays where it was put', () => {
  const order = reordered(['a', 'b', 'c'], [], 'c', 'a')
  expect(idsOf(inOrder(lanes('a', 'b', 'c'), order))).toEqual(['c', 'a', 'b'])
  expect(reordered(['c', 'a', 'b'], order, 'c', null)).toEqual(['a', 'b', 'c'])
})

test('a lane that nobody moved stands after the one before it', () => {
  expect(idsOf(inOrder(lanes('new', 'a', 'b', 'x', 'c'), ['c', 'b', 'a']))).toEqual(['new', 'c', 'b', 'x', 'a'])
  expect(idsOf(inOrder(lanes('a', 'b'), []))).toEqual(['a', 'b'])
})

test('lanes of other scenes keep their order', () => {
  expect(reordered(['a', 'b'], ['route:1', 'b', 'a'], 'a', null)).toEqual(['b', 'a', 'route:1'])
})
