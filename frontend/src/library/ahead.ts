/** Ahead: the first window of portraits is asked for before the page is drawn, so that both happen at the same time. */
import { pageData } from '../lib/page'
import { queryClient } from '../wire/query'
import { areEqual, placeOf, type Filter } from './filter'
import { libraryQueries } from './queries'
import { PAGE } from './source'
import { createLibraryWire, type LibraryIndex, type Portrait } from './wire'

interface Ahead {
  filter: Filter
  at: number | null
  index: Promise<LibraryIndex>
  first: Promise<{ items: Portrait[] } | null> | null
}

let ahead: Ahead | null = null

/** What the grid cannot do without, in this order: a browser has six lines to the studio, and there are more questions. */
export function askAhead(): void {
  const dataset = pageData().ids.dataset
  if (!dataset) return
  const { filter, at } = placeOf(window.location.search)
  const wire = createLibraryWire(dataset)
  const index = wire.index(filter, at)
  index.catch(() => undefined) // Whoever takes it hears of it.
  ahead = { filter, at, index, first: at === null ? wire.page(filter, null, PAGE).catch(() => null) : null }
  void queryClient.prefetchQuery(libraryQueries.dataset(dataset))
}

/** What was asked ahead, once, when it is what is wanted. */
export function takeAhead(filter: Filter, at: number | null): Ahead | null {
  const found = ahead
  ahead = null
  return found && areEqual(found.filter, filter) && found.at === at ? found : null
}
