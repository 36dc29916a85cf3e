/** The media keys of keyboards, headphones and lock screens: play, pause, seek, and the next and previous cue. */
import type { Scope } from '../lib/scope'
import type { Player } from './player'

const SEEK_SECONDS = 5
const TELL_EVERY_MS = 1000

export interface MediaKeys {
  title: string
  cue: (direction: 1 | -1) => void
}

export function listenForMediaKeys(scope: Scope, player: Player, { title, cue }: MediaKeys): void {
  const session = typeof navigator === 'undefined' ? undefined : navigator.mediaSession
  if (!session) return
  session.metadata = new MediaMetadata({ title, artist: 'Phosphene' })
  const hear = (action: MediaSessionAction, run: (details: MediaSessionActionDetails) => void): void => {
    try {
      session.setActionHandler(action, run)
      scope.add(() => session.setActionHandler(action, null))
    } catch {
      // This browser has no such key.
    }
  }
  hear('play', () => void player.play())
  hear('pause', () => player.pause())
  hear('stop', () => player.pause())
  hear('seekto', ({ seekTime }) => player.seek(seekTime ?? player.seconds))
  hear('seekbackward', ({ seekOffset }) => player.seek(player.seconds - (seekOffset ?? SEEK_SECONDS)))
  hear('seekforward', ({ seekOffset }) => player.seek(player.seconds + (seekOffset ?? SEEK_SECONDS)))
  hear('nexttrack', () => cue(1))
  hear('previoustrack', () => cue(-1))
  const tell = (): void => {
    session.playbackState = player.isPlaying ? 'playing' : 'paused'
    const duration = player.durationSeconds
    if (duration > 0) session.setPositionState({ duration, position: Math.min(duration, player.seconds), playbackRate: player.rate })
  }
  scope.add(player.events.on('state', tell))
  scope.add(player.events.on('seek', tell))
  scope.every(TELL_EVERY_MS, () => {
    if (player.isPlaying) tell()
  })
  scope.add(() => {
    session.metadata = null
    session.playbackState = 'none'
  })
}
