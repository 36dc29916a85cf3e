/** Others: the playheads and the chosen cues of the other people on this track, each in their colour, over all lanes. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import type { Store } from '../lib/store'
import type { Cue, Place } from '../wire/types'
import type { TimeView } from './time_view'

const AROUND = 40

export interface OthersOptions {
  view: TimeView
  others: Store<readonly Place[]>
  secondsOf: (place: Place) => number
  /** All cues: a chosen one goes through the lanes as a line, wherever it is moved. */
  cues: Store<readonly Cue[]>
}

export function createOthers(scope: Scope, area: HTMLElement, { view, others, secondsOf, cues }: OthersOptions): void {
  const box = element('div', { class: 'others', 'aria-hidden': 'true' }, area)
  scope.add(() => box.remove())
  const heads = new Map<string, HTMLElement>()
  let stop: (() => void) | null = null

  const place = (): void => {
    for (const one of others.get()) {
      const head = heads.get(one.page)
      if (!head) continue
      const x = view.xOf(secondsOf(one))
      // Far beyond the view no browser places anything.
      head.hidden = x < -AROUND || x > view.width + AROUND
      if (!head.hidden) head.style.transform = `translateX(${x}px)`
    }
  }
  const show = (): void => {
    box.replaceChildren()
    heads.clear()
    for (const one of others.get()) {
      const chosen = new Set(one.selection)
      const seen = chosen.size ? cues.get().filter(({ id, seconds }) => chosen.has(id) && seconds >= view.from && seconds <= view.to) : []
      for (const { seconds } of seen) element('div', { class: 'other-cue', style: `--p: var(--hue-${one.person.colour}); left: ${view.xOf(seconds)}px` }, box)
      const head = element('div', { class: 'other-head', style: `--p: var(--hue-${one.person.colour})` }, box)
      element('span', {}, head, one.person.initials)
      heads.set(one.page, head)
    }
    place()
    const isMoving = others.get().some((one) => one.is_playing)
    if (isMoving) stop ??= scope.eachFrame(place)
    else {
      stop?.()
      stop = null
    }
  }
  scope.add(others.subscribe(show))
  scope.add(cues.subscribe(() => others.get().some(({ selection }) => selection.length > 0) && show()))
  scope.add(view.events.on('change', show))
  show()
}
