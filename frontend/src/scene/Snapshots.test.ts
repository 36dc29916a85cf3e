import { expect, test } from 'vitest'
import type { Network } from '../wire/types'
import { summaryWords } from './Snapshots'

const network = (name: string, count: number): Network =>
  ({ id: name, name, snapshots: Array.from({ length: count }, (_, place) => ({ id: `${name}-${place}` })) }) as unknown as Network

const iris = network('Iris 3', 6)
const mandala = network('Mandala 5', 6)

test('snapshots of one network are counted among those it has', () => {
  expect(summaryWords(['Iris 3-0', 'Iris 3-5'], [iris, mandala])).toBe('Iris 3, 2 of 6')
})

test('snapshots of several networks are not counted as if one had them all', () => {
  expect(summaryWords(['Iris 3-0', 'Iris 3-1', 'Mandala 5-5'], [iris, mandala])).toBe('3 snapshots of 2 networks')
})

test('snapshots that the project does not list any more are counted without a network', () => {
  expect(summaryWords(['Iris 3-0', 'gone'], [iris, mandala])).toBe('2 snapshots')
  expect(summaryWords([], [iris])).toBe('Choose snapshots')
})
