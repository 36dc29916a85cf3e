/** Heads of lanes in the hand: to another place of the stack, or onto what the page makes of it. By keys: Alt with the arrows. */
import { element } from '../lib/element'
import type { Emitter } from '../lib/emitter'
import type { Scope } from '../lib/scope'
import { iconInto } from './icon'
import type { LaneSpec, LaneStackEvents } from './lane_stack'

const CARRY_PX = 4
const PLACE_CLASS = 'puts-before'

interface Hand {
  x: number
  y: number
  isCarried: boolean
}

export function addDrag(scope: Scope, head: HTMLElement, { id, carry, isMovable }: LaneSpec, events: Emitter<LaneStackEvents>): void {
  head.classList.add('carries')
  const grip = element('span', { class: 'faint', 'aria-hidden': 'true' }, head)
  iconInto(scope, grip, 'grip')
  let from: Hand | null = null
  let place: HTMLElement | null = null
  const mark = (next: HTMLElement | null): void => {
    place?.classList.remove(PLACE_CLASS)
    place = next
    place?.classList.add(PLACE_CLASS)
  }
  scope.add(() => mark(null))
  scope.listen(head, 'pointerdown', (event) => {
    if (event.button !== 0 || (event.target as HTMLElement).closest('button, .lane-grip')) return
    from = { x: event.clientX, y: event.clientY, isCarried: false }
    head.setPointerCapture(event.pointerId)
  })
  scope.listen(head, 'pointermove', (event) => {
    if (!from) return
    if (!from.isCarried && Math.hypot(event.clientX - from.x, event.clientY - from.y) < CARRY_PX) return
    if (!from.isCarried) carry?.begin(event.clientX, event.clientY)
    else carry?.move(event.clientX, event.clientY)
    from.isCarried = true
    if (isMovable) mark(headAt(head, event.clientX, event.clientY))
  })
  const end = (isDropped: boolean) => (): void => {
    const [wasCarried, target] = [from?.isCarried ?? false, place]
    from = null
    mark(null)
    if (!wasCarried) return
    carry?.end(isDropped && target === null)
    if (isDropped && target && target !== head) events.emit('order', { id, before: beforeOf(head, target) })
  }
  scope.listen(head, 'pointerup', end(true))
  scope.listen(head, 'pointercancel', end(false))
}

/** Alt with the arrows: before the one above, or after the one below. */
export function addMoveKeys(scope: Scope, head: HTMLElement, { id, title }: LaneSpec, events: Emitter<LaneStackEvents>): void {
  head.tabIndex = 0
  head.setAttribute('role', 'group')
  head.setAttribute('aria-label', `${title}. Alt with the arrows moves the lane.`)
  scope.listen(head, 'keydown', (event) => {
    if (!event.altKey || event.target !== head || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    const all = movable(head)
    const at = all.indexOf(head)
    const next = all[at + (event.key === 'ArrowUp' ? -1 : 1)]
    if (next) events.emit('order', { id, before: beforeOf(head, next) })
  })
}

function movable(head: HTMLElement): HTMLElement[] {
  return [...(head.parentElement?.querySelectorAll<HTMLElement>('.lh[tabindex]') ?? [])]
}

function headAt(head: HTMLElement, x: number, y: number): HTMLElement | null {
  return movable(head).find((one) => {
    const box = one.getBoundingClientRect()
    return x >= box.left && x < box.right && y >= box.top && y < box.bottom
  }) ?? null
}

/** Upwards it takes the other's place, downwards it stands after it. */
function beforeOf(head: HTMLElement, target: HTMLElement): string | null {
  const all = movable(head)
  const isDown = all.indexOf(target) > all.indexOf(head)
  return (isDown ? all[all.indexOf(target) + 1]?.dataset.lane : target.dataset.lane) ?? null
}
