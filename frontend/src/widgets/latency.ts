/**
 * How late this browser's sound is heard and its keys arrive; kept in this browser, because it belongs to its loudspeaker.
 *
 * `outputSeconds`: what the person sets when pictures and sound do not meet. `tapSeconds`: how long after a beat is heard a
 * tap on it arrives, hearing and key together, as measured by tapping along with a click.
 */
import { createStore, type Store } from '../lib/store'

export interface Latency {
  outputSeconds: number
  tapSeconds: number | null
}

const KEY = 'phosphene.latency'
export const MOST_OUTPUT_SECONDS = 0.5
const NONE: Latency = { outputSeconds: 0, tapSeconds: null }

export const latency: Store<Latency> = createStore<Latency>(read(typeof localStorage === 'undefined' ? null : localStorage.getItem(KEY)))

/** What is kept, or nothing where it cannot be read. */
export function read(kept: string | null): Latency {
  try {
    const found = JSON.parse(kept ?? '{}') as Partial<Latency>
    return { outputSeconds: bounded(found.outputSeconds) ?? 0, tapSeconds: bounded(found.tapSeconds) }
  } catch {
    return NONE
  }
}

function bounded(seconds: unknown): number | null {
  return typeof seconds === 'number' && Number.isFinite(seconds) ? Math.min(MOST_OUTPUT_SECONDS, Math.max(-MOST_OUTPUT_SECONDS, seconds)) : null
}

export function changeLatency(change: Partial<Latency>): void {
  latency.set((now) => read(JSON.stringify({ ...now, ...change })))
  localStorage.setItem(KEY, JSON.stringify(latency.get()))
}
