/** What a desk keeps for its grid beside the grid itself: taps, how far a change reaches, and what was found anew. */
import type { Scope } from '../../lib/scope'
import { createStore, type Store } from '../../lib/store'
import type { Player } from '../../widgets/player'
import type { Marker } from './grid_moves'
import { createTaps, type Taps } from './taps'

/** Beats found anew in a part of the track, to be taken or left. */
export interface Proposal {
  from: number
  to: number
  /** 0…1 while the detector works; null when it is done. */
  share: number | null
  found: readonly Marker[]
  /** The grid with what was found in it; empty while it is looked for. */
  markers: readonly Marker[]
  /** Why there is nothing to take. */
  reason: string
}

export interface GridTools {
  readonly taps: Taps
  /** Whether a change is for the stretch at the playhead or for the whole grid. */
  readonly isForAll: Store<boolean>
  readonly proposal: Store<Proposal | null>
}

export function createGridTools(scope: Scope, player: Player): GridTools {
  return { taps: createTaps(scope, player), isForAll: createStore(false), proposal: createStore<Proposal | null>(null) }
}
