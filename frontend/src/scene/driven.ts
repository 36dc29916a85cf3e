/** Routes and cue actions as lists that are changed by id: what a hand, a save and the studio say of the same ones. */
import { newId as newUuid } from '../lib/new_id'
import type { Driven } from './draft'

/** The list with these changes: in its order, new ones last, null takes one out. */
export function withChanges<T extends { id: string }>(items: readonly T[], changes: Record<string, T | null> | undefined): T[] {
  if (!changes) return [...items]
  const known = new Set(items.map(({ id }) => id))
  const kept = items.flatMap((item) => (item.id in changes ? (changes[item.id] ?? []) : item))
  return [...kept, ...Object.entries(changes).flatMap(([id, item]) => (known.has(id) || item === null ? [] : item))]
}

/** The second on top of the first. */
export function changesMerged(first: Driven, second: Driven): Driven {
  const routes = { ...first.routes, ...second.routes }
  const actions = { ...first.actions, ...second.actions }
  return { ...(hasChanges(routes) ? { routes } : {}), ...(hasChanges(actions) ? { actions } : {}) }
}

export function hasChanges(changes: object): boolean {
  return Object.keys(changes).length > 0
}

/** Without what `done` names. */
export function withoutIds(changes: Driven, done: Driven): Driven {
  const left = <T>(of: Record<string, T> | undefined, gone: object | undefined): Record<string, T> =>
    Object.fromEntries(Object.entries(of ?? {}).filter(([id]) => !(id in (gone ?? {}))))
  return changesMerged({}, { routes: left(changes.routes, done.routes), actions: left(changes.actions, done.actions) })
}

/** An id that no other one has. */
export function newId(): string {
  return newUuid().replaceAll('-', '').slice(0, 12)
}
