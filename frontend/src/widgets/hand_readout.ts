/** What stands beside a hand that drags: where it is in the track, and whether that is a place of the grid. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'

export interface HandReadout {
  /** x and y as pointer events tell them. */
  show(x: number, y: number, words: string, isSnapped: boolean): void
  hide(): void
}

const [RIGHT_PX, BELOW_PX] = [14, 20]

export function createHandReadout(scope: Scope): HandReadout {
  let box: HTMLElement | null = null
  const hide = (): void => {
    box?.remove()
    box = null
  }
  scope.add(hide)
  return {
    show(x, y, words, isSnapped) {
      box ??= element('div', { class: 'hand-readout num', 'aria-hidden': 'true' }, document.body)
      box.textContent = words
      box.classList.toggle('snapped', isSnapped)
      const left = Math.min(x + RIGHT_PX, window.innerWidth - box.offsetWidth - 4)
      box.style.transform = `translate(${left}px, ${y + BELOW_PX}px)`
    },
    hide,
  }
}
