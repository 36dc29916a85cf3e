/** Overlays of every page: the palette (Ctrl/Cmd K) and the sheet of keys (?). */
import { createStore } from '../lib/store'

export const overlay = createStore<'none' | 'palette' | 'keys'>('none')
export const openPalette = (): void => overlay.set('palette')
export const openKeySheet = (): void => overlay.set('keys')
export const closeOverlay = (): void => overlay.set('none')
