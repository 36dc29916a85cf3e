// @vitest-environment jsdom
import { expect, test, vi } from 'vitest'
import { createScope } from '../lib/scope'
import { Player } from './player'

/** A media element without a decoder: its time is what the test says. */
function fakeAudio() {
  const audio = document.createElement('audio')
  let paused = true
  let time = 0
  Object.defineProperties(audio, {
    paused: { get: () => paused },
    readyState: { get: () => 4 },
    currentTime: { get: () => time, set: (to: number) => {
      time = to
      audio.dispatchEvent(new Event('seeked'))
    } },
  })
  audio.play = () => {
    paused = false
    audio.dispatchEvent(new Event('playing'))
    return Promise.resolve()
  }
  audio.pause = () => {
    paused = true
    audio.dispatchEvent(new Event('pause'))
  }
  return { audio, run: (seconds: number) => {
    time = seconds
    audio.dispatchEvent(new Event('timeupdate'))
  } }
}

test('a loop turns at its end, by as much as the sound had passed it', () => {
  const { audio, run } = fakeAudio()
  const player = new Player(createScope(), audio, 60)
  player.setLoop({ from: 10, to: 12 })
  player.seek(10)
  void player.play()
  run(12.1)
  expect(audio.currentTime).toBeCloseTo(10.1)
})

test('who starts behind the loop hears the rest of the track', () => {
  const { audio, run } = fakeAudio()
  const player = new Player(createScope(), audio, 60)
  player.setLoop({ from: 10, to: 12 })
  player.seek(40)
  void player.play()
  run(41)
  expect(audio.currentTime).toBe(41)
})

test('a loop drawn from right to left is the same loop, and a touch is none', () => {
  const { audio } = fakeAudio()
  const player = new Player(createScope(), audio, 60)
  player.setLoop({ from: 12, to: 10 })
  expect(player.loop).toEqual({ from: 10, to: 12 })
  player.setLoop({ from: 5, to: 5.01 })
  expect(player.loop).toBeNull()
})

test('seeking stays inside the track and is told', () => {
  const { audio } = fakeAudio()
  const player = new Player(createScope(), audio, 60)
  const told = vi.fn()
  player.events.on('seek', told)
  player.seek(100)
  expect(told).toHaveBeenCalledWith(60)
})

test('closing the page stops the sound', () => {
  const { audio } = fakeAudio()
  const scope = createScope()
  const player = new Player(scope, audio, 60)
  void player.play()
  scope.close()
  expect(player.isPlaying).toBe(false)
})
