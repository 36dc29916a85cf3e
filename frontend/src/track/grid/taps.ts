/** Tapping along: the raw moments of taps, and the tempo that they suggest. Nothing is changed until somebody takes it. */
import type { Scope } from '../../lib/scope'
import { createStore, type Store } from '../../lib/store'
import { latency } from '../../widgets/latency'
import type { Player } from '../../widgets/player'
import { fitTaps, type TapFit } from './tap_fit'

/** As it came, latency and all: seconds of the page's clock, and of the track where that was playing. */
export interface Tap {
  wallSeconds: number
  trackSeconds: number
  rate: number
  isPlaying: boolean
}

export interface TapState {
  taps: readonly Tap[]
  fit: TapFit | null
}

export interface Suggestion {
  bpm: number
  /** A beat in the track; null when it stood still while one tapped. */
  beat: number | null
  middle: number
}

export interface Taps {
  readonly state: Store<TapState>
  /** `timeStamp` of the key or the press, milliseconds of the page's clock. */
  tap(timeStamp: number): void
  forget(): void
}

const NOTHING: TapState = { taps: [], fit: null }
/** After so long without a tap the next one begins anew. */
const PAUSE_SECONDS = 3.5
const KEPT = 64

export function createTaps(scope: Scope, player: Player): Taps {
  const state = createStore<TapState>(NOTHING)
  let hasJumped = false
  scope.add(player.events.on('seek', () => (hasJumped = true)))
  return {
    state,
    tap(timeStamp) {
      if (player.isPlaying) player.open()
      const late = Math.max(0, performance.now() - timeStamp) / 1000
      const tap: Tap = {
        wallSeconds: timeStamp / 1000,
        trackSeconds: player.seconds + (player.isPlaying ? (player.delaySeconds - late) * player.rate : 0),
        rate: player.rate,
        isPlaying: player.isPlaying,
      }
      const { taps } = state.get()
      const goesOn = !hasJumped && belongs(taps.at(-1), tap)
      hasJumped = false
      const series = goesOn ? [...taps.slice(-KEPT + 1), tap] : [tap]
      state.set({ taps: series, fit: fitTaps(series.map(trackTime)) })
    },
    forget: () => state.set(NOTHING),
  }
}

function belongs(last: Tap | undefined, tap: Tap): boolean {
  return last !== undefined && tap.wallSeconds - last.wallSeconds < PAUSE_SECONDS && tap.rate === last.rate && tap.isPlaying === last.isPlaying
}

/** Taps are as far apart as the page's clock says: a loop that turns between two of them changes nothing. */
const trackTime = (tap: Tap): number => tap.wallSeconds * (tap.isPlaying ? tap.rate : 1)

/** What the taps suggest for the grid, the latency of this browser taken off. */
export function suggestionOf({ taps, fit }: TapState, bpm = fit?.bpm ?? 0): Suggestion | null {
  if (!fit) return null
  const middle = taps.reduce((best, tap) => (Math.abs(trackTime(tap) - fit.beat) < Math.abs(trackTime(best) - fit.beat) ? tap : best))
  const late = middle.isPlaying ? (latency.get().tapSeconds ?? 0) * middle.rate : 0
  const beat = middle.trackSeconds + fit.beat - trackTime(middle) - late
  return { bpm, beat: middle.isPlaying ? beat : null, middle: Math.max(0, middle.trackSeconds) }
}

/** A rounder tempo within the doubt: a whole number, else a twelfth of one. Null when there is none. */
export function rounderBpm({ bpm, margin }: TapFit): number | null {
  const near = [1, 12].map((parts) => Math.round(bpm * parts) / parts).find((rounded) => Math.abs(rounded - bpm) <= Math.max(margin, 0.02))
  return near === undefined || near.toFixed(2) === bpm.toFixed(2) ? null : near
}
