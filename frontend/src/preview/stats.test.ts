import { expect, test } from 'vitest'
import { StatsKeeper } from './stats'

test('thirty pictures a second read as thirty, late ones with their delay', () => {
  const stats = new StatsKeeper()
  stats.asked(1000)
  for (let index = 0; index <= 60; index++) stats.show({ at: 1200 + (index * 1000) / 30, delayMs: 20, drawToScreenMs: 90 })
  const read = stats.read(3200, { dropped: 2, leadMs: 120 })
  expect(read.fps).toBeGreaterThan(29)
  expect(read.fps).toBeLessThan(32)
  expect(read).toMatchObject({ shown: 61, dropped: 2, delayMs: 20, firstFrameMs: 200, drawToScreenMs: 90 })
})

test('a preview that stands still reads as none', () => {
  const stats = new StatsKeeper()
  stats.show({ at: 0, delayMs: 0, drawToScreenMs: 0 })
  expect(stats.read(5000, { dropped: 0, leadMs: 0 }).fps).toBe(0)
})
