/** The player: one media element, its even clock, the loop and the rate. Everything on a page that moves listens to `tick`. */
import { createEmitter, type Emitter } from '../lib/emitter'
import type { Scope } from '../lib/scope'
import { SoundClock } from './sound_clock'

export const RATES = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2]

export interface Loop {
  from: number
  to: number
}

export interface PlayerEvents {
  /** Where the sound is, once per painted picture while it plays and once after every seek. */
  tick: number
  seek: number
  /** Somebody plays, stops, seeks or sets the rate by hand; not a loop that turns nor a driver who is followed. */
  hand: void
  /** Playing or not, rate, loop, volume: whatever the transport shows. */
  state: void
  /** A sentence: why there is no sound. */
  error: string
}

/** Shorter loops than this cannot be heard as one. */
const SHORTEST_LOOP = 0.05

export class Player {
  readonly events: Emitter<PlayerEvents> = createEmitter()
  private readonly clock = new SoundClock()
  private stopTicking: (() => void) | null = null
  private loopSpan: Loop | null = null
  private loopOn = false

  constructor(
    private readonly scope: Scope,
    readonly audio: HTMLMediaElement,
    private knownDuration: number,
  ) {
    scope.listen(audio, 'playing', () => this.began())
    scope.listen(audio, 'pause', () => this.stopped())
    scope.listen(audio, 'waiting', () => this.settle())
    scope.listen(audio, 'ended', () => this.ended())
    scope.listen(audio, 'seeked', () => {
      this.settle()
      this.events.emit('tick', this.seconds)
    })
    scope.listen(audio, 'ratechange', () => this.settle())
    scope.listen(audio, 'volumechange', () => this.events.emit('state', undefined))
    // A page in the background paints nothing, but its sound must still turn at the end of the loop.
    scope.listen(audio, 'timeupdate', () => this.turn())
    scope.listen(audio, 'error', () => this.events.emit('error', soundError(audio)))
    scope.add(() => audio.pause())
  }

  get durationSeconds(): number {
    return this.knownDuration
  }

  set durationSeconds(seconds: number) {
    this.knownDuration = seconds
    this.events.emit('state', undefined)
  }

  get isPlaying(): boolean {
    return !this.audio.paused && !this.audio.ended
  }

  get rate(): number {
    return this.audio.playbackRate
  }

  get seconds(): number {
    const now = this.clock.read(this.audio.currentTime, performance.now() / 1000, this.rate)
    return Math.min(this.durationSeconds || Infinity, Math.max(0, now))
  }

  /** The loop that is being played, or null. */
  get loop(): Loop | null {
    return this.loopOn ? this.loopSpan : null
  }

  /** The span chosen for looping, whether or not it is on. */
  get loopSelection(): Loop | null {
    return this.loopSpan
  }

  async play(): Promise<void> {
    if (this.audio.ended || this.seconds >= this.durationSeconds - 0.01) this.place(this.loop?.from ?? 0)
    try {
      await this.audio.play()
    } catch (error) {
      if ((error as Error).name === 'NotAllowedError') this.events.emit('error', 'The browser waits for a click before it plays sound. Press play once more.')
      else if ((error as Error).name !== 'AbortError') this.events.emit('error', soundError(this.audio))
    }
  }

  pause(): void {
    this.audio.pause()
  }

  toggle(): void {
    this.events.emit('hand', undefined)
    if (this.isPlaying) this.pause()
    else void this.play()
  }

  seek(seconds: number): void {
    this.events.emit('hand', undefined)
    this.place(seconds)
  }

  /** Go to a time that no hand chose. */
  place(seconds: number): void {
    const to = Math.min(Math.max(0, seconds), this.durationSeconds || Infinity)
    this.audio.currentTime = to
    this.clock.set(to, performance.now() / 1000, false)
    this.events.emit('seek', to)
    this.events.emit('tick', to)
  }

  setRate(rate: number): void {
    this.events.emit('hand', undefined)
    this.audio.playbackRate = rate
    this.events.emit('state', undefined)
  }

  setVolume(volume: number): void {
    this.audio.volume = Math.min(1, Math.max(0, volume))
    this.audio.muted = volume <= 0
  }

  /** Choose the span and, unless told otherwise, play it round and round. Null forgets it. */
  setLoop(span: Loop | null, isOn = span !== null): void {
    const ordered = span && { from: Math.max(0, Math.min(span.from, span.to)), to: Math.max(span.from, span.to) }
    this.loopSpan = ordered && ordered.to - ordered.from >= SHORTEST_LOOP ? ordered : null
    this.loopOn = isOn && this.loopSpan !== null
    this.events.emit('state', undefined)
  }

  private began(): void {
    this.settle()
    this.stopTicking ??= this.scope.eachFrame(() => {
      this.turn()
      this.events.emit('tick', this.seconds)
    })
  }

  private stopped(): void {
    this.stopTicking?.()
    this.stopTicking = null
    this.settle()
    this.events.emit('tick', this.seconds)
  }

  private ended(): void {
    const loop = this.loop
    if (loop && loop.to >= this.durationSeconds - 0.1) {
      this.place(loop.from)
      void this.play()
    } else this.stopped()
  }

  private settle(): void {
    const isMoving = this.isPlaying && !this.audio.seeking && this.audio.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA
    this.clock.set(this.audio.currentTime, performance.now() / 1000, isMoving)
    this.events.emit('state', undefined)
  }

  private turn(): void {
    const loop = this.loop
    if (!loop || !this.isPlaying || this.audio.seeking) return
    // Who starts beyond the loop hears the rest of the track.
    const now = this.audio.currentTime
    if (now >= loop.to && now < loop.to + 1) this.place(loop.from + ((now - loop.to) % (loop.to - loop.from)))
  }
}

function soundError(audio: HTMLMediaElement): string {
  if (audio.error?.code === MediaError.MEDIA_ERR_NETWORK) return 'The sound stopped: the studio cannot be reached. Play again when the connection is back.'
  return 'This browser could not play the track. Analyse the track again to make a new playback copy.'
}
