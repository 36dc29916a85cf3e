/** Which lanes a person sees, how high and in what order; kept with their account. */
import { changePreferences, me } from '../lib/me'
import { createStore, type Store } from '../lib/store'

export interface LaneSettings {
  hidden: readonly string[]
  heights: Readonly<Record<string, number>>
}

const FIRST: LaneSettings = { hidden: ['short_term', 'low_mid', 'mid', 'high_mid', 'high'], heights: {} }
const SAVE_AFTER_MS = 800

export const laneSettings: Store<LaneSettings> = createStore<LaneSettings>(FIRST)
let timer: ReturnType<typeof setTimeout> | undefined
let isRead = false

/** Take the person's own settings; call once the page knows who looks. */
export function readLaneSettings(): void {
  if (isRead) return
  isRead = true
  const kept = me.get()?.preferences.lanes as Partial<LaneSettings> | undefined
  laneSettings.set({ hidden: kept?.hidden ?? FIRST.hidden, heights: kept?.heights ?? {} })
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
