/** Moves of the transport: what keys and buttons do with a desk. */
import type { Command } from '../lib/keys'
import { stepAlong } from '../widgets/beats'
import { RATES } from '../widgets/player'
import { SNAP_CHOICES } from '../widgets/snap'
import { cueMoves } from './cues/cue_moves'
import { cueCommands } from './cues/keys'
import { landing } from './cues/quantise'
import type { Desk } from './desk'

const ZOOM = 1.4
const FINE = { 'Alt+ArrowLeft': -0.01, 'Alt+ArrowRight': 0.01, 'Mod+Alt+ArrowLeft': -0.001, 'Mod+Alt+ArrowRight': 0.001 }

export function moves(desk: Desk) {
  const { player, view, cues, sound, follow, cueTools } = desk
  const now = (): number => player.seconds
  const go = (seconds: number): void => {
    player.seek(seconds)
    view.follow(player.seconds)
    if (view.xOf(player.seconds) < 0) view.moveTo(player.seconds)
  }
  /** Where a loop that is set here begins or ends. */
  const loopEnd = (): number => (cueTools.quantise.get() ? landing(sound.beats.get().beats, now()) : now())
  const step = (direction: 1 | -1, times: number[], otherwise: number) => (): void =>
    go(stepAlong(times, now(), direction) ?? now() + direction * otherwise)
  return {
    go,
    beat: (direction: 1 | -1) => step(direction, sound.beats.get().beats, 1)(),
    bar: (direction: 1 | -1) => step(direction, sound.beats.get().downbeats, 4)(),
    nudge: (seconds: number) => go(now() + seconds),
    cue(direction: 1 | -1): void {
      const times = cues.cues.get().map((cue) => cue.seconds)
      const next = direction > 0 ? times.find((seconds) => seconds > now() + 0.02) : times.findLast((seconds) => seconds < now() - 0.25)
      go(next ?? (direction > 0 ? player.durationSeconds : 0))
      const chosen = cues.cues.get().find((cue) => cue.seconds === next)
      if (chosen) cues.selected.set(chosen.id)
    },
    section(direction: 1 | -1): void {
      const times = sound.stretches.get().map((stretch) => stretch.from)
      const next = direction > 0 ? times.find((seconds) => seconds > now() + 0.02) : times.findLast((seconds) => seconds < now() - 0.25)
      go(next ?? (direction > 0 ? player.durationSeconds : 0))
    },
    /** At the playhead, taken to the grid when snapping is on and the grid is near; then its name is asked for. */
    addCue(asksName: boolean): void {
      const id = cues.add({ seconds: cueMoves(desk).placeNear(now()), label: '' })
      if (asksName) desk.renaming.set(id)
    },
    loopIn(): void {
      const from = loopEnd()
      player.setLoop({ from, to: Math.max(player.loopSelection?.to ?? 0, from + 0.05, player.loopSelection ? 0 : player.durationSeconds) })
    },
    loopOut(): void {
      const to = loopEnd()
      player.setLoop({ from: Math.min(player.loopSelection?.from ?? 0, to - 0.05), to })
    },
    toggleLoop(): void {
      if (player.loopSelection) player.setLoop(player.loopSelection, player.loop === null)
      else {
        const { downbeats } = sound.beats.get()
        const from = downbeats.findLast((seconds) => seconds <= now() + 0.01) ?? now()
        const to = downbeats.find((seconds) => seconds > from + 4 && downbeats.indexOf(seconds) % 2 === (downbeats.indexOf(from) % 2)) ?? from + 4
        player.setLoop({ from, to: Math.min(to, player.durationSeconds) })
      }
    },
    toggleFollow: () => follow.set((isOn) => !isOn),
    zoom: (direction: 1 | -1) => {
      const x = view.xOf(now())
      view.zoom(direction > 0 ? ZOOM : 1 / ZOOM, x >= 0 && x <= view.width ? x : view.width / 2)
    },
    rate: (direction: 1 | -1) => {
      const index = RATES.indexOf(player.rate)
      player.setRate(RATES[Math.min(RATES.length - 1, Math.max(0, index + direction))] ?? 1)
    },
  }
}

export type Moves = ReturnType<typeof moves>

/** Keys of UX §5 for a page with a track. */
export function transportCommands(desk: Desk, mayEdit: boolean): Command[] {
  const move = moves(desk)
  const { player, metronome } = desk
  const playing = (id: string, title: string, key: string, run: () => void, isOnce = false): Command => ({ id: `track.${id}`, title, group: 'Playing', key, run, isOnce })
  const seeing = (id: string, title: string, key: string, run: () => void): Command => ({ id: `track.${id}`, title, group: 'Seeing', key, run })
  return [
    playing('play', 'Play or pause', 'Space', () => player.toggle(), true),
    playing('back', 'One beat back', 'ArrowLeft', () => move.beat(-1)),
    playing('on', 'One beat on', 'ArrowRight', () => move.beat(1)),
    playing('bar-back', 'One bar back', 'Shift+ArrowLeft', () => move.bar(-1)),
    playing('bar-on', 'One bar on', 'Shift+ArrowRight', () => move.bar(1)),
    ...Object.entries(FINE).map(([key, seconds]) =>
      playing(`nudge${seconds}`, `${Math.abs(seconds * 1000)} ms ${seconds < 0 ? 'back' : 'on'}`, key, () => move.nudge(seconds))),
    playing('start', 'To the beginning', 'Home', () => move.go(0)),
    playing('end', 'To the end', 'End', () => move.go(player.durationSeconds)),
    playing('cue-back', 'Previous cue', 'p', () => move.cue(-1)),
    playing('cue-on', 'Next cue', 'n', () => move.cue(1)),
    playing('section-back', 'Previous section', 'Shift+p', () => move.section(-1)),
    playing('section-on', 'Next section', 'Shift+n', () => move.section(1)),
    playing('loop', 'Loop', 'l', move.toggleLoop, true),
    playing('loop-in', 'Loop from here', '[', move.loopIn, true),
    playing('loop-out', 'Loop up to here', ']', move.loopOut, true),
    playing('click', 'Click on beats', 'k', () => {
      metronome.set(!metronome.isOn)
      player.events.emit('state', undefined)
    }, true),
    seeing('zoom-in', 'Zoom in', 'ArrowUp', () => move.zoom(1)),
    seeing('zoom-out', 'Zoom out', 'ArrowDown', () => move.zoom(-1)),
    { ...seeing('follow', 'Follow the playhead', 'f', move.toggleFollow), isOnce: true },
    // Cues that are tapped while it plays come one after the other: a name field would swallow the next.
    { id: 'track.cue', title: 'Cue at the playhead', group: 'Cues', key: 'm | Mod+m', run: () => move.addCue(!player.isPlaying), isOff: () => !mayEdit, isOnce: true },
    ...cueCommands(desk, mayEdit),
  ]
}

export const snapLabel = (kind: string): string => SNAP_CHOICES.find((choice) => choice.value === kind)?.label ?? kind
