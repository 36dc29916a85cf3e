/**
 * Grid: portraits of any number in about 200 cells that are used again and again. The scroll bar stands for all of them;
 * what is not in memory is an empty place until it comes. One tab stop, arrows inside.
 */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import type { Store } from '../lib/store'
import type { Desk } from './desk'
import { listenToHands } from './grid_hands'
import { textOf } from './filter'
import { createLayout, createScroll, type Layout } from './layout'
import { has } from './selection'
import { createTile, type Tile } from './tile'
import type { IndexSection } from './wire'

const CELLS = 200
const GAP = 6
const HEADING = 38
/** A scroll of more than so many windows in one picture flies past: no pictures are asked for on the way. */
const FLYING = 1.2
const RESTS_MS = 90

export interface Heading {
  title: string
  facts: string
  warning: string
}

export interface GridOptions {
  desk: Desk
  /** Wished side of a picture, px. */
  side: Store<number>
  headingOf(section: IndexSection): Heading
  mayEdit: boolean
  onOpen(rank: number): void
  onSelectSession(section: IndexSection): void
  /** The rank at the top has changed, for the time rail. */
  onTop(rank: number): void
}

export interface Grid {
  scrollTo(rank: number): void
  /** Scrolls only as far as needed to see it. */
  reveal(rank: number): void
  focus(): void
  readonly columns: number
  rowStep(rank: number, step: 1 | -1): number
  pageStep(rank: number, step: 1 | -1): number
  refresh(): void
}

export function createGrid(scope: Scope, parent: HTMLElement, options: GridOptions): Grid {
  const { desk } = options
  const view = element('div', { class: 'grid-view', role: 'grid', tabindex: 0, 'aria-label': 'Portraits', 'aria-multiselectable': 'true' }, parent)
  const long = element('div', { class: 'grid-long', role: 'rowgroup' }, view)
  const row = element('div', { role: 'row', class: 'grid-row' }, long)
  scope.add(() => view.remove())
  const free: Tile[] = []
  const used = new Map<number, Tile>()
  const headings = new Map<number, HTMLElement>()
  let layout: Layout = createLayout({ count: 0, sections: [], width: 1, side: options.side.get(), gap: GAP, heading: HEADING })
  let scroll = createScroll(0, 0)
  let [width, height, count, lastTop, isFlying, isPlanned, shownTop] = [0, 0, 0, 0, false, false, -1]
  let stopRest: () => void = () => undefined

  const gridTop = (): number => scroll.toGrid(view.scrollTop)

  const plan = (): void => {
    if (isPlanned || scope.isClosed) return
    isPlanned = true
    requestAnimationFrame(() => {
      isPlanned = false
      if (!scope.isClosed) paint()
    })
  }

  /** New measures: the portrait at the top stays at the top. */
  const measure = (isNew: boolean): void => {
    const here = desk.source.get()
    const kept = isNew || count === 0 || view.scrollTop === 0 ? null : { rank: layout.rankAt(0, gridTop()), off: 0 }
    if (kept) kept.off = gridTop() - layout.cellOf(kept.rank).y
    ;[width, height] = [long.clientWidth, view.clientHeight]
    count = here?.index.count ?? 0
    const isByTime = ['taken', 'received'].includes(here?.filter.sort ?? 'taken')
    layout = createLayout({ count, sections: isByTime ? (here?.index.sections ?? []) : [], width, side: options.side.get(), gap: GAP, heading: HEADING })
    scroll = createScroll(layout.height + 16, height)
    long.style.height = `${scroll.height}px`
    view.setAttribute('aria-rowcount', String(Math.ceil(count / layout.columns)))
    view.setAttribute('aria-colcount', String(layout.columns))
    if (kept && count > 0) view.scrollTop = scroll.toBar(layout.cellOf(Math.min(kept.rank, count - 1)).y + Math.min(kept.off, layout.side))
    for (const tile of used.values()) free.push(tile)
    used.clear()
    for (const one of headings.values()) one.remove()
    headings.clear()
    plan()
  }

  const tileFor = (rank: number): Tile => {
    const known = used.get(rank)
    if (known) return known
    const tile = free.pop() ?? createTile(row)
    tile.root.id = `portrait-${rank}`
    tile.root.dataset.rank = String(rank)
    tile.root.setAttribute('aria-colindex', String((rank % layout.columns) + 1))
    used.set(rank, tile)
    return tile
  }

  const paint = (): void => {
    const here = desk.source.get()
    const top = gridTop()
    const seen = here ? layout.ranksBetween(top, top + height) : null
    if (!here || !seen) {
      for (const [rank, tile] of used) release(rank, tile)
      return
    }
    const spare = Math.max(1, Math.floor((CELLS - (seen.last - seen.first + 1)) / layout.columns / 2)) * layout.columns
    const [first, last] = [Math.max(0, seen.first - spare), Math.min(count - 1, seen.last + spare)]
    for (const [rank, tile] of used) if (rank < first || rank > last) release(rank, tile)
    const origin = top - view.scrollTop
    const [cursor, selection] = [desk.cursor.get(), desk.selection.get()]
    for (let rank = first; rank <= last; rank += 1) {
      const tile = tileFor(rank)
      const { x, y } = layout.cellOf(rank)
      const portrait = here.get(rank)
      tile.place(x, y - origin, layout.side)
      tile.show(portrait, { isHere: rank === cursor, isChosen: portrait !== undefined && has(selection, portrait), mayLoad: !isFlying, isSeen: rank >= seen.first && rank <= seen.last })
    }
    for (const tile of free) tile.hide()
    paintHeadings(top, origin)
    if (here.get(seen.first)) view.dataset.shows = textOf(here.filter)
    if (!here.isProvisional) view.dataset.counted = textOf(here.filter)
    view.setAttribute('aria-activedescendant', used.has(cursor) ? `portrait-${cursor}` : '')
    if (!isFlying) here.want(seen.first, seen.last)
    if (seen.first !== shownTop) options.onTop((shownTop = seen.first))
  }

  const release = (rank: number, tile: Tile): void => {
    used.delete(rank)
    free.push(tile)
  }

  const paintHeadings = (top: number, origin: number): void => {
    const sections = desk.source.get()?.index.sections ?? []
    const seen = new Map(layout.headingsBetween(top - height, top + 2 * height).map(({ index, y }) => [index, y]))
    for (const [index, one] of headings) {
      if (seen.has(index)) continue
      one.remove()
      headings.delete(index)
    }
    for (const [index, y] of seen) {
      const section = sections[index]
      if (!section) continue
      const box = headings.get(index) ?? makeHeading(section)
      headings.set(index, box)
      box.style.transform = `translateY(${y - origin}px)`
    }
  }

  const makeHeading = (section: IndexSection): HTMLElement => {
    const { title, facts, warning } = options.headingOf(section)
    const box = element('div', { class: 'row grid-heading', role: 'rowheader' }, row)
    element('span', { class: 'strong nowrap' }, box, title)
    element('span', { class: 'faint xs num clip facts-line' }, box, facts)
    if (warning) element('span', { class: 'tag warn', title: warning }, box, warning)
    if (!options.mayEdit) return box
    const button = element('button', { type: 'button', class: 'link end xs accent nowrap', tabindex: -1 }, box, section.session_ids.length > 1 ? 'Select sessions' : 'Select session')
    button.addEventListener('click', () => options.onSelectSession(section))
    return box
  }

  const scrolled = (): void => {
    const top = gridTop()
    isFlying = Math.abs(top - lastTop) > height * FLYING
    lastTop = top
    stopRest()
    stopRest = scope.after(RESTS_MS, () => {
      isFlying = false
      plan()
    })
    plan()
  }

  const grid: Grid = {
    scrollTo(rank) {
      if (count === 0) return
      const section = layout.headingsBetween(0, Infinity).length > 0 ? HEADING : 0
      view.scrollTop = scroll.toBar(Math.max(0, layout.cellOf(Math.min(rank, count - 1)).y - section))
    },
    reveal(rank) {
      if (count === 0) return
      const { y } = layout.cellOf(Math.min(rank, count - 1))
      const top = gridTop()
      if (y < top + HEADING) view.scrollTop = scroll.toBar(y - HEADING)
      else if (y + layout.side > top + height) view.scrollTop = scroll.toBar(y + layout.side - height + GAP)
    },
    focus: () => view.focus({ preventScroll: true }),
    get columns() {
      return layout.columns
    },
    rowStep: (rank, step) => layout.rowStep(rank, step),
    pageStep(rank, step) {
      const rows = Math.max(1, Math.floor(height / (layout.side + GAP)) - 1)
      return Math.max(0, Math.min(count - 1, rank + step * rows * layout.columns))
    },
    refresh() {
      for (const one of headings.values()) one.remove()
      headings.clear()
      plan()
    },
  }

  let known = desk.source.get()
  const fresh = (): void => {
    const next = desk.source.get()
    const isNew = next !== known && next?.filter !== known?.filter
    known = next
    measure(isNew)
    if (isNew) view.scrollTop = 0
    if (isNew && desk.cursor.get() > 0) grid.scrollTo(desk.cursor.get())
    lastTop = gridTop()
  }
  const observer = new ResizeObserver(() => measure(false))
  observer.observe(view)
  scope.add(() => observer.disconnect())
  scope.listen(view, 'scroll', scrolled, { passive: true })
  scope.add(desk.source.subscribe(fresh))
  scope.add(options.side.subscribe(() => measure(false)))
  for (const store of [desk.changes, desk.cursor]) scope.add(store.subscribe(plan))
  scope.add(desk.selection.subscribe(plan))
  listenToHands(scope, view, { desk, grid, onOpen: options.onOpen })
  measure(true)
  if (desk.cursor.get() > 0) grid.scrollTo(desk.cursor.get())
  return grid
}
