/** Lanes one above the other: heads on the left, one time axis on the right, and what crosses all of them. */
import { element } from '../lib/element'
import { createEmitter, type Emitter } from '../lib/emitter'
import { spokenClock } from '../lib/format'
import { createScope, type Scope } from '../lib/scope'
import type { IconName } from '../parts/Icon'
import { iconInto } from './icon'
import { createLaneCanvas, type Drawing } from './lane_canvas'
import { addGrip } from './lane_grip'
import { addDrag, addMoveKeys } from './lane_moves'
import { addOverlay } from './lane_overlay'
import type { Player } from './player'
import type { TimeView } from './time_view'

/** One lane. What draws it is told apart by what it has: `draw` for a canvas, `mount` for anything else. */
export interface LaneSpec {
  id: string
  title: string
  /** Beside the title, fainter: "20–150 Hz". */
  detail?: string
  hue?: string
  height: number
  /** Takes what height is left. */
  isTall?: boolean
  /** May be dragged to another height, from 40 px on. */
  isCurve?: boolean
  /** Up to here; 160 px where nothing is said. */
  mostHeight?: number
  /** The choice of a second curve. */
  overlay?: LaneOverlay
  /** May be hidden. */
  hasEye?: boolean
  /** Second line of the head: what the lane drives. */
  drives?: string
  /** Drawn faintly: it does not act now. */
  isQuiet?: boolean
  /** The head may be carried onto a slider. */
  carry?: LaneCarry
  /** The head may be dragged to another place among those that may: by the hand, or Alt with the arrows. */
  isMovable?: boolean
  button?: LaneButton
  isPanel?: boolean
  /** Why there is nothing to draw; shown on hatching. */
  missing?: string | null
  draw?: (drawing: Drawing) => void
  mount?: (scope: Scope, cell: HTMLElement, head: HTMLElement) => void
}

/** A second curve over a lane, named in its head in its own hue. */
export interface LaneOverlay {
  chosen: { title: string; hue: string } | null
  choices: readonly { value: string; label: string }[]
  value: string
  choose: (name: string) => void
}

/** A head that is carried: where the hand is, and when it lets go. */
export interface LaneCarry {
  begin(x: number, y: number): void
  move(x: number, y: number): void
  end(isDropped: boolean): void
}

export interface LaneButton {
  icon: IconName
  label: string
  isOn: boolean
  act: () => void
}

export interface LaneStackEvents {
  /** Null: as high as it was at first. */
  height: { id: string; height: number | null }
  hide: string
  /** This lane is to stand before that one; null is the end. */
  order: { id: string; before: string | null }
}

export interface LaneStack {
  readonly box: HTMLElement
  /** The playhead as a slider: who has it in focus moves it by keys. */
  readonly slider: HTMLElement
  readonly events: Emitter<LaneStackEvents>
  show(lanes: readonly LaneSpec[]): void
  redraw(): void
  /** x of the time axis in the window. */
  leftOf(): number
  /** Spoken by the playhead: "bar 33, beat 2". */
  describe(text: (seconds: number) => string): void
}

export interface LaneStackOptions {
  player: Player
  view: TimeView
  /** What kind of page it stands on; a class of the same name dresses it. */
  layout: string
}

export function createLaneStack(scope: Scope, parent: HTMLElement, { player, view, layout }: LaneStackOptions): LaneStack {
  const events = createEmitter<LaneStackEvents>()
  const box = element('div', { class: `lanes ${layout}` }, parent)
  const over = element('div', { class: 'timearea' }, box)
  const loop = element('div', { class: 'loopspan', hidden: true }, over)
  const playhead = element('div', { class: 'playhead' }, over)
  const keys = element('div', { class: 'playhead-keys', role: 'slider', tabindex: 0, 'aria-label': 'Playhead', 'aria-valuemin': 0 }, over)
  scope.add(() => box.remove())
  let place: (seconds: number) => string = () => ''
  let rows = createScope()
  scope.add(() => rows.close())
  let redraws: (() => void)[] = []

  const measure = new ResizeObserver(() => view.setWidth(over.clientWidth))
  measure.observe(over)
  scope.add(() => measure.disconnect())
  view.setWidth(over.clientWidth)

  const movePlayhead = (): void => {
    // Not further away than a browser can lay out.
    playhead.style.transform = `translateX(${Math.min(view.width + 20, Math.max(-20, view.xOf(player.seconds)))}px)`
  }
  const speak = throttled(250, () => {
    const seconds = player.seconds
    keys.setAttribute('aria-valuemax', String(Math.round(view.durationSeconds)))
    keys.setAttribute('aria-valuenow', seconds.toFixed(2))
    keys.setAttribute('aria-valuetext', [spokenClock(seconds), place(seconds)].filter(Boolean).join(', '))
  })
  const placeLoop = (): void => {
    const span = player.loopSelection
    loop.hidden = span === null
    if (!span) return
    loop.classList.toggle('off', player.loop === null)
    const [left, right] = [Math.max(-20, view.xOf(span.from)), Math.min(view.width + 20, view.xOf(span.to))]
    loop.style.left = `${left}px`
    loop.style.width = `${Math.max(0, right - left)}px`
    loop.style.visibility = right < left ? 'hidden' : ''
  }
  const refresh = (): void => {
    movePlayhead()
    placeLoop()
  }
  scope.add(player.events.on('tick', () => {
    movePlayhead()
    speak()
  }))
  scope.add(player.events.on('state', placeLoop))
  scope.add(view.events.on('change', refresh))
  refresh()
  speak()

  return {
    box,
    slider: keys,
    events,
    leftOf: () => over.getBoundingClientRect().left,
    describe(text) {
      place = text
      speak()
    },
    redraw: () => redraws.forEach((redraw) => redraw()),
    show(lanes) {
      // Who moves a lane by keys keeps it in hand.
      const inHand = (document.activeElement as HTMLElement | null)?.matches?.('.lh[tabindex]') ? (document.activeElement as HTMLElement).dataset.lane : undefined
      rows.close()
      rows = createScope()
      box.style.gridTemplateRows = lanes.map(trackOf).join(' ')
      const resize = (id: string, height: number): void => {
        box.style.gridTemplateRows = lanes.map((lane) => (lane.id === id ? `${height}px` : trackOf(lane))).join(' ')
      }
      redraws = lanes.flatMap((lane) => showLane(rows, over, lane, { view, events, resize }))
      if (inHand !== undefined) box.querySelector<HTMLElement>(`.lh[data-lane="${CSS.escape(inHand)}"]`)?.focus()
    },
  }
}

function trackOf({ height, isTall }: LaneSpec): string {
  return isTall ? `minmax(${height}px, 1fr)` : `${height}px`
}

interface Around {
  view: TimeView
  events: Emitter<LaneStackEvents>
  /** Shows a height while the hand moves. */
  resize: (id: string, height: number) => void
}

function showLane(scope: Scope, before: HTMLElement, lane: LaneSpec, { view, events, resize }: Around): (() => void)[] {
  const head = element('div', { class: 'lh', 'data-lane': lane.id })
  const cell = element('div', { class: `lt${lane.isPanel ? ' on-panel' : ''}${lane.missing ? ' missing' : ''}${lane.isQuiet ? ' quiet' : ''}`, 'data-lane': lane.id })
  before.before(head, cell)
  scope.add(() => {
    head.remove()
    cell.remove()
  })
  if (lane.carry || lane.isMovable) addDrag(scope, head, lane, events)
  if (lane.isMovable) addMoveKeys(scope, head, lane, events)
  if (lane.hue) {
    head.style.setProperty('--h', `var(--${lane.hue})`)
    element('span', { class: 'swatch', 'aria-hidden': 'true' }, head)
  }
  const title = element('span', { class: `grow clip${lane.isPanel ? ' faint' : ''}`, title: [lane.title, lane.drives].filter(Boolean).join(' ') }, head, lane.title)
  if (lane.detail && !lane.drives) element('span', { class: 'faint' }, title, ` ${lane.detail}`)
  if (lane.drives) element('span', { class: 'drives' }, title, lane.drives)
  if (lane.button) addButton(scope, head, lane.button)
  if (lane.hasEye) addButton(scope, head, { icon: 'eye', label: `Hide ${lane.title}`, isOn: false, act: () => events.emit('hide', lane.id) })
  if (lane.overlay && !lane.missing) addOverlay(scope, head, title, lane.title, lane.overlay)
  if (lane.isCurve) addGrip(scope, { head, cell }, lane, { events, resize })
  lane.mount?.(scope, cell, head)
  if (lane.missing) element('span', { class: 'reason' }, cell, lane.missing)
  const { draw } = lane
  return draw && !lane.missing ? [createLaneCanvas(scope, cell, view, draw).redraw] : []
}

function addButton(scope: Scope, head: HTMLElement, { icon, label, isOn, act }: LaneButton): void {
  const button = element('button', { class: `mini${isOn ? ' on' : ''}`, type: 'button', title: label, 'aria-label': label, 'aria-pressed': isOn ? 'true' : null }, head)
  iconInto(scope, button, icon)
  scope.listen(button, 'click', act)
}

function throttled(milliseconds: number, run: () => void): () => void {
  let last = -Infinity
  return () => {
    const now = performance.now()
    if (now - last < milliseconds) return
    last = now
    run()
  }
}
