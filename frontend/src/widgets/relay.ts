/**
 * Which of several media elements is heard: the track's own; where a loop turns, a second one of it; and where a loop is too
 * short for that, one of two that play it from a tape. Places are seconds of the track, an element's own are called so.
 */
import type { Scope } from '../lib/scope'
import { inTrack, type Tape } from './loop_tape'
import { LoopSeam, SHORTEST_SEAM_SECONDS, type Span } from './loop_seam'
import { ShortLoop } from './short_loop'
import { copyOf } from './sound_elements'
import type { SoundGraph } from './sound_graph'

/** A short loop that is left goes on to the end of a turn, so much later or a little more. */
const LEAVE_SECONDS = 0.7
const FADE_SECONDS = 0.012
/** How long an element takes to begin, about. */
const STARTS_LATE_SECONDS = 0.04

/** What a step has brought: another element is heard, so many seconds behind; or the sound must jump. */
export type Step = { behind: number } | { jumpTo: number } | null

export class Relay {
  private readonly seam: LoopSeam
  private readonly short: ShortLoop
  private active: HTMLMediaElement
  private twin: HTMLMediaElement | null = null
  private tape: Tape | null = null
  /** From where on a tape to which place of the track it is left. */
  private exit: Span | null = null
  private starting: HTMLMediaElement | null = null
  /** How much was played again by loops that turned, own seconds. */
  private turned = 0

  constructor(
    private readonly scope: Scope,
    private readonly graph: SoundGraph,
    private readonly main: HTMLMediaElement,
    private readonly follow: (element: HTMLMediaElement) => void,
  ) {
    this.active = main
    this.seam = new LoopSeam(graph)
    this.short = new ShortLoop(scope, main, follow)
    follow(main)
  }

  get audio(): HTMLMediaElement {
    return this.active
  }

  get elements(): readonly HTMLMediaElement[] {
    return [this.main, ...(this.twin ? [this.twin] : []), ...this.short.elements]
  }

  /** The place of an own second of the element that is heard. */
  placeOf(own: number): number {
    return this.tape ? inTrack(this.tape, own) : own
  }

  /** Where the sound is, how much loops have played again, and the loop that it goes round. */
  reading(loop: Span | null): { seconds: number; turnedSeconds: number; loop: Span | null; isTape: boolean } {
    const own = this.active.currentTime
    const seconds = this.placeOf(own)
    const round = this.tape
      ? { from: this.tape.span.from, to: this.tape.span.from + this.tape.turnSeconds }
      : loop && { from: loop.from - (this.seam.isPlanned ? this.seam.lastError : 0), to: loop.to }
    return { seconds, turnedSeconds: own + this.turned - seconds, loop: round, isTape: this.tape !== null }
  }

  /** Call often while it plays. */
  step(loop: Span | null): Step {
    if (this.tape) return this.round(this.tape, loop)
    if (!loop || !this.open()) return loop && this.passed(loop)
    const { playbackRate: rate, currentTime: now } = this.active
    if ((loop.to - loop.from) / rate >= SHORTEST_SEAM_SECONDS) return this.pass(this.other, loop, null) ?? this.passed(loop)
    const tape = this.short.of(loop)
    const first = this.short.elements[0]
    if (tape && first) {
      if (now < loop.from || this.seam.isUnderWay) return this.pass(first, { from: tape.startAt, to: loop.to }, tape) ?? this.passed(loop)
      if (now < loop.to + 1) return this.jumpOn(first, tape, now) ?? this.passed(loop)
    }
    return this.passed(loop)
  }

  /** The track's own element again, at a place that was chosen. -> whether another one was heard */
  back(): boolean {
    const former = this.active
    this.leave()
    this.tape = null
    this.exit = null
    if (former === this.main) return false
    this.take(this.main, former)
    this.active = this.main
    former.pause()
    for (const [element, level] of [[this.main, 1], [former, 0]] as const) {
      const gain = this.graph.gainOf(element)?.gain
      gain?.cancelScheduledValues(0)
      if (gain) gain.value = level
    }
    return true
  }

  /** Nobody loops any more, or plays: the active element alone is heard. */
  leave(): void {
    this.starting?.pause()
    this.starting = null
    this.seam.leave(this.active)
  }

  /** On a tape: is it played at its end by accident, it begins anew. */
  rewind(): boolean {
    if (this.tape) this.active.currentTime = this.tape.startAt
    return this.tape !== null
  }

  private open(): boolean {
    const context = this.graph.open()
    if (context) this.graph.gainOf(this.active)
    return context !== null
  }

  private get other(): HTMLMediaElement {
    if (!this.twin) {
      this.twin = copyOf(this.scope, this.main)
      this.follow(this.twin)
    }
    // The track may have been made anew since.
    if (this.twin.src !== this.main.src) this.twin.src = this.main.src
    return this.active === this.main ? this.twin : this.main
  }

  private passed(loop: Span): Step {
    const by = this.active.currentTime - loop.to
    // Who starts beyond the loop hears the rest of the track.
    return by >= 0 && by < 1 && !this.seam.isPlanned ? { jumpTo: loop.from + (by % (loop.to - loop.from)) } : null
  }

  /** Round on the tape, from one of its elements to the other where it ends; or out of it, when its loop is no longer played. */
  private round(tape: Tape, loop: Span | null): Step {
    const { currentTime: own, playbackRate: rate } = this.active
    const isSame = loop?.from === tape.span.from && loop.to === tape.span.to
    if (loop && !isSame) return { jumpTo: this.placeOf(own) }
    if (isSame && this.exit) {
      this.exit = null
      this.seam.leave(this.active)
    }
    if (!isSame) this.exit ??= { from: tape.span.to, to: Math.ceil((own + LEAVE_SECONDS * rate) / tape.turnSeconds) * tape.turnSeconds }
    const span = this.exit ?? { from: tape.startAt, to: tape.endAt }
    const next = this.exit ? this.main : this.short.elements.find((element) => element !== this.active)
    const step = next ? this.pass(next, span, this.exit ? null : tape) : null
    if (step || own < span.to + 0.1 || this.seam.isPlanned) return step
    if (this.exit) return { jumpTo: this.placeOf(own) }
    this.rewind()
    return null
  }

  private pass(next: HTMLMediaElement, span: Span, tape: Tape | null): Step {
    const heard = this.seam.step(this.active, next, span, this.active.playbackRate)
    if (!heard) return null
    this.turned += span.to - span.from
    this.change(heard, tape)
    return { behind: this.seam.lastError }
  }

  /** Already within a short loop: its tape starts unheard at about the same place of it and takes over when it runs. */
  private jumpOn(next: HTMLMediaElement, tape: Tape, now: number): Step {
    const context = this.graph.context
    const gains = [this.graph.gainOf(next)?.gain, this.graph.gainOf(this.active)?.gain]
    if (!context || !gains[0] || !gains[1]) return null
    if (this.starting !== next) {
      this.starting = next
      gains[0].value = 0
      this.take(next, this.active)
      next.currentTime = tape.startAt + now - tape.span.from + STARTS_LATE_SECONDS * this.active.playbackRate
      void next.play().catch(() => (this.starting = null))
      return null
    }
    if (next.paused || next.seeking || next.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) return null
    const former = this.active
    gains.forEach((gain, index) => {
      gain!.cancelScheduledValues(0)
      gain!.setValueAtTime(index, context.currentTime)
      gain!.linearRampToValueAtTime(1 - index, context.currentTime + FADE_SECONDS)
    })
    this.scope.after(3000 * FADE_SECONDS, () => {
      if (this.active !== former) former.pause()
    })
    this.starting = null
    this.turned += now - next.currentTime
    this.change(next, tape)
    return { behind: 0 }
  }

  private take(next: HTMLMediaElement, { volume, muted, playbackRate, preservesPitch }: HTMLMediaElement): void {
    Object.assign(next, { volume, muted, playbackRate, preservesPitch })
  }

  private change(next: HTMLMediaElement, tape: Tape | null): void {
    this.active = next
    this.tape = tape
    this.exit = null
  }
}
