/** Me: the person at this page and their preferences: theme, keys, lanes. Kept by the studio, so that they follow them. */
import { patch } from '../wire/api'
import type { Me, Preferences } from '../wire/types'
import { keyMap, type KeyMap } from './keys'
import { pageData } from './page'
import { createStore } from './store'
import { showTheme, type Theme } from './theme'

export const me = createStore<Me | null>(null)

let stopTheme: () => void = () => undefined

export function startMe(): void {
  const person = pageData().me
  me.set(person)
  keyMap.set(person?.preferences.keys ?? {})
  if (person?.preferences.theme) {
    stopTheme()
    stopTheme = showTheme(person.preferences.theme)
  }
}

/** Shows the change first, then keeps it. Rejects when it could not be kept; the change is taken back then. */
export async function changePreferences(change: Preferences): Promise<void> {
  const before = me.get()
  if (before === null) return
  const preferences = { ...before.preferences, ...change }
  me.set({ ...before, preferences })
  try {
    const kept = await patch<Me>('/me', { preferences: change })
    me.set({ ...before, ...kept })
  } catch (fault) {
    me.set(before)
    throw fault
  }
}

export async function chooseTheme(theme: Theme): Promise<void> {
  stopTheme()
  stopTheme = showTheme(theme)
  await changePreferences({ theme })
}

export async function chooseKeys(keys: KeyMap): Promise<void> {
  keyMap.set(keys)
  await changePreferences({ keys })
}
