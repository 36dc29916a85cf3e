/** Which lanes a person sees, how high and in what order; kept with their account. */
import { changePreferences, me } from '../lib/me'
import { createStore, type Store } from '../lib/store'

export interface LaneSettings {
  hidden: readonly string[]
  heights: Readonly<Record<string, number>>
  /** Lanes that somebody has moved, in their order; others keep theirs. */
  order: readonly string[]
}

const FIRST: LaneSettings = { hidden: ['short_term', 'low_mid', 'mid', 'high_mid', 'high'], heights: {}, order: [] }
const SAVE_AFTER_MS = 800

export const laneSettings: Store<LaneSettings> = createStore<LaneSettings>(FIRST)
let timer: ReturnType<typeof setTimeout> | undefined
let isRead = false

/** Take the person's own settings; call once the page knows who looks. */
export function readLaneSettings(): void {
  if (isRead) return
  isRead = true
  const kept = me.get()?.preferences.lanes as Partial<LaneSettings> | undefined
  laneSettings.set({ hidden: kept?.hidden ?? FIRST.hidden, heights: kept?.heights ?? {}, order: kept?.order ?? [] })
}

export function changeLaneSettings(change: Partial<LaneSettings>): void {
  laneSettings.set((now) => ({ ...now, ...change }))
  clearTimeout(timer)
  // How lanes look is worth no sentence when it cannot be kept.
  timer = setTimeout(() => void changePreferences({ lanes: { ...laneSettings.get() } }).catch(() => undefined), SAVE_AFTER_MS)
}

export function showLaneOf(name: string, isShown: boolean): void {
  const { hidden } = laneSettings.get()
  changeLaneSettings({ hidden: isShown ? hidden.filter((one) => one !== name) : [...new Set([...hidden, name])] })
}

const MOST_ORDERED = 200

/** The order after one lane was put before another, or at the end: that of all lanes that are there, then of those that are not. */
export function reordered(shown: readonly string[], order: readonly string[], id: string, before: string | null): string[] {
  const rest = shown.filter((one) => one !== id)
  const at = before === null ? rest.length : rest.indexOf(before)
  const now = [...rest.slice(0, at), id, ...rest.slice(at)]
  return [...now, ...order.filter((one) => !now.includes(one))].slice(0, MOST_ORDERED)
}

/** What was moved stands as it was put; the others where they would stand, after those before them. */
export function inOrder<T extends { id: string }>(lanes: readonly T[], order: readonly string[]): T[] {
  const placed = lanes.filter(({ id }) => order.includes(id)).sort((one, other) => order.indexOf(one.id) - order.indexOf(other.id))
  const result = [...placed]
  lanes.forEach((lane, at) => {
    if (order.includes(lane.id)) return
    const former = lanes.slice(0, at).reverse().find((one) => result.includes(one))
    result.splice(former ? result.indexOf(former) + 1 : 0, 0, lane)
  })
  return result
}
