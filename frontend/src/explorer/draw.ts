/** Pictures of the explorer: the one that goes with the hand, and those that are drawn once and then kept. */
import { createEmitter } from '../lib/emitter'
import type { Scope } from '../lib/scope'
import { createPreviewSession, type Picture, type PreviewClock, type PreviewSession } from '../preview/session'
import type { FromStudio } from '../preview/messages'
import type { ParameterValues } from '../wire/types'

const FRAMES_PER_SECOND = 30
/** The service waits 300 ms before it sends it, and sends none that the line cannot carry. */
const FINE_COMES_MS = 2000

export interface Drawing {
  networkId: string
  snapshotIds: () => string[]
  parameters: () => ParameterValues
  width: number
  height: number
  /** Said at every beginning: the first one, and each after the line was lost. */
  onBegin?: () => void
  onPicture: (picture: Picture) => void
  onRefused: (field: string | null, message: string) => void
  onNotice?: (notice: FromStudio) => void
}

const still: PreviewClock = { seconds: 0, rate: 1, isPlaying: false, loop: null, events: createEmitter<{ seek: number; state: void }>() }

/** A preview that stays open; `clock` plays a path. A reload of the page takes up the one it drove, named by `resumeKey`. */
export function openDrawing(scope: Scope, drawing: Drawing, clock: PreviewClock = still, resumeKey?: string): PreviewSession {
  return createPreviewSession(scope, {
    path: `/ws/networks/${drawing.networkId}/explore`, what: 'network', clock, framesPerSecond: FRAMES_PER_SECOND, width: drawing.width, follow: null,
    resume: resumeKey ? sessionStorage.getItem(resumeKey) : null,
    hello() {
      drawing.onBegin?.()
      return { snapshot_ids: drawing.snapshotIds(), parameters: drawing.parameters(), height: drawing.height }
    },
    onPicture: drawing.onPicture, onRefused: drawing.onRefused, onNotice: (notice) => drawing.onNotice?.(notice),
    onDriving: (id) => {
      if (resumeKey) sessionStorage.setItem(resumeKey, id)
    },
    onOwnWay: () => undefined,
  })
}

/**
 * One picture, then the line is closed: the places of the render service are few. `isFine` stays for the same picture
 * again, which the service sends finer once it has stood for a moment.
 */
export function drawOnce(scope: Scope, drawing: Drawing, { isFine = false } = {}): PreviewSession {
  const own = scope.child()
  return openDrawing(own, {
    ...drawing,
    onPicture(picture) {
      drawing.onPicture(picture)
      if (isFine && !picture.isFine) own.after(FINE_COMES_MS, () => own.close())
      else setTimeout(() => own.close())
    },
  })
}
