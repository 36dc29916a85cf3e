import { expect, test } from 'vitest'
import { anotherSeed, parametersOf, plainWalk, readSeed, readWalk, writeWalk } from './walk'

test('a walk goes through the address and back', () => {
  const walk = { seed: 7, secondsEach: 12, truncation: 0.5 }
  expect(readWalk(writeWalk(walk, 's'))).toEqual(walk)
  expect(writeWalk(plainWalk, 's')).toBe('?snapshot=s')
})

test('nonsense in the address is the plain walk, and what is too much is the most', () => {
  expect(readWalk('?seed=x&each=&psi=9')).toEqual({ ...plainWalk, truncation: 2 })
})

test('the visualizer’s own names; seeds are whole', () => {
  expect(parametersOf(plainWalk)).toEqual({ seed: 0, seconds_each: 4, truncation: 0.8 })
  expect(anotherSeed(0.999999999)).toBeLessThan(2 ** 31)
  expect(Number.isInteger(anotherSeed(0.3))).toBe(true)
})

test('a typed seed is a whole number from 0 on', () => {
  expect([' 17 ', '0', '2147483647'].map(readSeed)).toEqual([17, 0, 2147483647])
  expect(['', 'x', '1.5', '-1', '2147483648'].map(readSeed)).toEqual([null, null, null, null, null])
})
