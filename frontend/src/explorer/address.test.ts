import { expect, test } from 'vitest'
import { plainLook, plainVector } from '../network/vectors'
import { freshlyExplored, fromHash, fromText, toHash, toText, type Explored } from './address'
import { ALL_ROWS, added, withStep } from './recipe'

const explored: Explored = {
  snapshotId: 'e0f1', vector: added(withStep(plainVector(1213), 'a'.repeat(64), 3, { amount: -1.4 }), 'mixes', { of: plainVector(7, { label: 2 }), rows: { first: 8, end: null } }),
  look: { ...plainLook, noise: 'none', turn: 12.5 }, resting: [{ of: plainVector(3), rows: ALL_ROWS }],
}

test('what is explored comes back from the address as it was', () => expect(fromHash(`#${toHash(explored)}`)).toEqual(explored))
test('an untouched seed makes a short address', () => expect(toText(freshlyExplored('e0f1', 5))).toBe('{"snapshot":"e0f1","vector":{"seed":5}}'))
test('what is too long for an address has none, and still is text', () => {
  const long = { ...explored, vector: plainVector(0, { z: Array.from({ length: 512 }, (_, at) => Math.sin(at)) }) }
  expect(toHash(long)).toBeNull()
  expect(fromText(toText(long))).toEqual(long)
})
test.each(['', '#', '#abc', '#%', '#{"snapshot":1}', '#%7B%22vector%22%3A%7B%22x%22%3A1%7D%7D'])('an address of something else is none: %s', (hash) => expect(fromHash(hash)).toBeNull())
