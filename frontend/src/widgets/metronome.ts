/** A click on every beat while the track plays, scheduled a little ahead on the audio clock. */
import type { Scope } from '../lib/scope'
import { lastAtOrBefore, type Beats } from './beats'
import type { Player } from './player'

const AHEAD_SECONDS = 0.2
const EVERY_MS = 60
const CLICK_SECONDS = 0.03

export interface Metronome {
  readonly isOn: boolean
  set(isOn: boolean): void
}

export function createMetronome(scope: Scope, player: Player, grid: () => Beats): Metronome {
  let context: AudioContext | null = null
  let stop: (() => void) | null = null
  let clickedUpTo = -1

  const click = (inSeconds: number, isDownbeat: boolean): void => {
    if (!context) return
    const at = context.currentTime + Math.max(0, inSeconds)
    const tone = new OscillatorNode(context, { frequency: isDownbeat ? 1760 : 1175 })
    const gain = new GainNode(context, { gain: 0 })
    gain.gain.setValueAtTime(0.35, at)
    gain.gain.exponentialRampToValueAtTime(0.001, at + CLICK_SECONDS)
    tone.connect(gain).connect(context.destination)
    tone.start(at)
    tone.stop(at + CLICK_SECONDS)
  }

  const schedule = (): void => {
    if (!player.isPlaying) return void (clickedUpTo = -1)
    const { beats, downbeats } = grid()
    const now = player.seconds
    const until = now + AHEAD_SECONDS * player.rate
    for (let index = lastAtOrBefore(beats, Math.max(now, clickedUpTo)) + 1; index < beats.length; index++) {
      const beat = beats[index]!
      if (beat > until) break
      const nearestDown = downbeats[lastAtOrBefore(downbeats, beat + 0.01)]
      click((beat - now) / player.rate, nearestDown !== undefined && Math.abs(nearestDown - beat) < 0.02)
      clickedUpTo = beat
    }
  }

  const set = (isOn: boolean): void => {
    if (isOn === (stop !== null)) return
    stop?.()
    stop = null
    if (!isOn) return
    context ??= new AudioContext()
    void context.resume()
    stop = scope.every(EVERY_MS, schedule)
  }
  scope.add(player.events.on('seek', () => (clickedUpTo = -1)))
  scope.add(() => {
    stop?.()
    void context?.close()
  })
  return {
    get isOn() {
      return stop !== null
    },
    set,
  }
}
