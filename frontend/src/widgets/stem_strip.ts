/** The sound of one part, in blocks that are unpacked where they are needed and scheduled on the graph's clock. */
import { SoundCut } from './sound_cut'

export const BLOCK_SECONDS = 2
/** Pieces that follow each other are crossfaded over so much. */
export const FADE_SECONDS = 0.008
/** Before each block, for its fade at any rate. */
const LEAD_SECONDS = 0.04
const MOST_BLOCKS = 12

/** From `at` of the track to `end`, heard from `when` to `until` of the graph's clock. */
export interface Piece {
  at: number
  end: number
  when: number
  until: number
  rate: number
}

export class StemStrip {
  readonly out: GainNode
  /** Why it cannot be cut. */
  fault: unknown = null
  private cut: Promise<SoundCut> | null = null
  private readonly blocks = new Map<number, AudioBuffer | 'asked'>()
  private sounding: { node: AudioBufferSourceNode; gain: GainNode; until: number }[] = []

  constructor(private readonly context: AudioContext, into: AudioNode, private readonly url: string) {
    this.out = new GainNode(context, { gain: 0 })
    this.out.connect(into)
  }

  /** Whether the block with this second is there; it is asked for. */
  has(seconds: number): boolean {
    const index = Math.floor(seconds / BLOCK_SECONDS)
    const block = this.blocks.get(index)
    if (block === undefined) void this.ask(index)
    return block instanceof AudioBuffer
  }

  play({ at, end, when, until, rate }: Piece): void {
    const index = Math.floor(at / BLOCK_SECONDS)
    const block = this.blocks.get(index)
    if (!(block instanceof AudioBuffer)) return
    // The block that was used last goes last.
    this.blocks.delete(index)
    this.blocks.set(index, block)
    const { context } = this
    const node = new AudioBufferSourceNode(context, { buffer: block, playbackRate: rate })
    const gain = new GainNode(context, { gain: 0 })
    gain.gain.setValueAtTime(0, when - FADE_SECONDS)
    gain.gain.linearRampToValueAtTime(1, when)
    gain.gain.setValueAtTime(1, Math.max(when, until - FADE_SECONDS))
    gain.gain.linearRampToValueAtTime(0, until)
    node.connect(gain).connect(this.out)
    const lead = FADE_SECONDS * rate
    node.start(when - FADE_SECONDS, at - index * BLOCK_SECONDS + LEAD_SECONDS - lead, end - at + lead)
    this.sounding = [...this.sounding.filter((one) => one.until > context.currentTime), { node, gain, until }]
  }

  /** What is heard dies away, what was planned is taken back. */
  stop(): void {
    const now = this.context.currentTime
    for (const { node, gain } of this.sounding) {
      gain.gain.cancelScheduledValues(now)
      gain.gain.setTargetAtTime(0, now, FADE_SECONDS / 3)
      node.stop(now + 3 * FADE_SECONDS)
    }
    this.sounding = []
  }

  close(): void {
    this.stop()
    this.out.disconnect()
    this.blocks.clear()
  }

  private async ask(index: number): Promise<void> {
    this.blocks.set(index, 'asked')
    try {
      this.cut ??= SoundCut.open(this.url)
      const cut = await this.cut
      this.blocks.set(index, await cut.piece(index * BLOCK_SECONDS - LEAD_SECONDS, LEAD_SECONDS + BLOCK_SECONDS, this.context))
      for (const old of this.blocks.keys()) {
        if (this.blocks.size <= MOST_BLOCKS) break
        this.blocks.delete(old)
      }
    } catch (fault) {
      this.fault = fault
    }
  }
}
