/** Choosing cues: one, one more, all up to here, all in a stretch. `selected` is the last of them, `selection` all. */
import type { Store } from '../lib/store'
import type { Cue } from '../wire/types'

export type Choice = 'only' | 'toggle' | 'upto'

export interface Chosen {
  readonly selected: Store<string | null>
  readonly selection: Store<ReadonlySet<string>>
}

export const howOf = (event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }): Choice =>
  event.shiftKey ? 'upto' : event.ctrlKey || event.metaKey ? 'toggle' : 'only'

/** These and no others; the last of them is the one that panels show. */
export function chooseMany(store: Chosen, ids: readonly string[]): void {
  const last = ids.at(-1)
  if (last === undefined) return store.selected.set(null)
  store.selection.set(new Set(ids))
  store.selected.set(last)
}

/** `order`: the cues as they are listed where the choice is made. */
export function choose(store: Chosen, order: readonly Pick<Cue, 'id'>[], id: string, how: Choice): void {
  if (how === 'only') return chooseMany(store, [id])
  const chosen = [...store.selection.get()]
  if (how === 'toggle') return chooseMany(store, chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id])
  chooseMany(store, between(order, store.selected.get(), id))
}

/** The ids from one to the other, in the order of the list; the second is last, wherever it stands. */
export function between(order: readonly Pick<Cue, 'id'>[], from: string | null, to: string): string[] {
  const end = order.findIndex(({ id }) => id === to)
  const start = order.findIndex(({ id }) => id === from)
  if (end < 0) return []
  if (start < 0) return [to]
  const ids = order.slice(Math.min(start, end), Math.max(start, end) + 1).map(({ id }) => id)
  return start > end ? ids.reverse() : ids
}

/** Cues of which a part lies between two seconds. */
export function within(cues: readonly Cue[], from: number, to: number): string[] {
  const [low, high] = [Math.min(from, to), Math.max(from, to)]
  return cues.filter((cue) => cue.seconds <= high && (cue.end_seconds ?? cue.seconds) >= low).map(({ id }) => id)
}
