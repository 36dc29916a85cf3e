/** Scrubbing: while the hand draws the playhead along, short grains of the sound at that place are heard. */
import type { Scope } from '../lib/scope'
import type { SoundGraph } from './sound_graph'

const GRAIN_SECONDS = 0.09
const FADE_SECONDS = 0.012
/** The hand holds still: no more grains. */
const STILL_MS = 160

/** Who is scrubbed. */
export interface Scrubbed {
  readonly audio: HTMLMediaElement
  readonly isPlaying: boolean
  open(): unknown
  pause(): void
  play(): unknown
  seek(seconds: number): void
}

export class Scrubber {
  private held: { wasPlaying: boolean } | null = null
  private element: HTMLMediaElement | null = null
  private sounding = false
  private wanted: number | null = null
  private stopGrain: (() => void) | null = null

  constructor(
    private readonly scope: Scope,
    private readonly graph: SoundGraph,
    private readonly player: Scrubbed,
    private readonly copy: () => HTMLMediaElement,
  ) {}

  /** Let the sound at this second be heard, as soon as the grain before has died away. A track that played waits. */
  to(seconds: number): void {
    if (!this.held) {
      this.held = { wasPlaying: this.player.isPlaying }
      this.player.pause()
      this.player.open()
    }
    this.wanted = seconds
    if (!this.sounding) void this.grain()
    this.player.seek(seconds)
  }

  /** The hand lets go: a track that played goes on from here. */
  end(): void {
    const wasPlaying = this.held?.wasPlaying
    this.held = null
    this.wanted = null
    if (wasPlaying) void this.player.play()
    this.stopGrain?.()
    this.element?.pause()
    this.sounding = false
  }

  private async grain(): Promise<void> {
    const seconds = this.wanted
    if (seconds === null) return
    this.wanted = null
    this.sounding = true
    const element = (this.element ??= this.copy())
    const playing = this.player.audio
    element.volume = playing.volume
    element.muted = playing.muted
    element.playbackRate = 1
    element.currentTime = seconds
    try {
      await element.play()
    } catch {
      this.sounding = false
      return
    }
    this.shape(element)
    this.stopGrain = this.scope.after(GRAIN_SECONDS * 1000, () => {
      this.sounding = false
      if (this.wanted !== null) return void this.grain()
      this.scope.after(STILL_MS, () => {
        if (!this.sounding) element.pause()
      })
    })
  }

  /** A grain rises and falls, so that its cut edges are not heard. */
  private shape(element: HTMLMediaElement): void {
    const gain = this.graph.gainOf(element)?.gain
    const now = this.graph.context?.currentTime
    if (!gain || now === undefined) return
    gain.cancelScheduledValues(now)
    gain.setValueAtTime(0, now)
    gain.linearRampToValueAtTime(1, now + FADE_SECONDS)
    gain.setValueAtTime(1, now + GRAIN_SECONDS - FADE_SECONDS)
    gain.linearRampToValueAtTime(0, now + GRAIN_SECONDS)
  }
}
