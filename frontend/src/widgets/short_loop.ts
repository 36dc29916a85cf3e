/** Writes the tape of a short loop when one is chosen, and holds the two elements that play it by turns. */
import type { Scope } from '../lib/scope'
import type { Span } from './loop_seam'
import { leadOf, tapeOf, type Tape } from './loop_tape'
import { SoundCut } from './sound_cut'
import { copyOf } from './sound_elements'

/** While an edge is dragged every picture brings another loop. */
const STILL_MS = 90

export class ShortLoop {
  private readonly made: HTMLMediaElement[] = []
  private source = ''
  private cut: Promise<SoundCut> | null = null
  private wanted: Span | null = null
  private written: Tape | null = null

  constructor(
    private readonly scope: Scope,
    private readonly main: HTMLMediaElement,
    private readonly follow: (element: HTMLMediaElement) => void,
  ) {
    scope.add(() => this.forget())
  }

  /** The tape of this loop once it is written; asks for it. Null also where the sound cannot be cut. */
  of(span: Span): Tape | null {
    const isOther = this.source !== this.main.src
    if (isOther) this.cut = null
    this.source = this.main.src
    if (isOther || this.wanted?.from !== span.from || this.wanted.to !== span.to) {
      this.wanted = span
      this.forget()
      this.scope.after(STILL_MS, () => {
        if (this.wanted === span) void this.write(span).catch(() => undefined)
      })
    }
    return this.written
  }

  /** The elements that there are. */
  get elements(): readonly HTMLMediaElement[] {
    return this.made
  }

  private async write(span: Span): Promise<void> {
    this.cut ??= SoundCut.open(this.source)
    const cut = await this.cut
    const { lead, length } = leadOf(span, cut.sampleRate)
    const samples = await cut.cut(Math.round(span.from * cut.sampleRate) - lead, lead + length)
    if (this.wanted !== span || this.scope.isClosed) return
    const { tape, wav } = tapeOf(span, samples, lead, cut.sampleRate)
    const url = URL.createObjectURL(new Blob([wav], { type: 'audio/wav' }))
    while (this.made.length < 2) {
      const element = copyOf(this.scope, this.main, url)
      this.follow(element)
      this.made.push(element)
    }
    for (const element of this.made) element.src = url
    this.written = { ...tape, url }
  }

  private forget(): void {
    if (!this.written) return
    // An element asks for its source again whenever it is placed.
    for (const element of this.made) {
      element.pause()
      element.removeAttribute('src')
      element.load()
    }
    URL.revokeObjectURL(this.written.url)
    this.written = null
  }
}
