/** Toasts: short confirmations. At most two; 6 s, 12 s with an action; an error stays until it is closed. Of one group there is one, which counts. */
import { createStore } from '../lib/store'
import { sentenceOf } from '../wire/api'

export interface ToastData {
  id: number
  text: string
  more?: string
  kind: 'plain' | 'error'
  /** `key` does the same, such as "Mod+z". */
  action?: { label: string; act: () => void; key?: string }
  /** Toasts that say the same of one thing after the other, and how many it has said it of. */
  group?: string
  times?: number
}

interface Options {
  more?: string
  action?: ToastData['action']
  kind?: ToastData['kind']
  /** The toast of this name that is still shown gives way: `many` says it of all of them. */
  group?: { name: string; many: (times: number) => string }
}

/** The group of what is said of undo and redo: the newest sentence takes the place of the one before. */
export const UNDONE = 'undone'

export const toasts = createStore<readonly ToastData[]>([])
let numbers = 0

export function toast(text: string, { more, action, kind = 'plain', group }: Options = {}): number {
  const before = group && toasts.get().find((one) => one.group === group.name)
  const times = (before?.times ?? 0) + 1
  if (!before) numbers += 1
  const made: ToastData = { id: before?.id ?? numbers, text: group && times > 1 ? group.many(times) : text, kind }
  if (more) made.more = more
  if (action) made.action = action
  if (group) Object.assign(made, { group: group.name, times })
  toasts.set((now) => [...now.filter((one) => one !== before), made].slice(-2))
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
