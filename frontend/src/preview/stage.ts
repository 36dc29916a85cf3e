/** The stage: the picture of a preview in its well, uncropped, and the figures that tests and people read. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import type { Picture, PreviewSession } from './session'
import type { PreviewStats } from './stats'

declare global {
  interface Window {
    /** Figures of the running preview, for measuring from outside. */
    phosphene?: { preview?: { readonly stats: PreviewStats; readonly state: string } }
  }
}

export interface Stage {
  readonly canvas: HTMLCanvasElement
  show(picture: Picture): void
  connect(session: PreviewSession): void
}

export function createStage(scope: Scope, parent: HTMLElement): Stage {
  const canvas = element('canvas', { class: 'picture', role: 'img', 'aria-label': 'Preview' }, parent)
  const context = canvas.getContext('2d', { alpha: false })
  scope.add(() => canvas.remove())
  return {
    canvas,
    show({ bitmap, seconds }) {
      if (canvas.width !== bitmap.width) canvas.width = bitmap.width
      if (canvas.height !== bitmap.height) canvas.height = bitmap.height
      context?.drawImage(bitmap, 0, 0)
      parent.dataset.seconds = seconds.toFixed(3)
      parent.dataset.shown = 'true'
    },
    connect(session) {
      const tell = (): void => {
        parent.dataset.state = session.status.get().state
      }
      tell()
      scope.add(session.status.subscribe(tell))
      window.phosphene = {
        ...window.phosphene,
        preview: {
          get stats() {
            return session.stats()
          },
          get state() {
            return session.status.get().state
          },
        },
      }
      scope.add(() => {
        if (window.phosphene) delete window.phosphene.preview
      })
    },
  }
}
