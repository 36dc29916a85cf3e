/** The picture of the camera in its well: live, or a test shot for as long as it waits to be judged. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'

export interface LiveStage {
  showLive(picture: ImageBitmap): void
  showTest(picture: ImageBitmap): void
  /** A test shot holds the stage; live pictures do not replace it. */
  setTesting(isTesting: boolean): void
}

/** The first child of `parent` from then on; what lies over the picture is React's and stands beside it. */
export function createLiveStage(scope: Scope, parent: HTMLElement): LiveStage {
  const canvas = element('canvas', { class: 'picture', role: 'img', 'aria-label': 'What the camera sees' })
  parent.prepend(canvas)
  scope.add(() => canvas.remove())
  const context = canvas.getContext('2d', { alpha: false })
  let isTesting = false
  let shown = 0

  const draw = (picture: ImageBitmap): void => {
    if (canvas.width !== picture.width) canvas.width = picture.width
    if (canvas.height !== picture.height) canvas.height = picture.height
    context?.drawImage(picture, 0, 0)
    parent.style.setProperty('--ratio', String(picture.width / picture.height))
    shown += 1
    parent.dataset.shown = String(shown)
  }
  return {
    showLive(picture) {
      if (!isTesting) draw(picture)
    },
    showTest(picture) {
      isTesting = true
      draw(picture)
    },
    setTesting(next) {
      isTesting = next
    },
  }
}
