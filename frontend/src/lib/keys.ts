/**
 * Keys: the commands of a page and the keys that call them. Single keys sleep while a field has the focus; every key may
 * be changed by the person and is kept in their preferences under `keys`.
 */
import { useEffect, useRef } from 'react'
import { keyCap, matches, namesOfKey } from './key_names'
import { createStore, type Store } from './store'

export { keyCap, keyCaps, keysIn, matches, nameOfKey } from './key_names'

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
  /** A key that is held down calls it once. */
  isOnce?: boolean
  /** Also called from a field, by a key that writes nothing, and with Ctrl from a dialog. */
  isAnywhere?: boolean
}

export type KeyMap = Record<string, string>

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

/** A button, a link or a list uses these itself. */
function belongsToControl(event: KeyboardEvent): boolean {
  const target = event.target instanceof HTMLElement ? event.target : null
  if (target?.closest('[role="listbox"]:not([data-keys="page"])')) return true
  if (event.key === ' ' || event.key === 'Enter') return Boolean(target?.closest('button, a[href], summary, [role="switch"]'))
  // A browser's own slider says of no key that it took it.
  if (/^(Page|Home$|End$)/.test(event.key)) return target?.matches('input') ?? false
  return event.key.startsWith('Arrow') && Boolean(target?.closest('[role="tablist"], [role="slider"], [role="grid"], [role="separator"], [data-arrows], input'))
}

/** The newest command that is on, of the likeliest name that any has. */
function commandFor(names: readonly string[], isHeard: (command: Command) => boolean): Command | undefined {
  for (const name of names) {
    const found = commands.get().findLast((command) => matches(keyOf(command), name) && !command.isOff?.() && isHeard(command))
    if (found) return found
  }
  return undefined
}

/**
 * Whether a command hears a key that is pressed here. While something is typed the field has its keys, such as Ctrl A and
 * Ctrl X; a dialog keeps all but undo from the page behind it.
 */
function isHeard(event: KeyboardEvent, command: Command, isClicked: boolean): boolean {
  const isHelped = event.ctrlKey || event.metaKey
  const isQuiet = isHelped || /^F\d+$/.test(event.key)
  if (isTyping(event.target) && !(command.isAnywhere && isQuiet)) return false
  if (isIn(event, '[role="dialog"], [role="menu"]')) return isHelped && (command.isAnywhere === true || UNDO.has(event.key.toLowerCase()))
  return isHelped || isClicked || !belongsToControl(event)
}

const UNDO = new Set(['z', 'y'])

const isIn = (event: KeyboardEvent, places: string): boolean => event.target instanceof HTMLElement && event.target.closest(places) !== null

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
    const names = namesOfKey(event)
    const isClicked = isPointing && names[0] === 'Space' && isButton(event.target)
    const found = commandFor(names, (command) => isHeard(event, command, isClicked))
    if (!found) return
    if (!found.keepsDefault) event.preventDefault()
    if (event.repeat && found.isOnce) return
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
