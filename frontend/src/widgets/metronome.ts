/** A click on every beat while the track plays, higher on downbeats, scheduled a little ahead on the graph's clock. */
import type { Scope } from '../lib/scope'
import { ClickScheduler } from './clicks'
import type { GridTimes } from './grid_beats'
import type { Player } from './player'
import { SteadyAnchor } from './steady_anchor'

const EVERY_MS = 40

const mod = (value: number, by: number): number => ((value % by) + by) % by

export interface Metronome {
  readonly isOn: boolean
  set(isOn: boolean): void
}

export function createMetronome(scope: Scope, player: Player, grid: () => GridTimes): Metronome {
  const anchor = new SteadyAnchor()
  let clicks: ClickScheduler | null = null
  let stop: (() => void) | null = null
  let shown: GridTimes | null = null

  const begin = (): void => {
    anchor.reset()
    clicks?.cancel()
  }
  const schedule = (): void => {
    const context = player.graph.context
    if (!clicks || !context) return
    const now = grid()
    if (now !== shown) clicks.cancel()
    shown = now
    if (!player.isPlaying || player.isBetween || context.state !== 'running') return
    const { at, seconds, turnedSeconds, loop, isTape } = player.entering(context)
    // A loop that turns goes on: what was planned beyond its end stays.
    const read = anchor.take(at, seconds + turnedSeconds, player.rate)
    if (read.hasJumped) clicks.cancel()
    const here = read.seconds - turnedSeconds
    // Read a little beside its turn, a short loop is still round.
    const round = isTape && loop ? loop.from + mod(here - loop.from, loop.to - loop.from) : here
    clicks.step(now, { at, seconds: round, rate: player.rate, loop })
  }

  const set = (isOn: boolean): void => {
    if (isOn === (stop !== null)) return
    stop?.()
    stop = null
    if (!isOn) return void clicks?.cancel()
    const context = player.open()
    const out = player.graph.clicks
    if (!context || !out) return
    clicks ??= new ClickScheduler(context, out)
    begin()
    stop = scope.every(EVERY_MS, schedule)
  }
  scope.add(player.events.on('seek', begin))
  scope.add(player.events.on('turn', (behind) => anchor.shift(-behind)))
  scope.add(player.events.on('state', () => {
    if (!player.isPlaying) begin()
  }))
  scope.add(() => stop?.())
  return {
    get isOn() {
      return stop !== null
    },
    set,
  }
}
