/** Figures: what the preview of this page measures, for the service pill. The scene editor fills them in. */
import { createStore } from '../lib/store'

export interface PreviewFigures {
  framesPerSecond: number
  /** From drawing to screen. */
  delayMs: number
  dropped: number
}

export const previewFigures = createStore<PreviewFigures | null>(null)
