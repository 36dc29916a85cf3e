/** Carry: a source in the hand, on its way from a lane to a slider. By keys: the lane's route button takes it up, Enter on a slider's puts it down. */
import { createStore, type Store } from '../../lib/store'
import type { RouteSource } from '../../wire/types'

export interface Carried {
  source: RouteSource
  title: string
  hue: string
  /** Where the hand is in the window; null when it was taken up by keys or a click. */
  at: { x: number; y: number } | null
  /** The parameter under it, and what it is called. */
  over: { parameter: string; title: string } | null
}

export const carrying: Store<Carried | null> = createStore<Carried | null>(null)

type Drop = (parameter: string, source: RouteSource) => void
let onDrop: Drop = () => undefined

/** Who hears of a drop: the open scene. */
export function listenForDrops(drop: Drop): () => void {
  onDrop = drop
  return () => (onDrop = () => undefined)
}

export function takeUp(source: RouteSource, title: string, hue: string, at: Carried['at'] = null): void {
  carrying.set({ source, title, hue, at, over: null })
}

export function carryTo(x: number, y: number): void {
  const target = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-drop]')
  const over = target ? { parameter: target.dataset.drop ?? '', title: target.dataset.dropTitle ?? '' } : null
  carrying.set((now) => now && { ...now, at: { x, y }, over })
}

/** Lets go: over a slider it becomes a route, elsewhere nothing. */
export function putDown(on: string | null = carrying.get()?.over?.parameter ?? null): void {
  const carried = carrying.get()
  carrying.set(null)
  if (carried && on) onDrop(on, carried.source)
}

export function letGo(): void {
  carrying.set(null)
}

export function dropClass(carried: Carried | null, parameter: string): string {
  if (!carried) return ''
  if (carried.over?.parameter === parameter) return ' droptarget'
  return carried.at ? '' : ' may-drop'
}

/** What marks an element as a place to drop a source on. */
export function dropProps(parameter: string, title: string): Record<string, unknown> {
  return {
    'data-drop': parameter,
    'data-drop-title': title,
    onClickCapture: (event: React.MouseEvent) => {
      const carried = carrying.get()
      if (!carried || carried.at) return
      event.preventDefault()
      event.stopPropagation()
      putDown(parameter)
    },
  }
}
