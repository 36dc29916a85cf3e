/** Selection: some portraits by id, or all that a filter matches except some. Never 80,000 ids. */
import { tidy, type Filter } from './filter'

export type Selection =
  | { kind: 'ids'; ids: ReadonlySet<number> }
  /** `count` is how many the filter matches, as far as the page knows. */
  | { kind: 'all'; filter: Filter; count: number; except: ReadonlySet<number> }

/** How the API takes it. */
export interface SelectionBody {
  ids?: number[]
  filter?: Filter
  except_ids?: number[]
}

/** The API takes no more ids than this in one request, neither listed nor excepted. */
export const MOST_IDS = 5000

export const none: Selection = { kind: 'ids', ids: new Set() }

export function allOf(filter: Filter, count: number): Selection {
  return { kind: 'all', filter: tidy(filter), count, except: new Set() }
}

interface Item {
  id: number
  session_id: string
}

/** Whether a portrait that the page's filter matches is chosen. A session of the filter is chosen by its `sessions`. */
export function has(selection: Selection, item: Item): boolean {
  if (selection.kind === 'ids') return selection.ids.has(item.id)
  if (selection.except.has(item.id)) return false
  const { sessions } = selection.filter
  return sessions === undefined || sessions.includes(item.session_id)
}

export function sizeOf(selection: Selection): number {
  return selection.kind === 'ids' ? selection.ids.size : Math.max(0, selection.count - selection.except.size)
}

export function isEmpty(selection: Selection): boolean {
  return sizeOf(selection) === 0
}

export function toggled(selection: Selection, item: Item): Selection {
  const isIn = has(selection, item)
  if (selection.kind === 'ids') {
    const ids = new Set(selection.ids)
    if (isIn) ids.delete(item.id)
    else ids.add(item.id)
    return { kind: 'ids', ids }
  }
  const except = new Set(selection.except)
  if (isIn) except.add(item.id)
  else if (except.has(item.id)) except.delete(item.id)
  // Outside of the chosen session: a list of both would need every id, so the choice begins anew with this one.
  else return { kind: 'ids', ids: new Set([item.id]) }
  return { ...selection, except }
}

export function added(selection: Selection, ids: Iterable<number>): Selection {
  if (selection.kind === 'all') {
    const except = new Set(selection.except)
    for (const id of ids) except.delete(id)
    return { ...selection, except }
  }
  return { kind: 'ids', ids: new Set([...selection.ids, ...ids]) }
}

/** Null when it names more single portraits than one request may. */
export function bodyOf(selection: Selection): SelectionBody | null {
  if (selection.kind === 'ids') return selection.ids.size > MOST_IDS ? null : { ids: [...selection.ids] }
  if (selection.except.size > MOST_IDS) return null
  return { filter: selection.filter, except_ids: [...selection.except] }
}
