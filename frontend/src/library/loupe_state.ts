/** Loupe: how one portrait, or two side by side, are looked at. Both panes share one zoom. */
import { createStore } from '../lib/store'
import type { Desk } from './desk'
import { isAdvancing } from './use_library'
import type { Decision, FoundFace, Portrait } from './wire'

export interface Zoom {
  /** Whole picture, or one pixel of it for one of the screen. */
  isFull: boolean
  /** What of the picture lies in the middle, 0 to 1. */
  x: number
  y: number
}

export const fitted: Zoom = { isFull: false, x: 0.5, y: 0.5 }

export const zoom = createStore<Zoom>(fitted)
/** The left one of two. */
export const pinned = createStore<Portrait | null>(null)
/** The faces of the portrait whose facts came last. */
export const foundFaces = createStore<{ id: number; faces: readonly FoundFace[] } | null>(null)
/** Which of two keys act on: 0 left, 1 right. */
export const active = createStore<0 | 1>(1)

/** Full size begins at the face, where there is one. */
export function toggleZoom(portrait: Portrait | undefined): void {
  zoom.set((now) => (now.isFull ? fitted : { isFull: true, x: portrait?.face_x ?? 0.5, y: portrait?.face_y ?? 0.5 }))
}

/** Two chosen ones, else this one and the next. */
export function beginCompare(desk: Desk): void {
  const [source, selection] = [desk.source.get(), desk.selection.get()]
  const here = desk.current()
  if (!source || !here || source.index.count < 2) return
  const two = selection.kind === 'ids' && selection.ids.size === 2 ? [...selection.ids].map((id) => source.rankOf(id)) : []
  const [left, right] = two.length === 2 && two.every((rank) => rank !== null) ? (two as number[]).sort((a, b) => a - b) : [desk.cursor.get(), desk.cursor.get() + 1]
  pinned.set(source.get(left!) ?? here)
  active.set(1)
  if (right! < source.index.count) desk.moveTo(right!)
  else desk.moveTo(left! - 1)
  desk.open('compare')
}

/** The right one becomes the left one: the better of the two so far. */
export function keepRight(desk: Desk): void {
  const here = desk.current()
  if (!here) return
  pinned.set(here)
  desk.moveTo(desk.cursor.get() + 1)
}

/** The left one as it is now, with what has been decided since it was put there. */
export function leftOf(desk: Desk): Portrait | null {
  const kept = pinned.get()
  const rank = kept ? desk.source.get()?.rankOf(kept.id) : null
  return rank === null || rank === undefined ? kept : (desk.source.get()?.get(rank) ?? kept)
}

/** A mark on what is looked at; in the grid on the selection. A single decision may lead on to the next portrait. */
export function decideHere(desk: Desk, decision: Decision): void {
  const { view } = desk.place.get()
  if (view === 'grid') {
    const isSingle = desk.selection.get().kind === 'ids' && (desk.selection.get() as { ids: ReadonlySet<number> }).ids.size === 0
    desk.decide(decision)
    if (isSingle && isAdvancing.get()) desk.moveTo(desk.cursor.get() + 1)
    return
  }
  const isLeft = view === 'compare' && active.get() === 0
  const one = isLeft ? leftOf(desk) : desk.current()
  if (!one) return
  desk.decide(decision, { kind: 'ids', ids: new Set([one.id]) })
  if (isLeft) pinned.set({ ...one, ...decision })
  else if (isAdvancing.get()) desk.moveTo(desk.cursor.get() + 1)
}
