/** Desk: everything that one open dataset page knows: where one is, what the filter matches, what is chosen. */
import { pageData } from '../lib/page'
import { createScope, type Scope } from '../lib/scope'
import { createStore, type Store } from '../lib/store'
import { closeToast, toast, toastFault } from '../parts/toasts'
import { takeAhead } from './ahead'
import { createLine, decided, decisionWords, movedCounts, standsUnder, type VerdictCounts } from './decisions'
import { addressOf, areEqual, placeOf, tidy, type Filter, type Place } from './filter'
import { bodyOf, isEmpty, none, type Selection, type SelectionBody } from './selection'
import { provisionalIndex } from './provisional'
import { createSource, PAGE, type Source } from './source'
import type { BatchAnswer, Decision, Facets, LibraryIndex, LibraryWire, Portrait } from './wire'

export interface Desk {
  readonly dataset: string
  readonly wire: LibraryWire
  readonly place: Store<Place>
  /** What is shown now; the old one stays until the answer to a new filter is there. */
  readonly source: Store<Source | null>
  readonly counts: Store<VerdictCounts>
  readonly facets: Store<Facets | null>
  readonly fault: Store<unknown>
  readonly selection: Store<Selection>
  /** Rank of the portrait that is looked at. */
  readonly cursor: Store<number>
  /** How many arrived that are not shown yet. */
  readonly waiting: Store<number>
  /** The batches that this page has made or undone, newest last. */
  readonly own: ReadonlySet<number>
  /** Counts up whenever portraits in memory changed. */
  readonly changes: Store<number>
  current(): Portrait | undefined
  /** Shows another filter; `isStep` (default) makes it a step of the browser's history. */
  show(filter: Filter, isStep?: boolean): void
  /** Asks for the same filter again and stays where one is. */
  renew(): Promise<void>
  renewFacets(): void
  /** Shows anew what others changed, where it stands; false: too many, or not all in memory. */
  repaint(ids: number[] | null): Promise<boolean>
  open(view: Place['view'], rank?: number): void
  openVersion(id: string | null): void
  moveTo(rank: number): void
  /** What keys and buttons act on: the selection, else the portrait that is looked at. */
  target(): Selection
  decide(decision: Decision, target?: Selection): void
  bin(target?: Selection): void
  restore(target?: Selection): void
  undo(): Promise<void>
  redo(): Promise<void>
}

/** Beyond this, one new index is quicker. */
const MOST_REPAINTED = 12

const noCounts: VerdictCounts = { any: 0, unreviewed: 0, picked: 0, rejected: 0 }

export function createDesk(scope: Scope, dataset: string, wire: LibraryWire): Desk {
  const place = createStore<Place>(placeOf(window.location.search))
  const source = createStore<Source | null>(null)
  const counts = createStore<VerdictCounts>(noCounts)
  const facets = createStore<Facets | null>(null)
  const fault = createStore<unknown>(null)
  const selection = createStore<Selection>(none)
  const [cursor, waiting, changes] = [createStore(0), createStore(0), createStore(0)]
  const line = createLine()
  const own = new Set<number>()
  const mine = (answer: BatchAnswer | null): void => {
    if (typeof answer?.batch_id === 'number') own.add(answer.batch_id)
  }
  let undoToast = 0
  let [asking, askingFacets, sourceScope]: [AbortController | null, AbortController | null, Scope | null] = [null, null, null]

  const write = (isStep: boolean): void => {
    const text = window.location.pathname + addressOf(place.get()) + window.location.hash
    window.history[isStep ? 'pushState' : 'replaceState'](null, '', text)
  }

  const take = (filter: Filter, index: LibraryIndex, first: Portrait[] | null, isProvisional = false): void => {
    sourceScope?.close()
    const inside = createScope()
    scope.add(() => inside.close())
    sourceScope = inside
    const made = createSource(inside, filter, index, wire.page, isProvisional)
    if (first && index.count > 0 && first.length >= Math.min(PAGE, index.count)) made.prime(first)
    inside.add(made.events.on('changed', () => changes.set((now) => now + 1)))
    inside.add(made.events.on('stale', () => inside.after(400, () => void desk.renew())))
    inside.add(made.events.on('fault', (error) => toastFault(error, 'Some portraits could not be loaded.')))
    if (!isProvisional) counts.set(index.verdicts)
    waiting.set(0)
    fault.set(null)
    source.set(made)
    changes.set((now) => now + 1)
  }

  async function ask(filter: Filter, at: number | null, isNew: boolean): Promise<void> {
    asking?.abort()
    const mine = (asking = new AbortController())
    const isCold = isNew && at === null
    const begunAt = cursor.get()
    try {
      // The first page needs no index: asked for at the same time, it is there when the index is.
      const early = takeAhead(filter, at)
      const firstPage = early ? early.first : isCold ? wire.page(filter, null, PAGE, mine.signal).catch(() => null) : null
      const asked = early?.index ?? wire.index(filter, at, mine.signal)
      let [isCounted, isShown] = [false, false]
      void firstPage?.then((page) => {
        if (isCounted || asking !== mine || scope.isClosed || !page || page.items.length === 0) return
        take(filter, provisionalIndex(page.items, ['taken', 'received'].includes(filter.sort ?? 'taken')), page.items, true)
        cursor.set(0)
        isShown = true
      })
      const index = await asked
      isCounted = true
      const first = await firstPage
      if (asking !== mine || scope.isClosed) return
      // Whoever moved on meanwhile is as far from where the question was asked as before.
      const rank = isNew && !isShown ? (index.at_rank ?? 0) : cursor.get() + (index.at_rank === null ? 0 : index.at_rank - begunAt)
      // What has been marked meanwhile stays marked.
      const here = isShown ? source.get() : null
      take(filter, index, first?.items.map((one, place) => here?.get(place) ?? one) ?? null)
      cursor.set(Math.max(0, Math.min(index.count - 1, rank)))
      // The grid first, then the figures beside it: asked for together they would make each other wait.
      desk.renewFacets()
    } catch (error) {
      if (asking === mine && !mine.signal.aborted) fault.set(error)
    }
  }

  /** The portrait to stay at: the one looked at, or where the tab no longer holds it the next one that it does. */
  const anchor = (): number | null => {
    const { filter } = place.get()
    const here = source.get()
    if (!here) return place.get().at
    // Whoever stands at the beginning sees what comes in before it.
    if (cursor.get() === 0) return null
    for (let rank = cursor.get(); rank < Math.min(here.index.count, cursor.get() + PAGE); rank += 1) {
      const one = here.get(rank)
      if (one && standsUnder(one, filter.verdict ?? 'any')) return one.id
    }
    return here.get(cursor.get())?.id ?? null
  }

  const desk: Desk = {
    dataset, wire, own, place, source, counts, facets, fault, selection, cursor, waiting, changes,
    current: () => source.get()?.get(cursor.get()),
    show(filter, isStep = true) {
      const kept = tidy(filter)
      if (areEqual(kept, place.get().filter) && source.get()) return void desk.renew()
      place.set((now) => ({ ...now, filter: kept, at: null, view: 'grid' }))
      selection.set(none)
      if (isStep) write(true)
      void ask(kept, null, true)
    },
    repaint,
    renew: () => ask(place.get().filter, anchor(), false),
    renewFacets() {
      askingFacets?.abort()
      const mine = (askingFacets = new AbortController())
      wire.facets(place.get().filter, mine.signal).then((found) => {
        if (askingFacets === mine && !scope.isClosed) facets.set(found)
      }).catch(() => undefined) // The figures beside the grid stay as they are; the grid tells what is wrong.
    },
    open(view, rank) {
      if (rank !== undefined) desk.moveTo(rank)
      if (view === place.get().view) return
      const wasGrid = place.get().view === 'grid'
      place.set((now) => ({ ...now, view, at: desk.current()?.id ?? now.at }))
      write(wasGrid || view === 'grid')
    },
    openVersion(id) {
      place.set((now) => ({ ...now, version: id }))
      write(true)
    },
    moveTo(rank) {
      const count = source.get()?.index.count ?? 0
      const next = Math.max(0, Math.min(count - 1, rank))
      if (next === cursor.get()) return
      cursor.set(next)
      const one = desk.current()
      if (one) place.set((now) => ({ ...now, at: one.id }))
      writeLater()
    },
    target() {
      const one = desk.current()
      if (!isEmpty(selection.get()) || !one) return selection.get()
      return { kind: 'ids', ids: new Set([one.id]) }
    },
    decide: (decision, target = desk.target()) => decide(decision, target),
    bin: (target = desk.target()) => move(target, wire.bin, (count) => `Put ${portraits(count)} in the bin.`),
    restore: (target = desk.target()) => move(target, wire.restore, (count) => `Took ${portraits(count)} out of the bin.`),
    undo: () => step(wire.undo, 'Undone'),
    redo: () => step(wire.redo, 'Done again'),
  }

  // Browsers refuse more than a hundred changes of address in ten seconds: a held arrow key writes it when it rests.
  let stopWriting: () => void = () => undefined
  const writeLater = (): void => {
    stopWriting()
    stopWriting = scope.after(250, () => write(false))
  }

  function decide(decision: Decision, target: Selection): void {
    const [here, body] = [source.get(), bodyOf(target)]
    if (!here || isEmpty(target) || tooMany(body)) return
    const isAll = target.kind === 'all'
    const inMemory = isAll ? 'all' : target.ids
    const [me, at] = [pageData().me, new Date().toISOString()]
    const by = me && { id: me.id, name: me.name }
    const isMeant = (one: Portrait): boolean => !isAll || (!target.except.has(one.id) && standsUnder(one, target.filter.verdict ?? 'any') && (target.filter.sessions?.includes(one.session_id) ?? true))
    const before = here.patch(inMemory, (one) => (isMeant(one) ? decided(one, decision, by, at) : one))
    const counted = counts.get()
    if (decision.verdict !== undefined && !isAll) counts.set(movedCounts(counted, before.values(), decision.verdict))
    const single = target.kind === 'ids' && target.ids.size === 1 ? [...target.ids][0] : undefined
    line.send(single === undefined ? null : `portrait:${single}:${Object.keys(decision).join()}`, () => wire.decide(body!, decision))
      .then((answer) => {
        mine(answer)
        if (answer && single === undefined) told(decisionWords(decision, answer.count), isAll)
      })
      .catch((error: unknown) => {
        here.patch(before.keys(), (one) => (one.decided_at === at ? before.get(one.id)! : one))
        if (!isAll) counts.set(counted)
        toastFault(error, single === undefined ? 'Nothing was decided.' : 'This portrait was not decided.')
      })
  }

  const told = (words: string, isBulk: boolean): void => {
    selection.set(none)
    undoToast = toast(words, { more: 'Nothing is deleted.', action: { label: 'Undo', key: 'Mod+z', act: () => void desk.undo() } })
    if (isBulk) void desk.renew()
    else desk.renewFacets()
  }

  function move(target: Selection, act: (body: SelectionBody) => Promise<BatchAnswer>, words: (count: number) => string): void {
    const body = bodyOf(target)
    if (isEmpty(target) || tooMany(body)) return
    selection.set(none)
    line.send(null, () => act(body!))
      .then((answer) => {
        if (answer) undoToast = toast(words(answer.count), { action: { label: 'Undo', key: 'Mod+z', act: () => void desk.undo() } })
        return desk.renew()
      })
      .catch((error: unknown) => toastFault(error))
  }

  async function step(act: () => Promise<BatchAnswer>, done: string): Promise<void> {
    try {
      await line.settled()
      closeToast(undoToast)
      const answer = await act()
      mine(answer)
      const others = answer.kept_others ?? 0
      toast(`${done}: ${answer.label.charAt(0).toLowerCase()}${answer.label.slice(1).replace(/\.$/, '')}.`, others > 0 ? { more: `${portraits(others)} changed by somebody else since stay as they are.` } : {})
      const ids = answer.ids ?? null
      if (!(await repaint(ids))) return await desk.renew()
      const rank = source.get()?.rankOf(ids![0]!)
      if (typeof rank === 'number') desk.moveTo(rank)
    } catch (error) {
      toastFault(error)
    }
  }

  /** A few that are all in memory are asked for one by one: they change where they stand, nothing else moves. */
  async function repaint(ids: number[] | null): Promise<boolean> {
    const here = source.get()
    if (!here || ids === null || ids.length === 0 || ids.length > MOST_REPAINTED || ids.some((id) => here.rankOf(id) === null)) return false
    const fresh = await Promise.all(ids.map((id) => wire.facts(id)))
    // What came out of the bin or went into it belongs to another list now.
    if (fresh.some((one) => (one.binned_at === null) !== (here.get(here.rankOf(one.id) ?? -1)?.binned_at === null))) return false
    for (const one of fresh) counts.set(movedCounts(counts.get(), here.patch([one.id], () => one).values(), one.verdict))
    desk.renewFacets()
    return true
  }

  scope.listen(window, 'popstate', () => {
    const next = placeOf(window.location.search)
    const isOther = !areEqual(next.filter, place.get().filter)
    place.set(next)
    if (isOther) {
      selection.set(none)
      void ask(next.filter, next.at, true)
    } else if (next.at !== null) {
      const rank = source.get()?.rankOf(next.at)
      if (rank !== null && rank !== undefined) cursor.set(rank)
    }
  })
  scope.add(() => asking?.abort())
  void ask(place.get().filter, place.get().at, true)
  return desk
}

function portraits(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'portrait' : 'portraits'}`
}

function tooMany(body: SelectionBody | null): boolean {
  if (body === null) toast('At most 5,000 portraits can be chosen one by one. Choose all of a filter or of a session instead.', { kind: 'error' })
  return body === null
}
