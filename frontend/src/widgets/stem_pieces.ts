/**
 * Parts of a track in step to the sample: what each of them sounds like is scheduled piece by piece on the one clock of the
 * graph, beside the track's own element, which plays on unheard and says where everything is.
 */
import type { Scope } from '../lib/scope'
import type { Player } from './player'
import { SteadyAnchor } from './steady_anchor'
import { BLOCK_SECONDS, FADE_SECONDS, StemStrip } from './stem_strip'

/** So far ahead pieces are planned: a page in the background is asked once a second. */
const AHEAD_SECONDS = 1.6
/** Planned anew, what is heard begins so much later. */
const BEGIN_SECONDS = 0.04
/** Further than this from the track all parts are put right, together. */
const OFF_SECONDS = 0.008
/** A first reading of the clocks errs by more than the middle of several. */
const FIRST_READINGS = 12

interface Span {
  from: number
  to: number
}

export class StemPieces {
  private readonly anchor = new SteadyAnchor()
  private readonly strips = new Map<string, StemStrip>()
  private heard: readonly string[] = []
  private master: GainNode | null = null
  private plan: { offset: number; round: Span | null; at: number; when: number; rate: number; readings: number } | null = null
  private isAnew = false

  constructor(scope: Scope, private readonly player: Player) {
    scope.add(() => this.strips.forEach((strip) => strip.close()))
    scope.add(player.events.on('seek', () => this.stop()))
    scope.add(player.events.on('turn', (behind) => this.anchor.shift(-behind)))
  }

  /** Whether all of these can be heard so. Stretched sound that keeps its pitch cannot. */
  can(urls: ReadonlyMap<string, string>): boolean {
    return (this.player.rate === 1 || !this.player.keepsPitch) && ![...urls.values()].some((url) => this.strips.get(url)?.fault)
  }

  /** Whether something is planned, so that the whole track may be silent. */
  get isSounding(): boolean {
    return this.plan !== null
  }

  /** What flows out of a part. */
  outOf(url: string): AudioNode | null {
    return this.strips.get(url)?.out ?? null
  }

  /** Call often: these are heard, in step with the track. */
  step(urls: readonly string[]): void {
    const { player } = this
    const context = player.open()
    if (!context) return
    this.choose(urls, context)
    if (!player.isPlaying || context.state !== 'running') return this.stop()
    if (player.isBetween) return
    const { at, seconds, turnedSeconds, loop, isTape } = player.entering(context)
    const read = this.anchor.take(at, seconds + turnedSeconds, player.rate)
    const offset = read.seconds - at * player.rate
    const round = isTape ? loop : player.loop && seconds < player.loop.to ? player.loop : null
    if (this.isOff(offset, round)) this.begin(offset, turnedSeconds, round, context)
    this.fill(context, turnedSeconds)
  }

  stop(): void {
    this.strips.forEach((strip) => strip.stop())
    this.plan = null
    this.anchor.reset()
  }

  private choose(urls: readonly string[], context: AudioContext): void {
    const { audio } = this.player
    if (!this.master) {
      this.master = new GainNode(context)
      this.master.connect(context.destination)
    }
    this.master.gain.value = audio.muted ? 0 : audio.volume
    if (urls.join() === this.heard.join()) return
    this.isAnew ||= urls.some((url) => !this.heard.includes(url))
    this.heard = urls
    for (const url of urls) if (!this.strips.has(url)) this.strips.set(url, new StemStrip(context, this.master, url))
    this.strips.forEach((strip, url) => strip.out.gain.setTargetAtTime(urls.includes(url) ? 1 : 0, context.currentTime, FADE_SECONDS / 3))
  }

  /** Nothing is planned yet, or something else: another part, another loop, another rate, another place. */
  private isOff(offset: number, round: Span | null): boolean {
    const { plan } = this
    if (!plan || this.isAnew || plan.rate !== this.player.rate) return true
    plan.readings += 1
    const isOther = (round?.from ?? -1).toFixed(3) !== (plan.round?.from ?? -1).toFixed(3) || (round?.to ?? -1).toFixed(3) !== (plan.round?.to ?? -1).toFixed(3)
    return isOther || (plan.readings >= FIRST_READINGS && Math.abs(offset - plan.offset) > OFF_SECONDS * plan.rate)
  }

  private begin(offset: number, turnedSeconds: number, round: Span | null, context: AudioContext): void {
    const when = context.currentTime + BEGIN_SECONDS
    const { rate } = this.player
    const at = within(offset + when * rate - turnedSeconds, round)
    // Until everything is there, what is heard goes on.
    if (![...this.heard].map((url) => this.strips.get(url)!.has(at)).every(Boolean)) return
    this.strips.forEach((strip) => strip.stop())
    this.isAnew = false
    this.plan = { offset, round, at, when, rate, readings: 0 }
  }

  private fill(context: AudioContext, turnedSeconds: number): void {
    const { plan } = this
    if (!plan) return
    if (plan.when < context.currentTime + FADE_SECONDS) return this.begin(plan.offset, turnedSeconds, plan.round, context)
    const strips = this.heard.map((url) => this.strips.get(url)!)
    while (plan.when < context.currentTime + AHEAD_SECONDS && plan.at < this.player.durationSeconds) {
      const { at, when, rate, round } = plan
      if (!strips.map((strip) => strip.has(at)).every(Boolean)) return
      const end = Math.min((Math.floor(at / BLOCK_SECONDS) + 1) * BLOCK_SECONDS, round?.to ?? Infinity)
      const until = when + (end - at) / rate
      strips.forEach((strip) => strip.play({ at, end, when, until, rate }))
      plan.when = until
      plan.at = round && end >= round.to - 1e-9 ? round.from : end
      strips.forEach((strip) => strip.has(plan.at + BLOCK_SECONDS))
    }
  }
}

function within(seconds: number, round: Span | null): number {
  if (!round || seconds < round.to) return Math.max(0, seconds)
  return round.from + ((seconds - round.from) % (round.to - round.from))
}
