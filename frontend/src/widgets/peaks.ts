/** The peaks pyramid of a track: fetched by Range, coarse levels first, deep ones only where somebody looks. */
import { createEmitter, type Emitter } from '../lib/emitter'
import { headerBytes, readHeader, view, type PackedHeader } from './packed'

const FIRST_BYTES = 32 * 1024
const CHUNK_BITS = 13
const CHUNK_ROWS = 1 << CHUNK_BITS
const BYTES_PER_ROW = 6
/** About so many pixels are as wide as a page: the level that shows all of a track is as fine as them. */
const OVERVIEW_PX = 2000

interface PeaksFacts {
  sample_rate: number
  frame_count: number
  duration_seconds: number
  levels: { samples_per_pixel: number; name: string }[]
}

/** Fetches a part of the file: bytes from `start` up to, not including, `end`. */
export type FetchBytes = (start: number, end: number) => Promise<ArrayBuffer>

/** Lowest, highest and rms of a stretch of sound, each −1…1 (rms 0…1). */
export interface Peak {
  low: number
  high: number
  rms: number
}

/** Lowest, highest and rms of each column of a picture, −1…1; NaN where nothing is known yet. */
export interface WaveColumns {
  low: Float32Array
  high: Float32Array
  rms: Float32Array
}

export interface Level {
  samplesPerPixel: number
  secondsPerPixel: number
  rows: number
}

interface LevelStore extends Level {
  byteStart: number
  chunks: Map<number, Int16Array | 'asked'>
}

const ONE: WaveColumns = { low: new Float32Array(1), high: new Float32Array(1), rms: new Float32Array(1) }

/** `loaded` is emitted whenever more of the picture can be drawn. */
export class Peaks {
  readonly events: Emitter<{ loaded: void }> = createEmitter()
  readonly sampleRate: number
  readonly durationSeconds: number
  readonly levels: LevelStore[]
  private knownLoudest: number | null = null

  constructor(header: PackedHeader<PeaksFacts>, private readonly fetchBytes: FetchBytes) {
    this.sampleRate = header.facts.sample_rate
    this.durationSeconds = header.facts.duration_seconds
    this.levels = header.facts.levels.map(({ samples_per_pixel, name }) => ({
      samplesPerPixel: samples_per_pixel,
      secondsPerPixel: samples_per_pixel / header.facts.sample_rate,
      rows: header.places[name]?.shape[0] ?? 0,
      byteStart: header.bodyStart + (header.places[name]?.offset ?? 0),
      chunks: new Map(),
    }))
  }

  /** The coarsest level (first in the file) that is still at least as fine as a pixel of the page. */
  levelFor(pxPerSecond: number): number {
    const fine = this.levels.findIndex((level) => level.secondsPerPixel * pxPerSecond <= 1)
    return fine < 0 ? this.levels.length - 1 : fine
  }

  /** The level that shows the whole track on one page. */
  get overview(): number {
    return this.levelFor(OVERVIEW_PX / Math.max(1, this.durationSeconds))
  }

  /** Whether a level is there from beginning to end. */
  isWhole(levelIndex: number): boolean {
    const level = this.levels[levelIndex]!
    for (let chunk = 0; chunk * CHUNK_ROWS < level.rows; chunk++) if (!(level.chunks.get(chunk) instanceof Int16Array)) return false
    return true
  }

  /** Takes what is in the first bytes of the file: coarse levels stand first. */
  keep(start: ArrayBuffer): void {
    for (const level of this.levels) {
      for (let chunk = 0; chunk * CHUNK_ROWS < level.rows; chunk++) {
        const rows = Math.min(CHUNK_ROWS, level.rows - chunk * CHUNK_ROWS)
        const from = level.byteStart + chunk * CHUNK_ROWS * BYTES_PER_ROW
        if (from + rows * BYTES_PER_ROW <= start.byteLength) level.chunks.set(chunk, view(start, from, 'int16', rows * 3) as Int16Array)
      }
    }
  }

  /** What is heard between two seconds; falls back to coarser levels while finer ones are on their way. */
  between(from: number, to: number, wanted: number): Peak | null {
    for (let index = wanted; index >= 0; index--) {
      const peak = this.read(this.levels[index]!, from, to)
      if (peak) return peak
    }
    return null
  }

  /** Fills `count` columns of `seconds` each, from a second on. */
  fill(columns: WaveColumns, from: number, seconds: number, count: number, wanted: number): void {
    const level = this.levels[wanted]!
    for (let column = 0; column < count; column++) {
      const start = from + column * seconds
      if (this.readInto(columns, column, level, start, start + seconds)) continue
      const coarser = wanted > 0 && start < this.durationSeconds ? this.between(start, start + seconds, wanted - 1) : null
      columns.low[column] = coarser?.low ?? NaN
      columns.high[column] = coarser?.high ?? NaN
      columns.rms[column] = coarser?.rms ?? NaN
    }
  }

  /** The largest sample anywhere, 0…1; null until the coarsest level is there. */
  get loudest(): number | null {
    if (this.knownLoudest !== null) return this.knownLoudest
    const all = this.read(this.levels[0]!, 0, this.durationSeconds)
    return (this.knownLoudest = all ? Math.max(-all.low, all.high) : null)
  }

  /** Ask for what a window needs and does not have. */
  want(from: number, to: number, levelIndex: number): void {
    const level = this.levels[levelIndex]
    if (!level || level.rows === 0) return
    const first = Math.floor(Math.max(0, from / level.secondsPerPixel) / CHUNK_ROWS)
    const last = Math.floor(Math.min(level.rows - 1, to / level.secondsPerPixel) / CHUNK_ROWS)
    for (let chunk = first; chunk <= last; chunk++) void this.ask(level, chunk)
  }

  private async ask(level: LevelStore, chunk: number): Promise<void> {
    if (level.chunks.has(chunk)) return
    level.chunks.set(chunk, 'asked')
    const start = level.byteStart + chunk * CHUNK_ROWS * BYTES_PER_ROW
    const rows = Math.min(CHUNK_ROWS, level.rows - chunk * CHUNK_ROWS)
    try {
      const bytes = await this.fetchBytes(start, start + rows * BYTES_PER_ROW)
      level.chunks.set(chunk, view(bytes, 0, 'int16', Math.min(rows * 3, bytes.byteLength >> 1)) as Int16Array)
      this.events.emit('loaded', undefined)
    } catch {
      // Forgotten, so that the next redraw asks again.
      level.chunks.delete(chunk)
    }
  }

  private read(level: LevelStore, from: number, to: number): Peak | null {
    if (!this.readInto(ONE, 0, level, from, to)) return null
    return { low: ONE.low[0]!, high: ONE.high[0]!, rms: ONE.rms[0]! }
  }

  /** False where a piece of it is missing. */
  private readInto(columns: WaveColumns, column: number, level: LevelStore, from: number, to: number): boolean {
    const first = Math.max(0, Math.floor(from / level.secondsPerPixel))
    const end = Math.min(level.rows, Math.max(first + 1, Math.ceil(to / level.secondsPerPixel - 1e-9)))
    if (first >= end) return false
    let low = 32767
    let high = -32768
    let power = 0
    let number = -1
    let chunk: Int16Array | 'asked' | undefined
    for (let row = first; row < end; row++) {
      if (row >> CHUNK_BITS !== number) chunk = level.chunks.get((number = row >> CHUNK_BITS))
      if (!chunk || chunk === 'asked') return false
      const at = (row & (CHUNK_ROWS - 1)) * 3
      if (chunk[at]! < low) low = chunk[at]!
      if (chunk[at + 1]! > high) high = chunk[at + 1]!
      power += chunk[at + 2]! * chunk[at + 2]!
    }
    columns.low[column] = low / 32767
    columns.high[column] = high / 32767
    columns.rms[column] = Math.sqrt(power / (end - first)) / 32767
    return true
  }
}

/** Open the pyramid at `url`: one request for the header and the coarsest levels. */
export async function openPeaks(fetchBytes: FetchBytes): Promise<Peaks> {
  let start = await fetchBytes(0, FIRST_BYTES)
  const needed = headerBytes(start)
  if (needed > start.byteLength) start = await fetchBytes(0, needed)
  const peaks = new Peaks(readHeader<PeaksFacts>(start), fetchBytes)
  peaks.keep(start)
  // How loud it is at most is known from the coarsest level.
  for (const level of [0, peaks.overview]) peaks.want(0, peaks.durationSeconds, level)
  return peaks
}

/** Range requests against one of the studio's files. */
export function rangesOf(url: string): FetchBytes {
  return async (start, end) => {
    const answer = await fetch(url, { headers: { Range: `bytes=${start}-${end - 1}` }, credentials: 'same-origin' })
    if (!answer.ok) throw new Error(`The studio answered ${answer.status} for a part of the waveform.`)
    const bytes = await answer.arrayBuffer()
    return answer.status === 206 ? bytes : bytes.slice(start, end)
  }
}
