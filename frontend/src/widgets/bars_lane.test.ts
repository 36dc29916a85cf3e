import { expect, test } from 'vitest'
import { isUnderTag } from './bars_lane'

test('the number of a bar gives way to the tempo of a marker, not to the marker’s own line', () => {
  const tags = [100]
  expect([99, 100, 101].some((x) => isUnderTag(x, tags))).toBe(false)
  expect([120, 140, 160].every((x) => isUnderTag(x, tags))).toBe(true)
  expect(isUnderTag(200, tags)).toBe(false)
  expect(isUnderTag(140, [])).toBe(false)
})
