/** Choose: all of a filter, all of a session, or what bulk buttons act on. */
import type { Desk } from './desk'
import { without, type Filter } from './filter'
import { allOf, sizeOf, type Selection } from './selection'

/** All that the page's filter matches, or all of some sessions of it. */
export function selectAll(desk: Desk, section?: { session_ids: string[]; matched: number }): void {
  const here = desk.source.get()
  if (!here) return
  const filter = section ? { ...here.filter, sessions: section.session_ids } : here.filter
  desk.selection.set(allOf(filter, section?.matched ?? matchingNow(desk)))
}

/** All of the sitting that the portrait looked at is of. */
export function selectSitting(desk: Desk): void {
  const rank = desk.cursor.get()
  const section = desk.source.get()?.index.sections.findLast((one) => one.rank <= rank)
  if (section) selectAll(desk, section)
}

/** "All" as the API takes it, for bulk buttons: the selection, or everything that is shown. */
export function everything(desk: Desk): Selection {
  const here = desk.source.get()
  if (sizeOf(desk.selection.get()) > 0 || !here) return desk.selection.get()
  return allOf(here.filter, matchingNow(desk))
}

/** How many the filter matches now: what was decided a moment ago may still be shown, and is not meant. */
export function matchingNow(desk: Pick<Desk, 'counts' | 'source'>): number {
  const here = desk.source.get()
  return here === null || here.isProvisional ? (here?.index.count ?? 0) : desk.counts.get()[here.filter.verdict ?? 'any']
}

export function clearedOf(desk: Desk, name: keyof Filter): void {
  desk.show(without(desk.place.get().filter, name))
}
