import { expect, test } from 'vitest'
import { NO_BEATS } from './beats'
import { snapped } from './snap'
import { nearestZero } from './zero_crossing'

/** Zero at 3, 13, 23 …: sin of a period of 20 samples. */
const sine = (frame: number): number => Math.sin(((frame - 3) / 20) * 2 * Math.PI)

test('the nearest change of sign is found, on either side, between samples', () => {
  const late = (frame: number): number => Math.sin(((frame - 3.25) / 20) * 2 * Math.PI)
  for (const [from, zero] of [[4, 3.25], [7.9, 3.25], [8.6, 13.25], [13.25, 13.25], [22, 23.25]] as const) expect(nearestZero(late, from, 10)).toBeCloseTo(zero, 2)
})

test('silence is a zero everywhere, and a wave that stays on one side has none', () => {
  expect(nearestZero(() => 0, 7, 3)).toBe(7)
  expect(nearestZero(() => 0.5, 7, 100)).toBeNull()
})

test('out of reach, and where samples are missing, there is none', () => {
  expect(nearestZero((frame) => sine(frame) + 1e-9, 8, 2)).toBeNull()
  expect(nearestZero(() => null, 8, 5)).toBeNull()
})

test('snapping to zeros leaves a time where they are not known', () => {
  const options = { grid: NO_BEATS, kind: 'zero' as const, pxPerSecond: 100 }
  expect(snapped(1.2345, options)).toBe(1.2345)
  expect(snapped(1.2345, { ...options, crossing: (seconds, within) => (within === 0.02 ? Math.round(seconds * 100) / 100 : null) })).toBe(1.23)
})
