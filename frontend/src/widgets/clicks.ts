/**
 * Clicks on beats: when they sound on the clock of an audio graph, and what they sound like.
 *
 * The same code schedules while the track plays and in the offline render that bench/click_times.py measures.
 */
import { lastAtOrBefore } from './beats'
import type { GridTimes } from './grid_beats'

export const CLICK_SECONDS = 0.03
export const BEAT_HERTZ = 1175
export const DOWNBEAT_HERTZ = 1760
const LEVEL = 0.35
const SAME_BEAT_SECONDS = 0.02
/** Closer than two beats can ever be heard (400 bpm at double rate are 75 ms apart). */
const SAME_CLICK_SECONDS = 0.03
/** Later than this a click would be heard beside its beat, so it is left out. */
const LATEST_SECONDS = 0.002

/** At `at` of the graph's clock `seconds` of the track enter the graph, at this rate, round this loop. */
export interface Anchor {
  at: number
  seconds: number
  rate: number
  loop: { from: number; to: number } | null
}

export interface Click {
  at: number
  isDownbeat: boolean
}

/** Every click from `from` to before `until`, both on the graph's clock, in order. */
export function clicksBetween({ beats, downbeats }: GridTimes, anchor: Anchor, from: number, until: number): Click[] {
  const clicks: Click[] = []
  let at = anchor.at
  let seconds = anchor.seconds
  for (;;) {
    const loop = anchor.loop && seconds < anchor.loop.to ? anchor.loop : null
    const end = loop ? loop.to : Infinity
    const turnsAt = at + (end - seconds) / anchor.rate
    const first = seconds + (Math.max(at, from) - at) * anchor.rate
    // Before the anchor the track was there too: a beat that has only just gone by may still be asked for.
    const begin = at === anchor.at ? Math.min(first, seconds + (from - at) * anchor.rate) : first
    for (let index = lastAtOrBefore(beats, begin - 1e-6) + 1; index < beats.length; index++) {
      const beat = beats[index]!
      const when = at + (beat - seconds) / anchor.rate
      if (beat >= end - 1e-9 || when >= until) break
      if (when >= from) clicks.push({ at: when, isDownbeat: isIn(downbeats, beat) })
    }
    if (!loop || turnsAt >= until || loop.to - loop.from < SAME_CLICK_SECONDS) return clicks
    at = turnsAt
    seconds = loop.from
  }
}

function isIn(times: readonly number[], seconds: number): boolean {
  const before = times[lastAtOrBefore(times, seconds + SAME_BEAT_SECONDS)]
  return before !== undefined && Math.abs(before - seconds) < SAME_BEAT_SECONDS
}

/** One click at a time of the graph's clock: loud at its first sample. */
export function soundClick(context: BaseAudioContext, out: AudioNode, { at, isDownbeat }: Click): OscillatorNode {
  const tone = new OscillatorNode(context, { frequency: isDownbeat ? DOWNBEAT_HERTZ : BEAT_HERTZ })
  const gain = new GainNode(context, { gain: 0 })
  gain.gain.setValueAtTime(LEVEL, at)
  gain.gain.exponentialRampToValueAtTime(0.001, at + CLICK_SECONDS)
  tone.connect(gain).connect(out)
  tone.start(at)
  tone.stop(at + CLICK_SECONDS)
  return tone
}

/** Schedules clicks a little ahead, each once, however often and irregularly it is asked. */
export class ClickScheduler {
  private planned: { click: Click; tone: OscillatorNode }[] = []

  constructor(
    private readonly context: BaseAudioContext,
    private readonly out: AudioNode,
    private readonly aheadSeconds = 0.2,
  ) {}

  step(grid: GridTimes, anchor: Anchor): void {
    const now = this.context.currentTime
    this.planned = this.planned.filter(({ click }) => click.at > now - 1)
    for (const click of clicksBetween(grid, anchor, now - LATEST_SECONDS, now + this.aheadSeconds)) {
      if (this.planned.some((one) => Math.abs(one.click.at - click.at) < SAME_CLICK_SECONDS)) continue
      const sounding = { ...click, at: Math.max(click.at, now) }
      this.planned.push({ click, tone: soundClick(this.context, this.out, sounding) })
    }
  }

  /** After a jump, or when the grid has changed: what was planned and has not sounded is taken back. */
  cancel(): void {
    const now = this.context.currentTime
    for (const { click, tone } of this.planned) if (click.at > now) tone.stop(0)
    this.planned = this.planned.filter(({ click }) => click.at <= now)
  }
}
