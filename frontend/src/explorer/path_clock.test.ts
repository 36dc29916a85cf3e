import { expect, test } from 'vitest'
import { PathClock } from './path_clock'

function clockAt() {
  let now = 100
  const clock = new PathClock(() => now)
  return { clock, wait: (seconds: number) => (now += seconds) }
}

test('it goes round and round', () => {
  const { clock, wait } = clockAt()
  clock.setSpan(4, true)
  clock.play()
  wait(5)
  expect(clock.seconds).toBeCloseTo(1)
  expect(clock.loop).toEqual({ from: 0, to: 4 })
  clock.pause()
  wait(5)
  expect(clock.seconds).toBeCloseTo(1)
})

test('without a loop it stops at the end, and begins again from there', () => {
  const { clock, wait } = clockAt()
  clock.setSpan(4, false)
  clock.play()
  wait(9)
  expect([clock.seconds, clock.isAtEnd, clock.loop]).toEqual([4, true, null])
  clock.pause()
  clock.play()
  expect(clock.seconds).toBe(0)
})

test('a way that gets longer under way goes on where it was', () => {
  const { clock, wait } = clockAt()
  clock.setSpan(4, true)
  clock.play()
  wait(3)
  clock.setSpan(10, true)
  wait(2)
  expect(clock.seconds).toBeCloseTo(5)
})

test('no way at all does not play', () => {
  const { clock } = clockAt()
  clock.play()
  expect([clock.isPlaying, clock.seconds, clock.loop]).toEqual([false, 0, null])
})

test('who listens hears of every change', () => {
  const { clock } = clockAt()
  const heard: string[] = []
  clock.events.on('state', () => heard.push('state'))
  clock.events.on('seek', (to) => heard.push(`seek ${to}`))
  clock.setSpan(4, true)
  clock.setSpan(4, true)
  clock.play()
  clock.seek(3)
  clock.pause()
  expect(heard).toEqual(['state', 'state', 'seek 3', 'state'])
})
