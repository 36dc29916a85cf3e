/** The stretch of time that all lanes of a page show: one x for one second, for every one of them. */
import { createEmitter, type Emitter } from '../lib/emitter'

/** So far as long as nobody has said how many samples a second has. */
const MOST_PX_PER_SECOND = 3000
/** So wide is one sample where it is looked at most closely. */
const MOST_PX_PER_SAMPLE = 24
const EDGE = 0.08

export class TimeView {
  readonly events: Emitter<{ change: void }> = createEmitter()
  /** Seconds at the left edge. */
  from = 0
  pxPerSecond = 10
  width = 0
  /** Samples a second of the track's sound; 0 while it is not known. */
  sampleRate = 0

  constructor(public durationSeconds: number) {}

  get to(): number {
    return this.from + this.width / this.pxPerSecond
  }

  /** The whole track fits. */
  get leastPxPerSecond(): number {
    return this.width / Math.max(0.001, this.durationSeconds)
  }

  get mostPxPerSecond(): number {
    return Math.max(MOST_PX_PER_SECOND, this.sampleRate * MOST_PX_PER_SAMPLE, this.leastPxPerSecond)
  }

  xOf(seconds: number): number {
    return (seconds - this.from) * this.pxPerSecond
  }

  secondsAt(x: number): number {
    return Math.min(this.durationSeconds, Math.max(0, this.from + x / this.pxPerSecond))
  }

  /** Zoom as a share 0…1 on a logarithmic scale, for the transport's slider. */
  get zoomShare(): number {
    if (this.width === 0) return 0
    const range = Math.log(this.mostPxPerSecond / this.leastPxPerSecond)
    return range > 0 ? Math.log(this.pxPerSecond / this.leastPxPerSecond) / range : 0
  }

  zoomTo(share: number, atX = this.width / 2): void {
    this.zoom((this.leastPxPerSecond * (this.mostPxPerSecond / this.leastPxPerSecond) ** share) / this.pxPerSecond, atX)
  }

  /** Zoom so that the second under `atX` stays there. */
  zoom(factor: number, atX: number): void {
    const kept = this.from + atX / this.pxPerSecond
    this.pxPerSecond = Math.min(this.mostPxPerSecond, Math.max(this.leastPxPerSecond, this.pxPerSecond * factor))
    this.moveTo(kept - atX / this.pxPerSecond)
  }

  show(from: number, to: number): void {
    const wished = this.width / Math.max(0.001, to - from)
    this.pxPerSecond = Math.min(this.mostPxPerSecond, Math.max(this.leastPxPerSecond, wished))
    this.moveTo(from)
  }

  moveTo(from: number): void {
    this.from = Math.max(0, Math.min(from, this.durationSeconds - this.width / this.pxPerSecond))
    this.events.emit('change', undefined)
  }

  scrollBy(px: number): void {
    this.moveTo(this.from + px / this.pxPerSecond)
  }

  setWidth(width: number): void {
    if (width === this.width || width <= 0) return
    const first = this.width === 0
    this.width = width
    if (first || this.pxPerSecond < this.leastPxPerSecond) this.pxPerSecond = Math.max(this.pxPerSecond, this.leastPxPerSecond)
    this.moveTo(this.from)
  }

  /** Turn the page when the playhead has left the middle of it, as a score is turned. */
  follow(seconds: number): void {
    const x = this.xOf(seconds)
    if (x < 0 || x > this.width * (1 - EDGE)) this.moveTo(seconds - (this.width * EDGE) / this.pxPerSecond)
  }
}
