/** The samples of a track, fetched by stretches where somebody looks closely enough to tell them apart. */
import { createEmitter, type Emitter } from '../lib/emitter'
import type { WaveColumns } from './peaks'

const CHUNK_BITS = 14
const CHUNK_FRAMES = 1 << CHUNK_BITS
/** Wider windows are none to count samples in. */
const MOST_CHUNKS_AT_ONCE = 10
const MOST_CHUNKS = 32
const STILL_MS = 60

export interface SamplesFacts {
  sample_rate: number
  channels: number
  frame_count: number
}

/** Frames from `first` on, int16, channels one after the other. */
export type FetchSamples = (first: number, count: number) => Promise<Int16Array>

/** `loaded` is emitted whenever more of the picture can be drawn. */
export class Samples {
  readonly events: Emitter<{ loaded: void }> = createEmitter()
  private readonly chunks = new Map<number, Int16Array | 'asked'>()
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(readonly facts: SamplesFacts, private readonly fetchSamples: FetchSamples) {}

  /** One sample, −1…1; null where it is not there (yet). */
  at(frame: number, channel: number): number | null {
    const chunk = this.chunks.get(frame >> CHUNK_BITS)
    if (frame < 0 || frame >= this.facts.frame_count || !chunk || chunk === 'asked') return null
    return chunk[(frame & (CHUNK_FRAMES - 1)) * this.facts.channels + channel]! / 32767
  }

  /** Whether every sample between two seconds is there. */
  has(from: number, to: number): boolean {
    for (const chunk of this.chunksOf(from, to)) if (!(this.chunks.get(chunk) instanceof Int16Array)) return false
    return true
  }

  /** Ask for what a window needs and does not have, once the view stands still. */
  want(from: number, to: number): void {
    clearTimeout(this.timer)
    const missing = this.chunksOf(from, to).filter((chunk) => !this.chunks.has(chunk))
    if (missing.length === 0 || missing.length > MOST_CHUNKS_AT_ONCE) return
    this.timer = setTimeout(() => missing.forEach((chunk) => void this.ask(chunk)), STILL_MS)
  }

  /** Fills columns as peaks do; only where `has` says yes. */
  fill({ low, high, rms }: WaveColumns, from: number, seconds: number, count: number): void {
    const { sample_rate: rate, channels, frame_count } = this.facts
    for (let column = 0; column < count; column++) {
      const start = from + column * seconds
      const first = Math.max(0, Math.floor(start * rate))
      const end = Math.min(frame_count, Math.max(first + 1, Math.ceil((start + seconds) * rate)))
      let [least, most, power] = [Infinity, -Infinity, 0]
      for (let frame = first; frame < end; frame++) {
        const chunk = this.chunks.get(frame >> CHUNK_BITS)
        if (!chunk || chunk === 'asked') break
        const at = (frame & (CHUNK_FRAMES - 1)) * channels
        for (let channel = 0; channel < channels; channel++) {
          const value = chunk[at + channel]!
          if (value < least) least = value
          if (value > most) most = value
          power += value * value
        }
      }
      low[column] = least === Infinity ? NaN : least / 32767
      high[column] = most === -Infinity ? NaN : most / 32767
      rms[column] = Math.sqrt(power / Math.max(1, (end - first) * channels)) / 32767
    }
  }

  private chunksOf(from: number, to: number): number[] {
    const last = Math.min(this.facts.frame_count - 1, Math.ceil(to * this.facts.sample_rate) + 1)
    const first = Math.max(0, Math.floor(from * this.facts.sample_rate) - 1)
    const found: number[] = []
    for (let chunk = first >> CHUNK_BITS; chunk <= last >> CHUNK_BITS; chunk++) found.push(chunk)
    return found
  }

  private async ask(chunk: number): Promise<void> {
    if (this.chunks.has(chunk)) return
    this.chunks.set(chunk, 'asked')
    const first = chunk << CHUNK_BITS
    try {
      this.chunks.set(chunk, await this.fetchSamples(first, Math.min(CHUNK_FRAMES, this.facts.frame_count - first)))
      for (const old of this.chunks.keys()) {
        if (this.chunks.size <= MOST_CHUNKS) break
        this.chunks.delete(old)
      }
      this.events.emit('loaded', undefined)
    } catch {
      // Forgotten, so that the next redraw asks again.
      this.chunks.delete(chunk)
    }
  }
}

/** Stretches of the samples at `url`. */
export function samplesAt(url: string): FetchSamples {
  return async (first, count) => {
    const answer = await fetch(`${url}?first=${first}&count=${count}`, { credentials: 'same-origin' })
    if (!answer.ok) throw new Error(`The studio answered ${answer.status} for a part of the samples.`)
    return new Int16Array(await answer.arrayBuffer())
  }
}
