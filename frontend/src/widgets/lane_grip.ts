/** The lower edge of a lane in the hand: how high the lane is. By keys the arrows; a double click gives back its first height. */
import { element } from '../lib/element'
import type { Emitter } from '../lib/emitter'
import type { Scope } from '../lib/scope'
import type { LaneSpec, LaneStackEvents } from './lane_stack'

const LEAST_HEIGHT = 40
const MOST_HEIGHT = 160
const KEY_PX = 8

interface Parts {
  head: HTMLElement
  cell: HTMLElement
}

interface Hearers {
  events: Emitter<LaneStackEvents>
  resize: (id: string, height: number) => void
}

export function addGrip(scope: Scope, { head, cell }: Parts, lane: LaneSpec, { events, resize }: Hearers): void {
  const most = lane.mostHeight ?? MOST_HEIGHT
  const grip = element('div', {
    class: 'lane-grip', role: 'separator', tabindex: 0, 'aria-orientation': 'horizontal', 'aria-label': `Height of ${lane.title}`,
    'aria-valuemin': LEAST_HEIGHT, 'aria-valuemax': most, 'aria-valuenow': lane.height,
  }, head)
  let drag: { y: number; height: number; now: number } | null = null
  const within = (height: number): number => Math.round(Math.min(most, Math.max(LEAST_HEIGHT, height)))
  scope.listen(grip, 'pointerdown', (event) => {
    drag = { y: event.clientY, height: cell.offsetHeight, now: cell.offsetHeight }
    grip.setPointerCapture(event.pointerId)
  })
  scope.listen(grip, 'pointermove', (event) => {
    if (!drag || event.clientY === drag.y) return
    drag.now = within(drag.height + event.clientY - drag.y)
    resize(lane.id, drag.now)
  })
  scope.listen(grip, 'pointerup', () => {
    if (drag && drag.now !== drag.height) events.emit('height', { id: lane.id, height: drag.now })
    drag = null
  })
  scope.listen(grip, 'dblclick', () => events.emit('height', { id: lane.id, height: null }))
  scope.listen(grip, 'keydown', (event) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
    event.preventDefault()
    event.stopPropagation()
    events.emit('height', { id: lane.id, height: within(cell.offsetHeight + (event.key === 'ArrowDown' ? KEY_PX : -KEY_PX)) })
  })
}
