/** @vitest-environment jsdom */
import { beforeEach, expect, test, vi } from 'vitest'
import { createEmitter } from '../../lib/emitter'
import { createScope } from '../../lib/scope'
import { createStore } from '../../lib/store'
import { NO_BEATS, type Beats } from '../../widgets/beats'
import type { Player, PlayerEvents } from '../../widgets/player'
import type { TrackSound } from '../../widgets/track_sound'
import { createCueTools } from './cue_tools'

/** A beat every half second. */
const BEATS: Beats = { ...NO_BEATS, beats: Array.from({ length: 40 }, (_, index) => index / 2) }

function desk(seconds: number, isPlaying: boolean) {
  const events = createEmitter<PlayerEvents>()
  const player = { events, seconds, isPlaying, seek: vi.fn() }
  const sound = { beats: createStore(BEATS) }
  const tools = createCueTools(createScope(), { player: player as unknown as Player, sound: sound as TrackSound, crossing: () => null })
  return { tools, player, play: (now: number) => events.emit('tick', now), hand: () => events.emit('hand', undefined) }
}

beforeEach(() => localStorage.clear())

test('a quantised jump waits for the beat, lands on one, and the pulse goes on', () => {
  const { tools, player, play } = desk(3.1, true)
  tools.quantise.set(true)
  tools.jump(8.2)
  expect(player.seek).not.toHaveBeenCalled()
  play(3.4)
  expect(tools.waiting.get()).toBe(8)
  // The picture came 12 ms behind the beat at 3.5 s.
  play(3.512)
  expect(player.seek).toHaveBeenCalledExactlyOnceWith(expect.closeTo(8.012, 9))
  play(8.6)
  expect(player.seek).toHaveBeenCalledTimes(1)
})

test('who pauses or seeks meanwhile does not jump', () => {
  const { tools, player, play, hand } = desk(3.1, true)
  tools.quantise.set(true)
  tools.jump(8)
  hand()
  play(3.6)
  expect(player.seek).not.toHaveBeenCalled()
})

test('without quantise, or standing still, a jump is at once and exact', () => {
  for (const [isOn, isPlaying] of [[false, true], [true, false]] as const) {
    const { tools, player } = desk(3.1, isPlaying)
    tools.quantise.set(isOn)
    tools.jump(8.2)
    expect(player.seek).toHaveBeenCalledWith(8.2)
  }
})

test('snap comes back as what it was, also on the next visit', () => {
  const { tools } = desk(0, false)
  tools.snap.set('quarter')
  tools.toggleSnap()
  expect(tools.snap.get()).toBe('off')
  tools.toggleSnap()
  expect(tools.snap.get()).toBe('quarter')
  expect(desk(0, false).tools.snap.get()).toBe('quarter')
})
