/**
 * Saving: edits of this page on their way to the studio. An edit without connection waits, is counted, and goes out when
 * the line is back; a newer edit of the same thing replaces one that waits.
 */
import { createStore, type Store } from '../lib/store'
import { ApiError } from './api'

export interface SavingState {
  /** Edits that are not saved yet, sent or waiting. */
  pending: number
  isOffline: boolean
  /** When the last one was saved, of `Date.now()`. */
  savedAt: number | null
}

interface Edit {
  key: string
  send: () => Promise<void>
  refuse: (fault: unknown) => void
}

export interface Saving {
  readonly state: Store<SavingState>
  /**
   * Sends an edit; edits of one `key` go one after the other. Resolves with the answer once it is saved, however long the
   * connection was away; rejects when the studio refuses it. `null` = a newer edit of the same key took its place.
   */
  save<Answer>(key: string, send: () => Promise<Answer>): Promise<Answer | null>
  /** Try what waits again, now. */
  tryNow(): void
}

const LONGEST_WAIT = 15_000

export function createSaving(): Saving {
  const state = createStore<SavingState>({ pending: 0, isOffline: false, savedAt: null })
  const waiting = new Map<string, Edit>()
  const sending = new Set<string>()
  let [timer, failures]: [ReturnType<typeof setTimeout> | undefined, number] = [undefined, 0]

  const count = (change: Partial<SavingState> = {}): void =>
    state.set((now) => ({ ...now, pending: new Set([...waiting.keys(), ...sending]).size, ...change }))

  const later = (): void => {
    clearTimeout(timer)
    timer = setTimeout(sendAll, Math.min(LONGEST_WAIT, 1000 * 2 ** failures))
    failures += 1
  }

  async function sendOne(edit: Edit): Promise<void> {
    waiting.delete(edit.key)
    sending.add(edit.key)
    count()
    try {
      await edit.send()
      failures = 0
      sending.delete(edit.key)
      count({ isOffline: false, savedAt: Date.now() })
    } catch (fault) {
      sending.delete(edit.key)
      if (fault instanceof ApiError && fault.isOffline) {
        // A newer edit of the same thing may have come in between; it wins.
        if (waiting.has(edit.key)) edit.refuse(null)
        else waiting.set(edit.key, edit)
        count({ isOffline: true })
        later()
        return
      }
      count()
      edit.refuse(fault)
    }
    const next = waiting.get(edit.key)
    if (next) void sendOne(next)
  }

  function sendAll(): void {
    for (const edit of [...waiting.values()]) if (!sending.has(edit.key)) void sendOne(edit)
  }

  return {
    state,
    save<Answer>(key: string, send: () => Promise<Answer>) {
      return new Promise<Answer | null>((resolve, reject) => {
        waiting.get(key)?.refuse(null)
        const edit: Edit = {
          key,
          send: async () => resolve(await send()),
          refuse: (fault) => (fault === null ? resolve(null) : reject(fault as Error)),
        }
        waiting.set(key, edit)
        if (sending.has(key) || state.get().isOffline) count()
        else void sendOne(edit)
      })
    },
    tryNow() {
      failures = 0
      sendAll()
    },
  }
}

/** The edits of the open page. */
export const saving = createSaving()
