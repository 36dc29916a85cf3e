/** Hands on the time axis: click seeks, drag chooses a loop and on the ruler scrubs, wheel and pinch zoom at the pointer; on touch a drag scrolls. */
import type { Scope } from '../lib/scope'
import type { Player } from './player'
import type { TimeView } from './time_view'

const DRAG_PX = 4
const EDGE_PX = 6

export interface GestureOptions {
  player: Player
  view: TimeView
  /** Takes a chosen time to the grid; Alt suspends it. */
  snap: (seconds: number, isSuspended: boolean) => number
  /** x of the time axis within the page's window. */
  leftOf: () => number
  /** What handles its own pointers: cues, buttons in heads. */
  isTaken: (event: PointerEvent) => boolean
  /** While the hand moves the page must not turn itself. */
  onHand?: () => void
}

type Drag = { pointer: number; startX: number; lastX: number; anchor: number; moved: boolean; isTouch: boolean; isScrub: boolean }

export function listenForTimeGestures(scope: Scope, area: HTMLElement, options: GestureOptions): void {
  listenForWheel(scope, area, options)
  const touches = new Map<number, number>()
  let drag: Drag | null = null
  const xOf = (event: PointerEvent): number => event.clientX - options.leftOf()

  scope.listen(area, 'pointerdown', (event) => {
    if (event.button !== 0 || options.isTaken(event) || xOf(event) < 0) return
    const isTouch = event.pointerType === 'touch'
    if (isTouch) touches.set(event.pointerId, xOf(event))
    drag = touches.size > 1 ? null : beginDrag(event, xOf(event), options, isTouch)
    // The cue lane keeps its pointer, so that it hears a double click.
    const holder = (event.target as HTMLElement).closest<HTMLElement>('.cues') ?? area
    holder.setPointerCapture(event.pointerId)
  })
  scope.listen(area, 'pointermove', (event) => {
    if (touches.has(event.pointerId) && touches.size > 1) return pinch(touches, event.pointerId, xOf(event), options)
    if (drag?.pointer === event.pointerId) moveDrag(drag, event, xOf(event), options)
  })
  const end = (event: PointerEvent): void => {
    touches.delete(event.pointerId)
    if (drag?.pointer !== event.pointerId) return
    if (!drag.moved && event.type === 'pointerup') options.player.seek(options.view.secondsAt(xOf(event)))
    if (drag.moved && drag.isScrub) options.player.endScrub()
    drag = null
  }
  scope.listen(area, 'pointerup', end)
  scope.listen(area, 'pointercancel', end)
}

/** A drag that begins at an edge of the loop moves that edge; elsewhere it begins a new loop. */
function beginDrag(event: PointerEvent, x: number, { player, view }: GestureOptions, isTouch: boolean): Drag {
  const isScrub = !isTouch && (event.target as HTMLElement).closest('[data-lane="time"]') !== null
  const base = { pointer: event.pointerId, startX: x, lastX: x, moved: false, isTouch, isScrub }
  if (isScrub) return { ...base, anchor: NaN }
  const span = player.loopSelection
  if (span && Math.abs(view.xOf(span.from) - x) <= EDGE_PX) return { ...base, anchor: span.to }
  if (span && Math.abs(view.xOf(span.to) - x) <= EDGE_PX) return { ...base, anchor: span.from }
  return { ...base, anchor: NaN }
}

function moveDrag(drag: Drag, event: PointerEvent, x: number, { player, view, snap, onHand }: GestureOptions): void {
  drag.moved ||= Math.abs(x - drag.startX) > DRAG_PX
  if (!drag.moved) return
  onHand?.()
  if (drag.isTouch) {
    view.scrollBy(drag.lastX - x)
    drag.lastX = x
    return
  }
  if (drag.isScrub) return player.scrub(view.secondsAt(x))
  if (Number.isNaN(drag.anchor)) drag.anchor = snap(view.secondsAt(drag.startX), event.altKey)
  const other = snap(view.secondsAt(x), event.altKey)
  player.setLoop({ from: Math.min(drag.anchor, other), to: Math.max(drag.anchor, other) })
}

function pinch(touches: Map<number, number>, moved: number, x: number, { view, onHand }: GestureOptions): void {
  const before = [...touches.values()]
  touches.set(moved, x)
  const after = [...touches.values()]
  const spread = (xs: number[]): number => Math.max(16, Math.abs(xs[0]! - xs[1]!))
  const middle = (xs: number[]): number => (xs[0]! + xs[1]!) / 2
  onHand?.()
  view.zoom(spread(after) / spread(before), middle(after))
  view.scrollBy(middle(before) - middle(after))
}

function listenForWheel(scope: Scope, area: HTMLElement, { view, leftOf, onHand }: GestureOptions): void {
  const turn = (event: WheelEvent): void => {
    const x = event.clientX - leftOf()
    if (x < 0) return
    event.preventDefault()
    onHand?.()
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : 1
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
    if (isSideways) view.scrollBy((event.deltaX || event.deltaY) * unit)
    else view.zoom(Math.exp((-event.deltaY * unit) / (event.ctrlKey ? 120 : 480)), x)
  }
  scope.listen(area, 'wheel', turn, { passive: false })
}
