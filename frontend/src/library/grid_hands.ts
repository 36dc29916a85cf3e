/** Hands on the grid: clicks, ranges, arrows. What they choose is kept by the desk. */
import type { Scope } from '../lib/scope'
import { toast, toastFault } from '../parts/toasts'
import type { Desk } from './desk'
import type { Grid } from './grid'
import { added, MOST_IDS, none, toggled } from './selection'

interface Hands {
  desk: Desk
  grid: Pick<Grid, 'rowStep' | 'pageStep' | 'reveal' | 'focus'>
  onOpen(rank: number): void
}

/** Where Shift began: the range runs from here to the portrait that is looked at. */
const anchors = new WeakMap<Desk, { rank: number }>()

/** Moves to a rank; with Shift the way there is chosen. */
export function step(desk: Desk, grid: Pick<Grid, 'reveal'>, rank: number, isRange: boolean): void {
  const from = desk.cursor.get()
  if (isRange) {
    const anchor = anchors.get(desk) ?? { rank: from }
    anchors.set(desk, anchor)
    desk.moveTo(rank)
    void chooseRange(desk, anchor.rank, desk.cursor.get())
  } else {
    anchors.delete(desk)
    desk.moveTo(rank)
  }
  grid.reveal(desk.cursor.get())
}

async function chooseRange(desk: Desk, one: number, other: number): Promise<void> {
  const source = desk.source.get()
  const [first, last] = [Math.min(one, other), Math.max(one, other)]
  if (!source) return
  if (last - first >= MOST_IDS) {
    toast('A range holds at most 5,000 portraits. Narrow the filter, or choose all of it (Ctrl A).', { kind: 'error' })
    return
  }
  try {
    const found = await source.range(first, last)
    if (desk.source.get() === source && desk.cursor.get() === other) desk.selection.set(added(none, found.map((portrait) => portrait.id)))
  } catch (fault) {
    toastFault(fault, 'The range could not be chosen.')
  }
}

/** The rank that an arrow leads to, or null for other keys. */
export function rankAfter(key: string, rank: number, count: number, grid: Pick<Grid, 'rowStep' | 'pageStep'>): number | null {
  switch (key) {
    case 'ArrowRight':
      return Math.min(count - 1, rank + 1)
    case 'ArrowLeft':
      return Math.max(0, rank - 1)
    case 'ArrowDown':
      return grid.rowStep(rank, 1)
    case 'ArrowUp':
      return grid.rowStep(rank, -1)
    case 'PageDown':
      return grid.pageStep(rank, 1)
    case 'PageUp':
      return grid.pageStep(rank, -1)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}

export function listenToHands(scope: Scope, view: HTMLElement, { desk, grid, onOpen }: Hands): void {
  const rankOf = (event: Event): number | null => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-rank]')
    return cell ? Number(cell.dataset.rank) : null
  }
  let isFinger = false
  scope.listen(view, 'pointerdown', (event) => {
    isFinger = event.pointerType === 'touch'
  })
  scope.listen(view, 'click', (event) => {
    const rank = rankOf(event)
    if (rank === null) return
    if (isFinger) {
      onOpen(rank)
      return
    }
    if (event.shiftKey) {
      step(desk, grid, rank, true)
      return
    }
    anchors.delete(desk)
    desk.moveTo(rank)
    const portrait = desk.source.get()?.get(rank)
    if ((event.ctrlKey || event.metaKey) && portrait) desk.selection.set(toggled(desk.selection.get(), portrait))
    else desk.selection.set(none)
  })
  scope.listen(view, 'dblclick', (event) => {
    const rank = rankOf(event)
    if (rank !== null) onOpen(rank)
  })
  scope.listen(view, 'keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const count = desk.source.get()?.index.count ?? 0
    const next = count === 0 ? null : rankAfter(event.key, desk.cursor.get(), count, grid)
    if (next === null) return
    event.preventDefault()
    step(desk, grid, next, event.shiftKey)
  })
}
