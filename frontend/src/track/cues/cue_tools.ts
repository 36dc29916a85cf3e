/** What a desk has for its cues besides the cues: quantised jumps, what the analysis proposes, what is open beside the lanes. */
import type { Scope } from '../../lib/scope'
import { createStore, type Store } from '../../lib/store'
import type { ProposedCue } from '../../widgets/cue_lane'
import type { Player } from '../../widgets/player'
import type { Crossing, SnapKind } from '../../widgets/snap'
import type { TrackSound } from '../../widgets/track_sound'
import { quantisedJump } from './quantise'

export interface CueTools {
  readonly snap: Store<SnapKind>
  /** Jumps while the track plays wait for the next beat and land on one. */
  readonly quantise: Store<boolean>
  /** Where a jump that waits for its beat goes; null when none waits. */
  readonly waiting: Store<number | null>
  readonly proposed: Store<readonly ProposedCue[]>
  readonly open: Store<'table' | 'analysis' | null>
  readonly crossing: Crossing
  /** Goes there; quantised while it plays. */
  jump(seconds: number): void
  /** Off, or what it was before. */
  toggleSnap(): void
}

const [SNAP_KEY, QUANTISE_KEY] = ['phosphene.snap', 'phosphene.quantise']
const SNAPS: readonly SnapKind[] = ['beat', 'half', 'quarter', 'onset', 'zero']

const WARM_SECONDS = 0.1

interface CueToolsOptions {
  player: Player
  sound: TrackSound
  crossing: Crossing
}

export function createCueTools(scope: Scope, { player, sound, crossing }: CueToolsOptions): CueTools {
  const snap = createStore<SnapKind>('beat')
  let lastSnap: SnapKind = SNAPS.find((kind) => kind === localStorage.getItem(SNAP_KEY)) ?? 'beat'
  snap.set(lastSnap)
  scope.add(snap.subscribe(() => {
    if (snap.get() === 'off') return
    lastSnap = snap.get()
    localStorage.setItem(SNAP_KEY, lastSnap)
  }))
  // What is near the playhead is there when a cue is set.
  const warm = (): void => void (snap.get() === 'zero' && crossing(player.seconds, WARM_SECONDS))
  for (const told of [snap.subscribe(warm), player.events.on('seek', warm), player.events.on('state', warm)]) scope.add(told)
  const quantise = createStore(localStorage.getItem(QUANTISE_KEY) === 'on')
  scope.add(quantise.subscribe(() => localStorage.setItem(QUANTISE_KEY, quantise.get() ? 'on' : 'off')))
  const { jump, waiting } = createJumps(scope, player, sound, quantise)
  return {
    snap,
    quantise,
    waiting,
    proposed: createStore<readonly ProposedCue[]>([]),
    open: createStore<'table' | 'analysis' | null>(null),
    crossing,
    jump,
    toggleSnap: () => snap.set((kind) => (kind === 'off' ? lastSnap : 'off')),
  }
}

function createJumps(scope: Scope, player: Player, sound: TrackSound, quantise: Store<boolean>): Pick<CueTools, 'jump' | 'waiting'> {
  const waiting = createStore<number | null>(null)
  let leave = 0
  // Whoever pauses or seeks meanwhile has changed their mind.
  scope.add(player.events.on('hand', () => waiting.set(null)))
  scope.add(player.events.on('tick', (seconds) => {
    const land = waiting.get()
    if (land === null || seconds < leave) return
    waiting.set(null)
    // Pictures are painted a little later than the beat: the pulse goes on as if they were not.
    player.seek(land + Math.min(0.1, seconds - leave))
  }))
  return {
    waiting,
    jump(seconds) {
      const plan = quantise.get() && player.isPlaying ? quantisedJump(sound.beats.get().beats, player.seconds, seconds) : null
      if (!plan) return player.seek(seconds)
      leave = plan.leave
      waiting.set(plan.land)
    },
  }
}
