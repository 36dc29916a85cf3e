/** Which lanes a person sees, how high and in what order; kept with their account. */
import { changePreferences, me } from '../lib/me'
import { createStore, type Store } from '../lib/store'

export interface LaneSettings {
  hidden: readonly string[]
  heights: Readonly<Record<string, number>>
  /** Lanes that somebody has moved, in their order; others keep theirs. */
  order: readonly string[]
  /** Lanes that are there only for who has added them. */
  added: readonly string[]
  /** The curve that lies over a lane, by the lane. */
  overlays: Readonly<Record<string, string>>
  /** The waveform in the colours of its bands. */
  hasTints: boolean
}

export const SPECTROGRAM = 'spectrogram'
export const SECTIONS = 'sections'
const OPTIONAL = [SPECTROGRAM, SECTIONS]

export const FIRST_SETTINGS: LaneSettings = {
  hidden: ['short_term', 'low_mid', 'mid', 'high_mid', 'high'], heights: {}, order: [], added: [], overlays: {}, hasTints: false,
}
const SAVE_AFTER_MS = 800

export const laneSettings: Store<LaneSettings> = createStore<LaneSettings>(FIRST_SETTINGS)
let timer: ReturnType<typeof setTimeout> | undefined
let isRead = false

/** Take the person's own settings; call once the page knows who looks. */
export function readLaneSettings(): void {
  if (isRead) return
  isRead = true
  const kept = me.get()?.preferences.lanes as Partial<LaneSettings> | undefined
  laneSettings.set({ ...FIRST_SETTINGS, ...kept })
}

export function changeLaneSettings(change: Partial<LaneSettings>): void {
  laneSettings.set((now) => ({ ...now, ...change }))
  clearTimeout(timer)
  // How lanes look is worth no sentence when it cannot be kept.
  timer = setTimeout(() => void changePreferences({ lanes: { ...laneSettings.get() } }).catch(() => undefined), SAVE_AFTER_MS)
}

export function isAdded({ added }: LaneSettings, name: string): boolean {
  return added.includes(name)
}

export function isLaneShown(settings: LaneSettings, name: string): boolean {
  return OPTIONAL.includes(name) ? isAdded(settings, name) : !settings.hidden.includes(name)
}

/** A height of null is the one it had at first. */
export function setLaneHeight(name: string, height: number | null): void {
  const { [name]: _former, ...rest } = laneSettings.get().heights
  changeLaneSettings({ heights: height === null ? rest : { ...rest, [name]: height } })
}

export function showLaneOf(name: string, isShown: boolean): void {
  if (OPTIONAL.includes(name)) {
    const { added } = laneSettings.get()
    return changeLaneSettings({ added: isShown ? [...new Set([...added, name])] : added.filter((one) => one !== name) })
  }
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
