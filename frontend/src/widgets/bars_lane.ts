/**
 * The bars lane: bar numbers and beats, the tempo markers as flags to drag, stretches in which the detector was unsure
 * hatched, and beats that were found anew dashed above.
 */
import { element } from '../lib/element'
import { clock } from '../lib/format'
import type { Scope } from '../lib/scope'
import type { Store } from '../lib/store'
import { lastAtOrBefore, type Beats } from './beats'
import { drawBars } from './draw_time'
import { createLaneCanvas, type Drawing } from './lane_canvas'
import type { TimeView } from './time_view'

const LEAST_GAP_PX = 7
const LABEL_PX = 84
/** So near a line belongs to the marker itself. */
const OWN_BAR_PX = 3
const DRAG_PX = 3
const HATCH_PX = 6

export interface BarMarker {
  id: string
  seconds: number
  bpm: number
  downbeat: number
}

export interface Unsure {
  start: number
  end: number
  trust: number
}

type Seen<T> = Pick<Store<T>, 'get' | 'subscribe'>

export interface BarsLaneOptions {
  view: TimeView
  beats: Seen<Beats>
  markers: Seen<readonly BarMarker[]>
  unsure: () => readonly Unsure[]
  unsureWords: (stretch: Unsure) => string
  /** Beats that were found anew, seconds. */
  proposed: Seen<readonly number[]>
  mayMove: () => boolean
  /** Taken to the sound's attacks; Alt suspends it. */
  snap: (seconds: number, isSuspended: boolean) => number
  /** `fits` = the stretch before keeps its number of beats, so its tempo follows. */
  onMove: (id: string, seconds: number, fits: boolean, gesture: string) => void
  onChoose: (seconds: number) => void
}

interface Grab {
  id: string
  startX: number
  startSeconds: number
  gesture: string
  moved: boolean
}

let gestures = 0

export function mountBarsLane(scope: Scope, cell: HTMLElement, options: BarsLaneOptions): void {
  const { view, beats, markers, proposed } = options
  const box = element('div', { class: 'bar-markers', role: 'group', 'aria-label': 'Tempo markers' }, cell)
  scope.add(() => box.remove())
  const flags = new Map<string, HTMLElement>()
  const canvas = createLaneCanvas(scope, box, view, (drawing) => {
    drawUnsure(drawing, options.unsure())
    const tags = placeFlags(box, flags, markers.get(), view)
    drawBars(drawing, beats.get(), (x) => isUnderTag(x, tags))
    drawProposed(drawing, proposed.get())
  })
  for (const store of [beats, markers, proposed] as Seen<unknown>[]) scope.add(store.subscribe(() => canvas.redraw()))
  tellUnsure(scope, cell, options)
  listenToHand(scope, box, options)
}

/** Whether the number of a bar at x stands under the tempo of a marker, which lies right of that marker's own bar. */
export function isUnderTag(x: number, tags: readonly number[]): boolean {
  return tags.some((tag) => x > tag + OWN_BAR_PX && x < tag + LABEL_PX)
}

/**
 * Markers in the window, those apart that would cover each other; the same elements while they are shown.
 * Returns the x of those that tell their tempo.
 */
function placeFlags(box: HTMLElement, flags: Map<string, HTMLElement>, markers: readonly BarMarker[], view: TimeView): number[] {
  const tags: number[] = []
  const gone = new Set(flags.keys())
  const seconds = markers.map((marker) => marker.seconds)
  let last = -Infinity
  for (let index = Math.max(0, lastAtOrBefore(seconds, view.from - LABEL_PX / view.pxPerSecond)); index < markers.length; index++) {
    const marker = markers[index]!
    const x = view.xOf(marker.seconds)
    if (x > view.width) break
    if (x - last < LEAST_GAP_PX) continue
    last = x
    const next = markers[index + 1]
    const room = next ? view.xOf(next.seconds) - x : Infinity
    const flag = flags.get(marker.id) ?? newFlag(box, marker.id)
    flags.set(marker.id, flag)
    gone.delete(marker.id)
    const words = `${marker.bpm.toFixed(2)} bpm from ${clock(marker.seconds, 3)}, bar ${marker.downbeat}`
    if (flag.title !== words) {
      flag.title = words
      flag.setAttribute('aria-label', words)
    }
    if (room > LABEL_PX) tags.push(x)
    flag.firstElementChild!.textContent = room > LABEL_PX ? marker.bpm.toFixed(2) : ''
    flag.style.left = `${x}px`
  }
  for (const id of gone) {
    flags.get(id)?.remove()
    flags.delete(id)
  }
  return tags
}

function newFlag(box: HTMLElement, id: string): HTMLElement {
  const flag = element('button', { type: 'button', class: 'bar-marker', 'data-marker': id, tabindex: -1 }, box)
  element('span', { class: 'num' }, flag)
  return flag
}

function listenToHand(scope: Scope, box: HTMLElement, options: BarsLaneOptions): void {
  const { view, markers } = options
  let grab: Grab | null = null
  const readout = element('div', { class: 'bar-readout num', hidden: true, role: 'status' }, box)
  scope.listen(box, 'pointerdown', (event) => {
    const flag = (event.target as HTMLElement).closest<HTMLElement>('[data-marker]')
    const marker = markers.get().find(({ id }) => id === flag?.dataset.marker)
    if (!flag || !marker || event.button !== 0) return
    gestures += 1
    grab = { id: marker.id, startX: event.clientX, startSeconds: marker.seconds, gesture: `grid.drag.${gestures}`, moved: false }
    flag.setPointerCapture(event.pointerId)
  })
  scope.listen(box, 'pointermove', (event) => {
    if (!grab || !options.mayMove()) return
    grab.moved ||= Math.abs(event.clientX - grab.startX) > DRAG_PX
    if (!grab.moved) return
    const seconds = options.snap(grab.startSeconds + (event.clientX - grab.startX) / view.pxPerSecond, event.altKey)
    options.onMove(grab.id, seconds, event.shiftKey, grab.gesture)
    tell(readout, options, grab.id)
  })
  const end = (): void => {
    if (grab && !grab.moved) options.onChoose(grab.startSeconds)
    grab = null
    readout.hidden = true
  }
  scope.listen(box, 'pointerup', end)
  scope.listen(box, 'pointercancel', end)
}

/** Where the dragged marker is, its tempo, and that of the stretch before it. */
function tell(readout: HTMLElement, { markers, view }: BarsLaneOptions, id: string): void {
  const all = markers.get()
  const index = all.findIndex((marker) => marker.id === id)
  const marker = all[index]
  readout.hidden = !marker
  if (!marker) return
  const before = all[index - 1]
  readout.textContent = `${clock(marker.seconds, 3)} · bar ${marker.downbeat} · ${before ? `${before.bpm.toFixed(2)} → ` : ''}${marker.bpm.toFixed(2)} bpm`
  readout.style.left = `${Math.min(view.width - 220, Math.max(0, view.xOf(marker.seconds) + 8))}px`
}

/** Words for the hatched stretch under the pointer, and for who reads instead of looking. */
function tellUnsure(scope: Scope, cell: HTMLElement, { view, unsure, unsureWords, beats }: BarsLaneOptions): void {
  const twin = element('span', { class: 'unseen' }, cell)
  scope.add(() => twin.remove())
  const say = (): void => void (twin.textContent = unsure().map(unsureWords).join(' '))
  scope.add(beats.subscribe(say))
  say()
  scope.listen(cell, 'pointermove', (event) => {
    const seconds = view.secondsAt(event.clientX - cell.getBoundingClientRect().left)
    const here = unsure().find(({ start, end }) => seconds >= start && seconds < end)
    const words = here ? unsureWords(here) : ''
    if (cell.title !== words) cell.title = words
  })
}

function drawUnsure({ context, height, view, colour }: Drawing, stretches: readonly Unsure[]): void {
  context.save()
  context.strokeStyle = colour('warn')
  context.lineWidth = 1
  for (const { start, end } of stretches) {
    const [from, to] = [Math.max(0, view.xOf(start)), Math.min(view.width, view.xOf(end))]
    if (to <= from) continue
    context.save()
    context.beginPath()
    context.rect(from, 0, to - from, height)
    context.clip()
    context.globalAlpha = 0.16
    context.fillStyle = colour('warn')
    context.fillRect(from, 0, to - from, height)
    context.globalAlpha = 0.55
    context.beginPath()
    for (let x = from - (from % HATCH_PX) - height; x < to; x += HATCH_PX) {
      context.moveTo(x, height)
      context.lineTo(x + height, 0)
    }
    context.stroke()
    context.restore()
  }
  context.restore()
}

function drawProposed({ context, height, view, colour }: Drawing, times: readonly number[]): void {
  if (!times.length) return
  context.save()
  context.strokeStyle = colour('accent')
  context.setLineDash([3, 2])
  context.beginPath()
  for (let index = Math.max(0, lastAtOrBefore(times, view.from)); index < times.length && times[index]! <= view.to; index++) {
    const x = Math.round(view.xOf(times[index]!)) + 0.5
    context.moveTo(x, 0)
    context.lineTo(x, height)
  }
  context.stroke()
  context.restore()
}
