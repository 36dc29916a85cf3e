/** Scrubbing: while the hand draws the playhead along, short grains of the sound at that place are heard. */
import type { Scope } from '../lib/scope'
import type { SoundGraph } from './sound_graph'

const GRAIN_SECONDS = 0.09
const FADE_SECONDS = 0.012
/** The hand holds still: no more grains. */
const STILL_MS = 160

export class Scrubber {
  private element: HTMLMediaElement | null = null
  private sounding = false
  private wanted: number | null = null
  private stopGrain: (() => void) | null = null

  constructor(
    private readonly scope: Scope,
    private readonly graph: SoundGraph,
    private readonly of: () => HTMLMediaElement,
    private readonly copy: () => HTMLMediaElement,
  ) {}

  /** Let the sound at this second be heard, as soon as the grain before has died away. */
  at(seconds: number): void {
    this.wanted = seconds
    if (!this.sounding) void this.grain()
  }

  end(): void {
    this.wanted = null
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
    const playing = this.of()
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
