import { expect, test } from 'vitest'
import { calibrate, CALIBRATION_TAPS } from './calibration'

const clicks = Array.from({ length: 40 }, (_, beat) => 5 + beat * 0.6)

test('taps that come 83 ms late are told so, a slip and the first ones do not count', () => {
  const taps = clicks.slice(2, 2 + CALIBRATION_TAPS).map((seconds, index) => seconds + (index < 3 ? 0.25 : 0.083))
  taps[7]! += 0.2
  const found = calibrate(taps, clicks)!
  expect(found.lateSeconds).toBeCloseTo(0.083, 9)
  expect(found.spreadSeconds).toBeLessThan(1e-9)
})

test('a hand ahead of the click is early', () => {
  expect(calibrate(clicks.slice(0, CALIBRATION_TAPS).map((seconds) => seconds - 0.02), clicks)!.lateSeconds).toBeCloseTo(-0.02, 9)
})

test('too few taps measure nothing', () => {
  expect(calibrate(clicks.slice(0, CALIBRATION_TAPS - 1), clicks)).toBeNull()
  expect(calibrate(clicks.slice(0, CALIBRATION_TAPS), [])).toBeNull()
})
