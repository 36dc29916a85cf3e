/**
 * Source: the portraits of a filter by their rank. Pages of 240 are fetched by key from the nearest stop when they are
 * looked at, and the ones longest unseen are forgotten, so that memory stays flat however far one scrolls.
 */
import { createEmitter, type Emitter } from '../lib/emitter'
import type { Scope } from '../lib/scope'
import type { Filter } from './filter'
import type { LibraryIndex, Portrait } from './wire'

export const PAGE = 240
const MOST_PAGES = 30
const AT_ONCE = 3

export interface SourceEvents {
  /** Portraits of these ranks have come or changed; null: all may have. */
  changed: { first: number; last: number } | null
  /** The studio has other portraits than the index said: it should be asked for again. */
  stale: void
  fault: unknown
}

export interface Source {
  readonly events: Emitter<SourceEvents>
  readonly filter: Filter
  readonly index: LibraryIndex
  /** Only the first page is known; the count and the rest are on their way. */
  readonly isProvisional: boolean
  get(rank: number): Portrait | undefined
  /** Asks for what lies in [first, last] and one page around; what is no longer wanted is not waited for. */
  want(first: number, last: number): void
  /** The portraits of [first, last], fetched where needed. */
  range(first: number, last: number): Promise<Portrait[]>
  /** Rank of a portrait that is in memory, or null. */
  rankOf(id: number): number | null
  /** Changes portraits in memory; answers with how they were. */
  patch(ids: Iterable<number> | 'all', change: (one: Portrait) => Portrait): Map<number, Portrait>
  /** Ask again about portraits that are in memory, and show the old facts until then. */
  freshen(ids?: readonly number[]): void
  /** The first page, where it came before the index did. */
  prime(items: Portrait[]): void
  readonly pagesInMemory: number
}

interface Loading {
  done: Promise<void>
  abort: AbortController
}

type Fetch = (filter: Filter, after: string | null, limit: number, signal: AbortSignal) => Promise<{ items: Portrait[] }>

export function createSource(scope: Scope, filter: Filter, index: LibraryIndex, fetchPage: Fetch, isProvisional = false): Source {
  const events = createEmitter<SourceEvents>()
  // In the order of their last use: a Map remembers the order of insertion.
  const pages = new Map<number, Portrait[]>()
  const ranks = new Map<number, number>()
  const loading = new Map<number, Loading>()
  let wanted: number[] = []
  scope.add(() => loading.forEach((one) => one.abort.abort()))

  const stopOf = (page: number): string | null => index.stops[page]?.key ?? null
  const sizeOf = (page: number): number => Math.min(PAGE, index.count - page * PAGE)
  const lastPage = Math.max(0, Math.ceil(index.count / PAGE) - 1)

  const keep = (page: number, items: Portrait[]): void => {
    forget(page)
    pages.set(page, items)
    items.forEach((one, at) => ranks.set(one.id, page * PAGE + at))
    for (const oldest of pages.keys()) {
      if (pages.size <= MOST_PAGES) break
      if (!wanted.includes(oldest)) forget(oldest)
    }
  }
  const forget = (page: number): void => {
    for (const one of pages.get(page) ?? []) ranks.delete(one.id)
    pages.delete(page)
  }

  const load = (page: number): Promise<void> => {
    const known = loading.get(page)
    if (known) return known.done
    const abort = new AbortController()
    const done = fetchPage(filter, page === 0 ? null : stopOf(page), sizeOf(page), abort.signal)
      .then(({ items }) => {
        if (scope.isClosed) return
        keep(page, items)
        events.emit('changed', { first: page * PAGE, last: page * PAGE + sizeOf(page) - 1 })
        if (!isWhole(page, items)) events.emit('stale', undefined)
      })
      .finally(() => {
        loading.delete(page)
        next()
      })
    loading.set(page, { done, abort })
    return done
  }
  /** A page that is shorter than the index says, or runs into its neighbour, was changed by somebody. */
  const isWhole = (page: number, items: Portrait[]): boolean => {
    if (items.length !== sizeOf(page)) return false
    const [before, after] = [pages.get(page - 1)?.at(-1), pages.get(page + 1)?.[0]]
    return items[0]?.id !== before?.id && (after === undefined || items.at(-1)?.id !== after.id)
  }

  /** Newer facts about known portraits. Which portraits there are, and their ranks, stay: nothing moves under the pointer. */
  const renew = async (page: number): Promise<void> => {
    const abort = new AbortController()
    const stop = (): void => abort.abort()
    scope.add(stop)
    const { items } = await fetchPage(filter, page === 0 ? null : stopOf(page), PAGE, abort.signal).catch(() => ({ items: [] as Portrait[] }))
    for (const one of items) {
      const rank = ranks.get(one.id)
      const kept = rank === undefined ? undefined : pages.get(Math.floor(rank / PAGE))
      if (kept) kept[rank! % PAGE] = one
    }
    if (items.length > 0 && !scope.isClosed) events.emit('changed', null)
  }

  const next = (): void => {
    if (scope.isClosed) return
    for (const page of wanted) {
      if (loading.size >= AT_ONCE) return
      if (pages.has(page) || loading.has(page)) continue
      load(page).catch((fault: unknown) => {
        if (!isAbort(fault)) events.emit('fault', fault)
      })
    }
  }

  return {
    events,
    filter,
    index,
    isProvisional,
    get: (rank) => pages.get(Math.floor(rank / PAGE))?.[rank % PAGE],
    want(first, last) {
      const [from, to] = [Math.floor(first / PAGE), Math.floor(last / PAGE)]
      const seen = Array.from({ length: to - from + 1 }, (_, at) => from + at)
      const around = [to + 1, from - 1].filter((page) => page >= 0 && page <= lastPage)
      wanted = [...seen, ...around]
      for (const page of seen) {
        const items = pages.get(page)
        if (!items) continue
        pages.delete(page)
        pages.set(page, items)
      }
      for (const [page, one] of loading) if (Math.abs(page - from) > 4 && Math.abs(page - to) > 4) one.abort.abort()
      next()
    },
    async range(first, last) {
      const found: Portrait[] = []
      for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page += 1) {
        if (!pages.has(page)) await load(page)
        const items = pages.get(page) ?? []
        found.push(...items.filter((_, at) => page * PAGE + at >= first && page * PAGE + at <= last))
      }
      return found
    },
    rankOf: (id) => ranks.get(id) ?? null,
    patch(ids, change) {
      const before = new Map<number, Portrait>()
      const targets = ids === 'all' ? [...ranks.keys()] : ids
      for (const id of targets) {
        const rank = ranks.get(id)
        const items = rank === undefined ? undefined : pages.get(Math.floor(rank / PAGE))
        const old = items?.[rank! % PAGE]
        if (!items || !old) continue
        before.set(id, old)
        items[rank! % PAGE] = change(old)
      }
      if (before.size > 0) events.emit('changed', null)
      return before
    },
    freshen(ids) {
      const stale = ids ? new Set(ids.flatMap((id) => (ranks.has(id) ? [Math.floor(ranks.get(id)! / PAGE)] : []))) : new Set(pages.keys())
      for (const page of stale) {
        if (wanted.includes(page)) void renew(page)
        else forget(page)
      }
    },
    prime: (items) => keep(0, items.slice(0, sizeOf(0))),
    get pagesInMemory() {
      return pages.size
    },
  }
}

function isAbort(fault: unknown): boolean {
  return fault instanceof DOMException && fault.name === 'AbortError'
}
