/** Looking along: the player of this page goes where the driver's is. Its sound is off until somebody turns it on. */
import type { Player } from '../widgets/player'
import type { DriverClock } from './messages'

/** Closer than this is together: correcting less would be heard. */
const APART_SECONDS = 0.12
const APART_PAUSED_SECONDS = 0.005

/** Take the driver's place, rate, loop and play or pause. */
export function goAlong(player: Player, clock: DriverClock): void {
  // A page may play by itself only what is not heard.
  if (!player.isPlaying && clock.playing) player.audio.muted = true
  if (player.rate !== clock.rate) player.audio.playbackRate = clock.rate
  takeLoop(player, clock.loop)
  const apart = Math.abs(player.seconds - clock.seconds)
  if (!clock.playing) {
    player.pause()
    if (apart > APART_PAUSED_SECONDS) player.place(clock.seconds)
    return
  }
  if (!player.isPlaying || isApart(apart, clock)) player.place(clock.seconds)
  const hasSound = player.audio.hasAttribute('src') && !player.audio.error
  if (!player.isPlaying && hasSound) void player.play()
}

/** The two ends of a loop are neighbours. */
function isApart(apart: number, { loop, rate }: DriverClock): boolean {
  const length = loop ? loop[1] - loop[0] : Infinity
  return Math.min(apart, Math.abs(length - apart)) > APART_SECONDS * Math.max(1, rate)
}

function takeLoop(player: Player, loop: DriverClock['loop']): void {
  const now = player.loop
  if (now?.from === loop?.[0] && now?.to === loop?.[1]) return
  player.setLoop(loop && { from: loop[0], to: loop[1] })
}
