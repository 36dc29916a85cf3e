/**
 * Keys: the commands of a page and the keys that call them. Single keys sleep while a field has the focus; every key may
 * be changed by the person and is kept in their preferences under `keys`.
 */
import { useEffect, useRef } from 'react'
import { createStore, type Store } from './store'

export interface Command {
  /** Never changes: "track.play". */
  id: string
  title: string
  /** Where the sheet lists it: "Playing", "Cues". */
  group: string
  /** "Space", "m", "Shift+ArrowLeft", "Mod+k" (Mod = Ctrl, on a Mac Cmd). Several are parted by a blank bar: "Delete | Backspace". */
  key?: string
  run: (event?: KeyboardEvent) => void
  isOff?: () => boolean
  /** What the browser does with the key follows. */
  keepsDefault?: boolean
}

export type KeyMap = Record<string, string>

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)

export const commands: Store<readonly Command[]> = createStore<readonly Command[]>([])
export const keyMap: Store<KeyMap> = createStore<KeyMap>({})

/** Adds commands for as long as the answer is not called. */
export function registerCommands(added: readonly Command[]): () => void {
  commands.set((now) => [...now, ...added])
  return () => commands.set((now) => now.filter((command) => !added.includes(command)))
}

/** The commands of a part of the page, while it is mounted. `run` may change at every draw; id, title and key should not. */
export function useCommands(list: readonly Command[]): void {
  const latest = useRef(list)
  useEffect(() => {
    latest.current = list
  })
  const shape = JSON.stringify(list.map(({ id, title, group, key }) => [id, title, group, key]))
  useEffect(() => {
    const find = (id: string): Command | undefined => latest.current.find((command) => command.id === id)
    return registerCommands(
      latest.current.map((command) => ({
        ...command,
        run: (event) => find(command.id)?.run(event),
        isOff: () => find(command.id)?.isOff?.() ?? false,
      })),
    )
  }, [shape])
}

export function keyOf(command: Command, map: KeyMap = keyMap.get()): string {
  return map[command.id] ?? command.key ?? ''
}

/** The name of a pressed key with its helpers, in one order: "Mod+Alt+Shift+ArrowLeft". */
export function nameOfKey(event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const isLetter = /^Key[A-Z]$/.test(event.code)
  const isDigit = /^Digit\d$/.test(event.code)
  let key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toLowerCase() : event.key
  // Alt and Shift change what a key writes; the code says which key it was.
  if (isLetter && (event.altKey || event.shiftKey)) key = event.code.slice(3).toLowerCase()
  if (isDigit && (event.altKey || event.shiftKey)) key = event.code.slice(5)
  const isSign = event.key.length === 1 && !isLetter && !isDigit && event.key !== ' '
  const helpers = [
    event.ctrlKey || event.metaKey ? 'Mod' : '',
    event.altKey ? 'Alt' : '',
    // "?" is already a shifted key: naming Shift again would make it depend on the keyboard's country.
    event.shiftKey && !(isSign && !event.altKey && !event.ctrlKey && !event.metaKey) ? 'Shift' : '',
  ]
  return [...helpers.filter(Boolean), key].join('+')
}

/** Whether keys pressed here belong to what is typed into. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.closest('[contenteditable="true"]')) return true
  if (target instanceof HTMLInputElement) return !['button', 'checkbox', 'radio', 'range', 'submit', 'file'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}

/** Keys that move the focus. */
const WALKING = new Set(['Tab', 'F6'])

/** A button of the page itself, not of a menu or a dialog over it. */
function isButton(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('button, summary, a[href]') && !target.closest('[role="menu"], [role="listbox"], [role="dialog"]')
}

/** A button, a link or an open menu uses these itself. */
function belongsToControl(event: KeyboardEvent): boolean {
  const target = event.target instanceof HTMLElement ? event.target : null
  if (target?.closest('[role="menu"], [role="listbox"]:not([data-keys="page"]), [role="dialog"]')) return true
  if (event.key === ' ' || event.key === 'Enter') return Boolean(target?.closest('button, a[href], summary, [role="switch"]'))
  return event.key.startsWith('Arrow') && Boolean(target?.closest('[role="tablist"], [role="slider"], [role="grid"], [data-arrows], input'))
}

export function listenForKeys(target: Window = window): () => void {
  // Who works with the mouse means the page by Space, not the button clicked last; who walks with Tab means the button.
  let isPointing = false
  const pointed = (): void => void (isPointing = true)
  const chosen = (event: Event): void => {
    if (isPointing && event.target instanceof HTMLSelectElement) event.target.blur()
  }
  const pressed = (event: KeyboardEvent): void => {
    if (WALKING.has(event.key)) isPointing = false
    if (event.defaultPrevented || event.isComposing) return
    const name = nameOfKey(event)
    const isSingle = !name.startsWith('Mod+')
    if (isTyping(event.target) && (isSingle || name === 'Mod+z' || name === 'Mod+Shift+z')) return
    const isClicked = isPointing && name === 'Space' && isButton(event.target)
    if (isSingle && !isClicked && belongsToControl(event)) return
    const found = commands.get().findLast((command) => matches(keyOf(command), name) && !command.isOff?.())
    if (!found) return
    if (!found.keepsDefault) event.preventDefault()
    // Else the button would hear the key's release as a click.
    if (isClicked) (event.target as HTMLElement).blur()
    found.run(event)
  }
  target.addEventListener('keydown', pressed)
  target.addEventListener('pointerdown', pointed, true)
  target.addEventListener('change', chosen)
  return () => {
    target.removeEventListener('keydown', pressed)
    target.removeEventListener('pointerdown', pointed, true)
    target.removeEventListener('change', chosen)
  }
}

export function matches(keys: string, name: string): boolean {
  return keys.split(' | ').includes(name)
}

const signs: Record<string, string> = {
  Mod: isMac ? '⌘' : 'Ctrl',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Delete: 'Del',
  Escape: 'Esc',
  Alt: isMac ? '⌥' : 'Alt',
}

/** As a key cap says it: "Shift+ArrowLeft" → "Shift ←", "m" → "M". */
export function keyCap(key: string): string {
  const first = key.split(' | ')[0] ?? ''
  return first
    .split('+')
    .filter((part) => part !== '')
    .map((part) => signs[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(' ')
}

/** The key cap of a command of this page; empty where it has none. */
export function capOf(id: string): string {
  const command = commands.get().find((one) => one.id === id)
  return command ? keyCap(keyOf(command)) : ''
}

/** "Loop" with its key for a tooltip: "Loop (L)". */
export function withKey(title: string, id: string): string {
  const key = capOf(id)
  return key ? `${title} (${key})` : title
}
