/** Stretches of a playback copy, unpacked alone and exact to the sample, at the sound's own rate. */
import { asStream, FRAME_SAMPLES, readFrames, type AacFrames, type FetchBytes } from './aac_frames'

/** A frame needs the one before it; one more for decoders that begin softly. */
const LEAD_FRAMES = 2

export class SoundCut {
  private constructor(private readonly frames: AacFrames, private readonly fetchBytes: FetchBytes) {}

  /** Rejects where this is no sound that can be cut. */
  static async open(url: string): Promise<SoundCut> {
    const fetchBytes = bytesAt(url)
    return new SoundCut(await readFrames(fetchBytes), fetchBytes)
  }

  get sampleRate(): number {
    return this.frames.sampleRate
  }

  get channels(): number {
    return this.frames.channels
  }

  /** `count` samples from `first` on, a channel each; nothing but silence beyond the ends. */
  async cut(first: number, count: number): Promise<Float32Array<ArrayBuffer>[]> {
    return this.unpacked(first, count, this.frames.sampleRate)
  }

  /** So many seconds from one on, at the rate of a graph that is to play them. */
  async piece(from: number, seconds: number, context: BaseAudioContext): Promise<AudioBuffer> {
    const rate = context.sampleRate
    const channels = await this.unpacked(Math.round(from * rate), Math.round(seconds * rate), rate)
    const made = context.createBuffer(channels.length, channels[0]!.length, rate)
    channels.forEach((samples, channel) => made.copyToChannel(samples, channel))
    return made
  }

  /** Counted at `rate`, which may be another than the sound's own. */
  private async unpacked(first: number, count: number, rate: number): Promise<Float32Array<ArrayBuffer>[]> {
    const { sizes, offsets, priming, channels, sampleRate } = this.frames
    const made = Array.from({ length: channels }, () => new Float32Array(count))
    const own = sampleRate / rate
    const begin = Math.floor((first * own + priming) / FRAME_SAMPLES)
    const end = Math.min(sizes.length, Math.ceil(((first + count) * own + priming) / FRAME_SAMPLES) + (own === 1 ? 0 : 1))
    const from = Math.max(0, begin - LEAD_FRAMES)
    if (end <= from) return made
    const bytes = await this.fetchBytes(offsets[from]!, offsets[end - 1]! + sizes[end - 1]!)
    const stream = asStream(this.frames, bytes, from, end)
    const heard = await new OfflineAudioContext(channels, 1, rate).decodeAudioData(stream.buffer)
    if (Math.abs(heard.length - ((end - from) * FRAME_SAMPLES) / own) > 2) throw new Error('This browser unpacks a piece of sound to another length.')
    const skipped = first - Math.round((from * FRAME_SAMPLES - priming) / own)
    for (const [channel, into] of made.entries()) {
      const whole = heard.getChannelData(Math.min(channel, heard.numberOfChannels - 1))
      const lead = Math.max(0, -skipped)
      into.set(whole.subarray(Math.max(0, skipped), Math.max(0, skipped + count)).subarray(0, Math.max(0, count - lead)), Math.min(lead, count))
    }
    return made
  }
}

function bytesAt(url: string): FetchBytes {
  return async (first, end) => {
    const answer = await fetch(url, { credentials: 'same-origin', headers: { Range: `bytes=${first}-${end - 1}` } })
    if (!answer.ok) throw new Error(`The studio answered ${answer.status} for a piece of the sound.`)
    const bytes = new Uint8Array(await answer.arrayBuffer())
    // Who does not know Range sends all of it.
    return answer.status === 206 ? bytes : bytes.subarray(first, end)
  }
}
