/** Filmstrip: the portraits around the one that is looked at, in as many recycled tiles as fit. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import type { Desk } from './desk'
import { createTile, type Tile } from './tile'

const SIDE = 80
const GAP = 6

/** The ranks to show: the one looked at stands a third from the left, but none is wasted at the ends. */
export function ranksAround(cursor: number, count: number, fit: number): { first: number; last: number } {
  const first = Math.max(0, Math.min(cursor - Math.floor(fit / 3), count - fit))
  return { first, last: Math.min(count - 1, first + fit - 1) }
}

export function createFilmstrip(scope: Scope, parent: HTMLElement, desk: Desk, onGo: (rank: number) => void): void {
  const root = element('div', { class: 'loupe-strip', role: 'listbox', 'aria-label': 'Portraits around this one' }, parent)
  const tiles: Tile[] = []
  scope.add(() => root.remove())
  let isPlanned = false

  const paint = (): void => {
    const source = desk.source.get()
    if (!source) return
    const fit = Math.max(1, Math.ceil(root.clientWidth / (SIDE + GAP)))
    const { first, last } = ranksAround(desk.cursor.get(), source.index.count, fit)
    source.want(Math.max(0, first), Math.max(0, last))
    for (let at = 0; at < Math.max(fit, tiles.length); at += 1) {
      const tile = (tiles[at] ??= makeTile())
      const rank = first + at
      if (rank > last || at >= fit) {
        tile.hide()
        continue
      }
      tile.place(at * (SIDE + GAP), 0, SIDE)
      tile.root.dataset.rank = String(rank)
      tile.show(source.get(rank), { isHere: rank === desk.cursor.get(), isChosen: false, mayLoad: true })
    }
  }
  const makeTile = (): Tile => {
    const tile = createTile(root)
    tile.root.setAttribute('role', 'option')
    return tile
  }
  const plan = (): void => {
    if (isPlanned) return
    isPlanned = true
    requestAnimationFrame(() => {
      isPlanned = false
      if (!scope.isClosed) paint()
    })
  }
  scope.listen(root, 'click', (event) => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-rank]')
    if (cell) onGo(Number(cell.dataset.rank))
  })
  for (const store of [desk.cursor, desk.changes]) scope.add(store.subscribe(plan))
  scope.add(desk.source.subscribe(plan))
  const observer = new ResizeObserver(plan)
  observer.observe(root)
  scope.add(() => observer.disconnect())
  paint()
}
