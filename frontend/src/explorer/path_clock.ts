/** The clock of a path: it runs with the page's own time, round and round in a loop, else to the end. */
import { createEmitter, type Emitter } from '../lib/emitter'
import type { PreviewClock } from '../preview/session'

export interface PathClockEvents {
  seek: number
  state: void
}

const now = (): number => performance.now() / 1000

export class PathClock implements PreviewClock {
  readonly events: Emitter<PathClockEvents> = createEmitter()
  readonly rate = 1
  private base = 0
  private startedAt: number | null = null
  private length = 0
  private isRound = true

  constructor(private readonly read: () => number = now) {}

  get seconds(): number {
    const gone = this.startedAt === null ? this.base : this.base + this.read() - this.startedAt
    if (this.length <= 0) return 0
    return this.isRound ? gone % this.length : Math.min(gone, this.length)
  }

  get isPlaying(): boolean {
    return this.startedAt !== null
  }

  get loop(): { from: number; to: number } | null {
    return this.isRound && this.length > 0 ? { from: 0, to: this.length } : null
  }

  get durationSeconds(): number {
    return this.length
  }

  get isAtEnd(): boolean {
    return !this.isRound && this.length > 0 && this.seconds >= this.length
  }

  /** How long the way is, and whether it closes. */
  setSpan(seconds: number, isRound: boolean): void {
    if (seconds === this.length && isRound === this.isRound) return
    const at = this.seconds
    this.length = seconds
    this.isRound = isRound
    this.place(at)
    this.events.emit('state', undefined)
  }

  play(): void {
    if (this.isPlaying || this.length <= 0) return
    if (this.isAtEnd) this.base = 0
    else this.base = this.seconds
    this.startedAt = this.read()
    this.events.emit('state', undefined)
  }

  pause(): void {
    if (!this.isPlaying) return
    this.base = this.seconds
    this.startedAt = null
    this.events.emit('state', undefined)
  }

  seek(seconds: number): void {
    this.place(seconds)
    this.events.emit('seek', this.seconds)
  }

  private place(seconds: number): void {
    this.base = Math.max(0, Math.min(seconds, this.length))
    if (this.startedAt !== null) this.startedAt = this.read()
  }
}
