/** Close-ups of a track: the studio makes them when somebody first looks that closely, and tells how far it is. */
import type { Scope } from '../lib/scope'
import { createStore, type Store } from '../lib/store'
import { post } from '../wire/api'
import type { components } from '../wire/schema'

export type CloseUp = components['schemas']['CloseUpOut']
export type CloseUpKind = CloseUp['kind']

const ASK_AGAIN_MS = 1500

export interface CloseUpAsk {
  /** Null until it was asked for. */
  readonly state: Store<CloseUp | null>
  /** Asks once; further calls cost nothing. */
  want: () => void
  /** Have it made once more after it failed. */
  again: () => void
}

export function createCloseUpAsk(scope: Scope, kind: CloseUpKind, trackId: () => string): CloseUpAsk {
  const state = createStore<CloseUp | null>(null)
  let isAsked = false
  const ask = (again: boolean): void => {
    post<CloseUp>(`/tracks/${trackId()}/close-ups/${kind}`, { again }).then(
      (answer) => {
        if (scope.isClosed) return
        state.set(answer)
        if (answer.state === 'waiting' || answer.state === 'working') scope.after(ASK_AGAIN_MS, () => ask(false))
      },
      (fault: unknown) => {
        if (!scope.isClosed) state.set(refused(kind, trackId(), fault))
      },
    )
  }
  return {
    state,
    want() {
      if (isAsked || !trackId()) return
      isAsked = true
      ask(false)
    },
    again: () => ask(true),
  }
}

function refused(kind: CloseUpKind, track_id: string, fault: unknown): CloseUp {
  const sentence = fault instanceof Error ? fault.message : String(fault)
  return { kind, track_id, state: 'failed', sentence, job_id: null, url: null, facts: {} }
}
