/** Toasts: short confirmations. At most two; 6 s, 12 s with an action; an error stays until it is closed. */
import { createStore } from '../lib/store'
import { sentenceOf } from '../wire/api'

export interface ToastData {
  id: number
  text: string
  more?: string
  kind: 'plain' | 'error'
  /** `key` does the same, such as "Mod+z". */
  action?: { label: string; act: () => void; key?: string }
}

export const toasts = createStore<readonly ToastData[]>([])
let numbers = 0

export function toast(text: string, options: { more?: string; action?: ToastData['action']; kind?: ToastData['kind'] } = {}): number {
  numbers += 1
  const made: ToastData = { id: numbers, text, kind: options.kind ?? 'plain' }
  if (options.more) made.more = options.more
  if (options.action) made.action = options.action
  toasts.set((now) => [...now, made].slice(-2))
  return made.id
}

/** Something failed that has a place of its own on the page, or a small thing that has none. */
export function toastFault(fault: unknown, what?: string): void {
  toast(what ?? sentenceOf(fault), what ? { more: sentenceOf(fault), kind: 'error' } : { kind: 'error' })
}

/** Says what was done and offers to take it back. */
export function toastUndo(text: string, undo: () => void): void {
  toast(text, { action: { label: 'Undo', act: undo } })
}

export function closeToast(id: number): void {
  toasts.set((now) => now.filter((one) => one.id !== id))
}

export function secondsOf(data: ToastData): number {
  if (data.kind === 'error') return Number.POSITIVE_INFINITY
  return data.action ? 12 : 6
}
