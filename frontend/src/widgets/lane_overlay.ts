/** The choice of a second curve in the head of a lane: a small native list, and below the title what is chosen, in its hue. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import { iconInto } from './icon'
import type { LaneOverlay } from './lane_stack'

export function addOverlay(scope: Scope, head: HTMLElement, title: HTMLElement, name: string, overlay: LaneOverlay): void {
  if (overlay.chosen) {
    const legend = element('span', { class: 'overlay-legend' }, title, overlay.chosen.title)
    legend.style.setProperty('--h', `var(--${overlay.chosen.hue})`)
  }
  const box = element('span', { class: `overlay-choice${overlay.chosen ? ' on' : ''}` }, head)
  iconInto(scope, box, 'compare')
  const label = overlay.chosen ? `Second curve over ${name}: ${overlay.chosen.title}` : `Second curve over ${name}`
  const list = element('select', { 'aria-label': label, title: label }, box)
  element('option', { value: '' }, list, 'No second curve')
  for (const { value, label: words } of overlay.choices) element('option', { value }, list, words)
  list.value = overlay.value
  scope.listen(list, 'change', () => overlay.choose(list.value))
  // Arrows choose; they do not move the lane.
  scope.listen(list, 'keydown', (event) => event.stopPropagation())
  // The lane is not taken along.
  scope.listen(list, 'pointerdown', (event) => event.stopPropagation())
}
