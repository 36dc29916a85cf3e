// @vitest-environment jsdom
import { expect, test } from 'vitest'
import { createScope } from '../lib/scope'
import { Player } from '../widgets/player'
import { goAlong } from './follow'
import type { DriverClock } from './messages'

/** A player whose sound needs no decoder, and what was done to it by hand. */
function listener() {
  const audio = document.createElement('audio')
  audio.setAttribute('src', '/proxy.m4a')
  let [paused, time, rate] = [true, 0, 1]
  Object.defineProperties(audio, {
    paused: { get: () => paused },
    currentTime: { get: () => time, set: (to: number) => (time = to) },
    playbackRate: { get: () => rate, set: (to: number) => (rate = to) },
  })
  audio.play = () => Promise.resolve(void (paused = false))
  audio.pause = () => void (paused = true)
  const player = new Player(createScope(), audio, 60)
  let hands = 0
  player.events.on('hand', () => (hands += 1))
  return { player, audio, hands: () => hands }
}

const clock = (values: Partial<DriverClock>): DriverClock => ({ type: 'clock', seconds: 0, rate: 1, playing: false, loop: null, ...values })

test('plays where the driver plays, unheard until somebody turns the sound on', () => {
  const { player, audio, hands } = listener()
  goAlong(player, clock({ seconds: 12, rate: 0.5, playing: true, loop: [10, 20] }))
  expect(player.isPlaying).toBe(true)
  expect(audio.muted).toBe(true)
  expect([audio.currentTime, player.rate]).toEqual([12, 0.5])
  expect(player.loop).toEqual({ from: 10, to: 20 })
  player.setVolume(1)
  goAlong(player, clock({ seconds: 12.02, rate: 0.5, playing: true, loop: [10, 20] }))
  expect(audio.muted).toBe(false)
  expect(hands()).toBe(0)
})

test('a small difference is not heard, a large one is closed', () => {
  const { player, audio } = listener()
  goAlong(player, clock({ seconds: 12, playing: true }))
  goAlong(player, clock({ seconds: 12.05, playing: true }))
  expect(audio.currentTime).toBe(12)
  goAlong(player, clock({ seconds: 30, playing: true }))
  expect(audio.currentTime).toBe(30)
})

test('both ends of a loop are one place', () => {
  const { player, audio } = listener()
  goAlong(player, clock({ seconds: 19.98, playing: true, loop: [10, 20] }))
  goAlong(player, clock({ seconds: 10.01, playing: true, loop: [10, 20] }))
  expect(audio.currentTime).toBe(19.98)
})

test('stands exactly where the driver stands, without a loop when there is none', () => {
  const { player, audio } = listener()
  goAlong(player, clock({ seconds: 12, playing: true, loop: [10, 20] }))
  goAlong(player, clock({ seconds: 12.04 }))
  expect(player.isPlaying).toBe(false)
  expect(audio.currentTime).toBe(12.04)
  expect(player.loop).toBeNull()
})

test('play, seek and rate are a hand; a turn of the loop and a place are none', () => {
  const { player, hands } = listener()
  player.setLoop({ from: 10, to: 20 })
  void player.play()
  player.place(20.1)
  player.audio.dispatchEvent(new Event('timeupdate'))
  expect(player.audio.currentTime).toBeCloseTo(10.1)
  expect(hands()).toBe(0)
  player.toggle()
  player.seek(3)
  player.setRate(2)
  expect(hands()).toBe(3)
})
