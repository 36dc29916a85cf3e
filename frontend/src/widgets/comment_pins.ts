/** Comment pins: where somebody said something about the track, over the ruler of the lanes. A click opens what was said. */
import { element } from '../lib/element'
import { clock } from '../lib/format'
import type { Scope } from '../lib/scope'
import type { Store } from '../lib/store'
import type { SeekPin } from '../parts/SeekLine'
import type { TimeView } from './time_view'

const AROUND = 40

export interface CommentPinsOptions {
  view: TimeView
  pins: Store<readonly SeekPin[]>
  onOpen: (id: string) => void
}

export function createCommentPins(scope: Scope, area: HTMLElement, { view, pins, onOpen }: CommentPinsOptions): void {
  const box = element('div', { class: 'comment-pins' }, area)
  scope.add(() => box.remove())
  const show = (): void => {
    const seen = pins.get().filter((pin) => (pin.end_seconds ?? pin.seconds) >= view.from && pin.seconds <= view.to)
    box.replaceChildren(...seen.map((pin) => {
      const left = Math.max(-AROUND, view.xOf(pin.seconds))
      const width = pin.end_seconds === null ? 0 : Math.min(view.width + AROUND, view.xOf(pin.end_seconds)) - left
      const words = `Comment at ${clock(pin.seconds)}: ${pin.title}`
      const dot = element('button', { type: 'button', class: width ? 'comment-pin span' : 'comment-pin', 'data-pin': pin.id, title: words, 'aria-label': words, tabindex: '-1' })
      dot.style.left = `${left}px`
      if (width) dot.style.width = `${Math.max(10, width)}px`
      return dot
    }))
  }
  scope.listen(box, 'click', (event) => {
    const id = (event.target as HTMLElement).dataset.pin
    if (id) onOpen(id)
  })
  scope.add(pins.subscribe(show))
  scope.add(view.events.on('change', show))
  show()
}
