/**
 * The seam of a loop without a click: a second element of the same sound rolls up to the loop's beginning unheard, is held
 * in step with the first, and takes over in a short crossfade exactly where the loop ends. Then they change roles.
 */
import type { SoundGraph } from './sound_graph'

export interface Span {
  from: number
  to: number
}

const FADE_SECONDS = 0.024
/** So long before the end the other element begins to roll, heard time. */
const ROLL_SECONDS = 0.5
/** From so near on the crossfade is planned; painted pictures come every 16 ms, on a busy machine every 100. */
const PLAN_SECONDS = 0.14
/** Loops shorter than this leave no time for it: they are played from a tape. */
export const SHORTEST_SEAM_SECONDS = 0.6
const STEPS = 16
const STRONGEST_PULL = 0.3
/** Nearer than this both are in step. */
const IN_STEP_SECONDS = 0.0015
const LAST_CALL_SECONDS = 0.045

type Stage = 'idle' | 'ready' | 'rolling' | 'planned'

export class LoopSeam {
  private stage: Stage = 'idle'
  private other: HTMLMediaElement | null = null
  private span: Span | null = null
  private seamAt = 0
  /** How late the element was when it began to roll the last time, seconds. */
  private startsLate = 0.03
  /** By how much the other was behind when the last crossfade was planned, seconds of the track. */
  lastError = 0

  constructor(private readonly graph: SoundGraph) {}

  /** The crossfade is under way or planned: the end may be passed. */
  get isPlanned(): boolean {
    return this.stage === 'planned'
  }

  get isUnderWay(): boolean {
    return this.stage !== 'idle'
  }

  /**
   * Call often while a loop plays: where the playing element comes to `to`, the other takes over at its own `from`.
   * -> the element that plays from now on, when the roles have changed
   */
  step(playing: HTMLMediaElement, other: HTMLMediaElement, span: Span, rate: number): HTMLMediaElement | null {
    const context = this.graph.context
    if (!context) return null
    if (this.span && (this.span.from !== span.from || this.span.to !== span.to || this.other !== other)) this.leave(playing)
    this.span = span
    this.other = other
    const left = (span.to - playing.currentTime) / rate
    if (this.stage === 'idle' && left > 0) this.prepare(playing, other, rate)
    else if (this.stage === 'ready' && left <= this.rollSeconds(rate) + this.startsLate && left > 0) this.roll(other, rate)
    else if (this.stage === 'rolling') this.hold(playing, other, rate, left, context)
    else if (this.stage === 'planned' && context.currentTime >= this.seamAt + FADE_SECONDS / 2) return this.change(playing, other, rate)
    return null
  }

  /** Nobody loops any more, or somebody seeks: the playing element alone is heard. */
  leave(playing: HTMLMediaElement): void {
    const { other } = this
    if (!other) return
    if (this.stage !== 'idle') other.pause()
    for (const [element, level] of [[playing, 1], [other, 0]] as const) {
      const gain = this.graph.gainOf(element)?.gain
      gain?.cancelScheduledValues(0)
      if (gain) gain.value = level
    }
    this.stage = 'idle'
    this.span = null
    this.other = null
  }

  private rollSeconds(rate: number): number {
    return Math.min(ROLL_SECONDS, (this.span?.from ?? 0) / rate)
  }

  private prepare(playing: HTMLMediaElement, other: HTMLMediaElement, rate: number): void {
    const gain = this.graph.gainOf(other)
    if (!gain || !this.graph.gainOf(playing) || !this.span) return
    gain.gain.value = 0
    other.volume = playing.volume
    other.muted = playing.muted
    other.preservesPitch = playing.preservesPitch
    other.playbackRate = rate
    other.currentTime = this.span.from - this.rollSeconds(rate) * rate
    this.stage = 'ready'
  }

  private roll(other: HTMLMediaElement, rate: number): void {
    if (other.seeking) return
    this.stage = 'rolling'
    other.playbackRate = rate
    void other.play().catch(() => (this.stage = 'idle'))
  }

  /** Hold the other in step until the crossfade can be planned to the sample. */
  private hold(playing: HTMLMediaElement, other: HTMLMediaElement, rate: number, left: number, context: AudioContext): void {
    if (!this.span) return
    // Too late, or the other does not move: the player turns by a jump.
    if (left < -0.02) return this.leave(playing)
    const error = playing.currentTime - (this.span.to - this.span.from) - other.currentTime
    const pull = Math.max(-STRONGEST_PULL, Math.min(STRONGEST_PULL, error / Math.max(0.1, (left * rate) / 3)))
    other.playbackRate = Math.max(0.1, rate * (1 + (Math.abs(error) < IN_STEP_SECONDS / 2 ? 0 : pull)))
    if (other.paused || other.readyState < HTMLMediaElement.HAVE_FUTURE_DATA || left > PLAN_SECONDS) return
    if (Math.abs(error) > IN_STEP_SECONDS && left > LAST_CALL_SECONDS) return
    this.lastError = error
    other.playbackRate = rate
    this.plan(playing, other, context.currentTime + Math.max(FADE_SECONDS / 2, left))
  }

  private plan(playing: HTMLMediaElement, other: HTMLMediaElement, seamAt: number): void {
    const from = seamAt - FADE_SECONDS / 2
    // Of equal power: what meets here has nothing to do with each other.
    const rising = Float32Array.from({ length: STEPS + 1 }, (_, step) => Math.sin((step / STEPS) * (Math.PI / 2)))
    this.graph.gainOf(other)?.gain.setValueCurveAtTime(rising, from, FADE_SECONDS)
    this.graph.gainOf(playing)?.gain.setValueCurveAtTime(rising.slice().reverse(), from, FADE_SECONDS)
    this.seamAt = seamAt
    this.stage = 'planned'
  }

  private change(former: HTMLMediaElement, other: HTMLMediaElement, rate: number): HTMLMediaElement {
    former.pause()
    other.playbackRate = rate
    this.stage = 'idle'
    this.other = null
    return other
  }
}
