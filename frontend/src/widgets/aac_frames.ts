/**
 * Where the frames of a playback copy lie: AAC in MP4 with its index in front, as the studio writes it. With that, any stretch
 * of a long track can be fetched by Range and unpacked alone, exact to the sample.
 */

export const FRAME_SAMPLES = 1024
/** The beginning of a file in which the index and its length are looked for. */
const FIRST_BYTES = 1 << 16

export interface AacFrames {
  sampleRate: number
  channels: number
  /** Samples that the encoder put in front of the first true one. */
  priming: number
  /** Where each frame begins in the file, and behind the last where it ends. */
  offsets: Float64Array
  sizes: Uint32Array
  /** Object type, rate index and channels as an ADTS header says them. */
  header: { profile: number; rateIndex: number; channels: number }
}

export type FetchBytes = (first: number, end: number) => Promise<Uint8Array>

/** Reads the index of a file. Rejects with a sentence when this is no such file. */
export async function readFrames(fetchBytes: FetchBytes): Promise<AacFrames> {
  let bytes = await fetchBytes(0, FIRST_BYTES)
  const index = find(bytes, ['moov'])
  if (!index) throw new Error('The index of the sound does not stand in front.')
  const end = index.start + index.length
  if (end > bytes.length) {
    const rest = await fetchBytes(bytes.length, end)
    const whole = new Uint8Array(bytes.length + rest.length)
    whole.set(bytes)
    whole.set(rest, bytes.length)
    bytes = whole
  }
  return framesOf(bytes.subarray(index.start, end))
}

/** From the content of a `moov` box. */
export function framesOf(index: Uint8Array): AacFrames {
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength)
  const at = (path: readonly string[]): number => {
    const box = find(index, path)
    if (!box) throw new Error(`The sound has no ${path.at(-1)} box.`)
    return box.start
  }
  const table = ['trak', 'mdia', 'minf', 'stbl']
  const media = at(['trak', 'mdia', 'mdhd'])
  const sampleRate = view.getUint32(media + (view.getUint8(media) === 1 ? 20 : 12))
  const sizes = sizesOf(view, at([...table, 'stsz']))
  const edits = find(index, ['trak', 'edts', 'elst'])
  return {
    sampleRate,
    ...descriptionOf(view, at([...table, 'stsd'])),
    priming: edits && view.getUint32(edits.start + 4) > 0 ? Math.max(0, view.getInt32(edits.start + 12)) : 0,
    offsets: offsetsOf(view, sizes, at([...table, 'stsc']), chunksOf(view, index, table)),
    sizes,
  }
}

/** Frames from `first` to before `end`, which are `bytes` of the file, each with a header of its own (ADTS). */
export function asStream(frames: AacFrames, bytes: Uint8Array, first: number, end: number): Uint8Array<ArrayBuffer> {
  const { profile, rateIndex, channels } = frames.header
  const made = new Uint8Array(bytes.length + 7 * (end - first))
  let to = 0
  let from = 0
  for (let frame = first; frame < end; frame++) {
    const size = frames.sizes[frame]!
    const length = size + 7
    made.set([
      0xff, 0xf1, (profile << 6) | (rateIndex << 2) | (channels >> 2), ((channels & 3) << 6) | (length >> 11),
      (length >> 3) & 0xff, ((length & 7) << 5) | 0x1f, 0xfc,
    ], to)
    made.set(bytes.subarray(from, from + size), to + 7)
    to += length
    from += size
  }
  return made
}

/** The content of the box at a path of names. */
function find(bytes: Uint8Array, path: readonly string[], from = 0, to = bytes.length): { start: number; length: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = from; at + 8 <= to;) {
    const size = view.getUint32(at)
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (size < 8) return null
    if (name === path[0]) {
      if (path.length === 1) return { start: at + 8, length: size - 8 }
      return find(bytes, path.slice(1), at + 8, Math.min(to, at + size))
    }
    at += size
  }
  return null
}

function sizesOf(view: DataView, at: number): Uint32Array {
  const same = view.getUint32(at + 4)
  return Uint32Array.from({ length: view.getUint32(at + 8) }, (_, frame) => same || view.getUint32(at + 12 + 4 * frame))
}

function chunksOf(view: DataView, index: Uint8Array, table: readonly string[]): number[] {
  const short = find(index, [...table, 'stco'])
  const long = short ?? find(index, [...table, 'co64'])
  if (!long) throw new Error('The sound does not say where its frames lie.')
  return Array.from({ length: view.getUint32(long.start + 4) }, (_, chunk) =>
    (short ? view.getUint32(long.start + 8 + 4 * chunk) : Number(view.getBigUint64(long.start + 8 + 8 * chunk))))
}

function offsetsOf(view: DataView, sizes: Uint32Array, runsAt: number, chunks: readonly number[]): Float64Array {
  const offsets = new Float64Array(sizes.length + 1)
  const runs = view.getUint32(runsAt + 4)
  let frame = 0
  for (let run = 0, chunk = 0; chunk < chunks.length; chunk++) {
    while (run + 1 < runs && view.getUint32(runsAt + 8 + 12 * (run + 1)) - 1 <= chunk) run++
    let at = chunks[chunk]!
    for (let left = view.getUint32(runsAt + 12 + 12 * run); left > 0 && frame < sizes.length; left--, frame++) {
      offsets[frame] = at
      at += sizes[frame]!
    }
    offsets[frame] = at
  }
  return offsets
}

/** Channels and what the decoder is told, out of the `esds` box: tags and lengths, one within the other. */
function descriptionOf(view: DataView, at: number): Pick<AacFrames, 'channels' | 'header'> {
  const entry = at + 8
  const end = entry + view.getUint32(entry)
  let found = entry + 36
  while (found + 8 < end && view.getUint32(found + 4) !== 0x65736473) found += view.getUint32(found)
  let next = found + 12
  const open = (tag: number): void => {
    if (view.getUint8(next++) !== tag) throw new Error('The sound is not packed as AAC.')
    while (view.getUint8(next++) & 0x80);
  }
  open(3)
  next += 3
  open(4)
  next += 13
  open(5)
  const told = view.getUint16(next)
  const channels = (told >> 3) & 15
  if (told >> 11 !== 2 || channels < 1 || channels > 2) throw new Error('The sound is packed in another way than the studio does.')
  return { channels, header: { profile: (told >> 11) - 1, rateIndex: (told >> 7) & 15, channels } }
}
