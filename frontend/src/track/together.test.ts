import { describe, expect, it } from 'vitest'
import { createScope } from '../lib/scope'
import { createEmitter } from '../lib/emitter'
import { createStore } from '../lib/store'
import type { Live } from '../wire/events'
import type { Here, Place } from '../wire/types'
import type { Desk } from './desk'
import { createTogether, secondsOf } from './together'

const person = { id: 'p', name: 'Jonah', initials: 'J', colour: 'blue' }
const at = (values: Partial<Place> = {}): Place => ({
  page: 'b', person, track_id: 't', seconds: 10, is_playing: false, rate: 1, selection: [], heardAt: performance.now(), ...values,
})

function parts() {
  const said: Here[] = []
  const places = createStore<readonly Place[]>([])
  const events = createEmitter<{ seek: number; state: void; hand: void; tick: number; error: string }>()
  const player = {
    events, seconds: 0, isPlaying: false, rate: 1, audio: { playbackRate: 1 }, deeds: [] as string[],
    place(seconds: number) {
      this.seconds = seconds
    },
    play() {
      this.isPlaying = true
      return Promise.resolve()
    },
    pause() {
      this.isPlaying = false
    },
  }
  const selection = createStore<ReadonlySet<string>>(new Set())
  const desk = { player, cues: { selection }, view: { follow: () => undefined } } as unknown as Desk
  const live = { places, sayHere: (here: Here) => said.push(here) } as unknown as Live
  const scope = createScope()
  return { said, places, player, selection, scope, together: createTogether(scope, live, desk, 't') }
}

describe('together', () => {
  it('reckons where a playing one is by now', () => {
    expect(secondsOf(at({ is_playing: true, rate: 0.5, heardAt: 1000 }), 3000)).toBeCloseTo(11)
    expect(secondsOf(at({ heardAt: 1000 }), 3000)).toBe(10)
  })

  it('tells what is chosen and where the playhead went', () => {
    const { said, selection, player } = parts()
    player.seconds = 4
    selection.set(new Set(['a', 'b']))
    expect(said.at(-1)).toEqual({ track_id: 't', seconds: 4, is_playing: false, rate: 1, selection: ['a', 'b'] })
  })

  it('shows those on this track and not on another', () => {
    const { places, together } = parts()
    places.set([at(), at({ page: 'c', track_id: 'other' })])
    expect(together.others.get().map(({ page }) => page)).toEqual(['b'])
  })

  it('goes where the followed one goes, plays when it plays, and lets go when a hand takes over or it leaves', () => {
    const { places, player, together } = parts()
    places.set([at()])
    together.follow('b')
    expect(player.seconds).toBe(10)
    places.set([at({ seconds: 20, is_playing: true })])
    expect(player.seconds).toBeCloseTo(20, 1)
    expect(player.isPlaying).toBe(true)
    places.set([at({ seconds: 20.1 })])
    expect([player.isPlaying, player.seconds.toFixed(0)]).toEqual([false, '20'])
    player.events.emit('hand', undefined)
    expect(together.followed.get()).toBeNull()
    together.follow('b')
    places.set([])
    expect(together.followed.get()).toBeNull()
  })
})
