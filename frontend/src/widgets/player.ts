/** The player: one sound, its even clock, the loop and the rate. Everything on a page that moves listens to `tick`. */
import { createEmitter, type Emitter } from '../lib/emitter'
import type { Scope } from '../lib/scope'
import { latency } from './latency'
import type { Span } from './loop_seam'
import { Relay } from './relay'
import { Scrubber } from './scrubber'
import { SoundClock } from './sound_clock'
import { copyOf, soundError } from './sound_elements'
import { createSoundGraph, type SoundGraph } from './sound_graph'

export const RATES = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2]

export type Loop = Span

export interface PlayerEvents {
  /** Where the sound is, once per painted picture while it plays and once after every seek. */
  tick: number
  seek: number
  /** A loop has turned; by so many seconds of the track it came out behind. */
  turn: number
  /** Somebody plays, stops, seeks or sets the rate by hand; not a loop that turns nor a driver who is followed. */
  hand: void
  /** Playing or not, rate, loop, volume: whatever the transport shows. */
  state: void
  /** A sentence: why there is no sound. */
  error: string
}

/** Shorter loops than this cannot be heard as one. */
const SHORTEST_LOOP = 0.05
const BLOCK_SAMPLES = 128

export class Player {
  readonly events: Emitter<PlayerEvents> = createEmitter()
  readonly graph: SoundGraph
  private readonly clock = new SoundClock()
  private readonly relay: Relay
  private readonly scrubber: Scrubber
  private stopTicking: (() => void) | null = null
  private loopSpan: Loop | null = null
  private loopOn = false

  constructor(
    private readonly scope: Scope,
    main: HTMLMediaElement,
    private knownDuration: number,
  ) {
    this.graph = createSoundGraph(scope)
    this.relay = new Relay(scope, this.graph, main, (element) => this.follow(element))
    this.scrubber = new Scrubber(scope, this.graph, this, () => copyOf(scope, main))
    scope.add(() => this.audio.pause())
  }

  /** The element that is heard: a loop passes the sound to and fro between several. Its own time is not the track's. */
  get audio(): HTMLMediaElement {
    return this.relay.audio
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

  /** Seeking, or waiting for data: nothing is said about where the sound is. */
  get isBetween(): boolean {
    return this.audio.seeking || this.audio.readyState < HTMLMediaElement.HAVE_FUTURE_DATA
  }

  get rate(): number {
    return this.audio.playbackRate
  }

  /** Whether a slower or faster track keeps its pitch. */
  get keepsPitch(): boolean {
    return this.audio.preservesPitch !== false
  }

  get seconds(): number {
    const now = this.clock.read(this.audio.currentTime, performance.now() / 1000, this.rate)
    const heard = this.relay.placeOf(this.isPlaying ? now - this.delaySeconds * this.rate : now)
    return Math.min(this.durationSeconds || Infinity, Math.max(0, heard))
  }

  /** The place of what the element gives out now, not yet heard; it steps as media elements do. */
  get givenSeconds(): number {
    return this.relay.placeOf(this.audio.currentTime)
  }

  /** From the element to the ear, seconds: what the graph adds, and what the person has set. */
  get delaySeconds(): number {
    return this.graph.outputSeconds + latency.get().outputSeconds
  }

  /** What of the track enters the graph at `at` of its clock, how much loops have played again, and what it goes round. */
  entering(context: AudioContext): { at: number; seconds: number; turnedSeconds: number; loop: Loop | null; isTape: boolean } {
    // The graph's clock names the beginning of the block that it is in the middle of.
    const at = context.currentTime + BLOCK_SAMPLES / 2 / context.sampleRate
    return { at, ...this.relay.reading(this.loop) }
  }

  /** Lead the sound through the graph, which clicks, stems and seams need. Null where there is none. */
  open(): AudioContext | null {
    const context = this.graph.open()
    if (context) this.graph.gainOf(this.audio)
    return context
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
    if (this.graph.context) this.graph.open()
    try {
      await this.audio.play()
    } catch (error) {
      if ((error as Error).name === 'NotAllowedError') this.events.emit('error', 'The browser waits for a click before it plays sound. Press play once more.')
      else if ((error as Error).name !== 'AbortError') this.events.emit('error', soundError(this.audio))
    }
  }

  pause(): void {
    this.relay.leave()
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
    const { isPlaying } = this
    const isOther = this.relay.back()
    this.audio.currentTime = to
    if (isOther && isPlaying) void this.audio.play().catch(() => undefined)
    this.clock.set(to, performance.now() / 1000, false)
    this.events.emit('seek', to)
    this.events.emit('tick', to)
  }

  /** The hand draws the playhead along, and short pieces are heard. */
  scrub(seconds: number): void {
    this.scrubber.to(Math.min(Math.max(0, seconds), this.durationSeconds || Infinity))
  }

  endScrub(): void {
    this.scrubber.end()
  }

  setRate(rate: number): void {
    this.events.emit('hand', undefined)
    this.relay.leave()
    this.audio.playbackRate = rate
    this.events.emit('state', undefined)
  }

  setKeepsPitch(keeps: boolean): void {
    for (const element of this.relay.elements) element.preservesPitch = keeps
    this.events.emit('state', undefined)
  }

  setVolume(volume: number): void {
    for (const element of this.relay.elements) {
      element.volume = Math.min(1, Math.max(0, volume))
      element.muted = volume <= 0
    }
  }

  /** Choose the span and, unless told otherwise, play it round and round. Null forgets it. */
  setLoop(span: Loop | null, isOn = span !== null): void {
    const ordered = span && { from: Math.max(0, Math.min(span.from, span.to)), to: Math.max(span.from, span.to) }
    this.loopSpan = ordered && ordered.to - ordered.from >= SHORTEST_LOOP ? ordered : null
    this.loopOn = isOn && this.loopSpan !== null
    if (!this.loopOn) this.relay.leave()
    this.events.emit('state', undefined)
  }

  private follow(audio: HTMLMediaElement): void {
    const { scope } = this
    const hear = (type: string, run: () => void): void => scope.listen(audio, type, () => {
      if (audio === this.audio) run()
    })
    hear('playing', () => this.began())
    hear('pause', () => this.stopped())
    hear('waiting', () => this.settle())
    hear('ended', () => this.ended())
    hear('seeked', () => {
      this.settle()
      this.events.emit('tick', this.seconds)
    })
    hear('ratechange', () => this.settle())
    hear('volumechange', () => this.events.emit('state', undefined))
    // A page in the background paints nothing, but its sound must still turn at the end of the loop.
    hear('timeupdate', () => this.turn())
    hear('error', () => this.events.emit('error', soundError(audio)))
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
    if (this.relay.rewind()) void this.play()
    else if (loop && loop.to >= this.durationSeconds - 0.1) {
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
    if (!this.isPlaying || this.audio.seeking) return
    const step = this.relay.step(this.loop)
    if (!step) return
    if ('jumpTo' in step) return this.place(step.jumpTo)
    // From now on the other element is the sound.
    this.settle()
    this.events.emit('turn', step.behind)
    this.events.emit('tick', this.seconds)
  }
}
