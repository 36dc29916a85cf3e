import { expect, test } from 'vitest'
import { SoundClock } from './sound_clock'

test('a stepping sound clock becomes an even one that stays within a frame of it', () => {
  const clock = new SoundClock()
  clock.set(10, 0, true)
  let last = 10
  for (let frame = 1; frame <= 300; frame++) {
    const wall = frame / 60
    const stepping = 10 + Math.floor(wall / 0.025) * 0.025
    const now = clock.read(stepping, wall, 1)
    expect(now).toBeGreaterThanOrEqual(last)
    expect(now - last).toBeLessThan(0.034)
    last = now
  }
  expect(Math.abs(last - 15)).toBeLessThan(0.03)
})

test('a jump of the sound is followed at once', () => {
  const clock = new SoundClock()
  clock.set(10, 0, true)
  clock.read(10.016, 0.016, 1)
  expect(clock.read(2, 0.032, 1)).toBe(2)
})

test('at half speed it runs at half speed', () => {
  const clock = new SoundClock()
  clock.set(0, 0, true)
  for (let frame = 1; frame <= 60; frame++) clock.read(frame / 120, frame / 60, 0.5)
  expect(clock.read(0.5, 1, 0.5)).toBeCloseTo(0.5, 2)
})
