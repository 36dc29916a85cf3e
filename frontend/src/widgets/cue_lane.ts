/** Cues on their own lane: flags to drag, spans to resize, labels that become ticks where it is crowded. */
import { element } from '../lib/element'
import { clock } from '../lib/format'
import type { Scope } from '../lib/scope'
import type { Cue } from '../wire/types'
import { indexOf, layoutCues, tickAt, type CueIndex, type Flag, type Tick } from './cue_layout'
import { createLaneCanvas, type Drawing } from './lane_canvas'
import type { TimeView } from './time_view'

const EDGE_PX = 6
/** So near to a tick the pointer means it. */
const POINT_PX = 6
const TICK_TOP = 5
const TICK_HEIGHT = 20
const DRAG_PX = 3
const SHORTEST_SPAN = 0.02

export interface CueTimes {
  seconds: number
  end_seconds: number | null
}

export interface CueLaneOptions {
  view: TimeView
  mayEdit: boolean
  snap: (seconds: number, isSuspended: boolean) => number
  onSelect: (id: string | null) => void
  /** While the hand moves: `isDone` comes once, at the end. */
  onMove: (id: string, times: CueTimes, isDone: boolean) => void
  onRename: (id: string) => void
  /** A double click where no cue is. */
  onAdd: (seconds: number) => unknown
  onSeek: (seconds: number) => void
}

export interface CueLane {
  /** `chosen`: those that are chosen together; `selected` is the last of them. */
  show(cues: readonly Cue[], selected: string | null, chosen?: ReadonlySet<string>): void
}

interface Grab {
  cue: Cue
  part: 'move' | 'from' | 'to'
  startX: number
  moved: boolean
  last: CueTimes
}

const NONE: ReadonlySet<string> = new Set()

export function createCueLane(scope: Scope, parent: HTMLElement, options: CueLaneOptions): CueLane {
  const { view } = options
  const box = element('div', { class: 'cues', role: 'group', 'aria-label': 'Cues' }, parent)
  scope.add(() => box.remove())
  let index: CueIndex = indexOf([])
  let selected: string | null = null
  let chosen = NONE
  /** The tick under the pointer: it stands as a flag as long as the pointer is on it. */
  let opened: string | null = null
  let ticks: readonly Tick[] = []

  const flags = new Map<string, HTMLElement>()
  // Flags stay the same elements while they are shown: a double click and a drag need that.
  const canvas = createLaneCanvas(scope, box, view, (drawing) => {
    const layout = layoutCues(index, view, (id) => id === selected || id === opened)
    ticks = layout.ticks
    drawTicks(drawing, ticks, chosen)
    const gone = new Set(flags.keys())
    for (const flag of layout.flags) {
      const shown = flags.get(flag.cue.id) ?? newFlag(box, flag.cue.id)
      flags.set(flag.cue.id, shown)
      gone.delete(flag.cue.id)
      dress(shown, flag, flag.cue.id === selected || chosen.has(flag.cue.id))
    }
    for (const id of gone) {
      flags.get(id)?.remove()
      flags.delete(id)
    }
  })
  const open = (id: string | null): void => {
    if (id === opened) return
    opened = id
    canvas.redraw()
  }
  scope.listen(box, 'pointermove', (event) => {
    if (event.buttons !== 0) return
    const flag = flagUnder(event)
    if (flag) open(flag.dataset.cue === opened ? opened : null)
    else open(tickAt(ticks, event.clientX - box.getBoundingClientRect().left, POINT_PX)?.cue.id ?? null)
  })
  scope.listen(box, 'pointerleave', () => open(null))
  listenToHand(scope, box, options, {
    find: (id) => index.cues.find((cue) => cue.id === id),
    // A hand may be faster than the flag that opens under it.
    under: (event) => flagUnder(event)?.dataset.cue ?? tickAt(ticks, event.clientX - box.getBoundingClientRect().left, POINT_PX)?.cue.id,
  })
  return {
    show(next, last, together = NONE) {
      if (next !== index.cues) index = indexOf(next)
      selected = last
      chosen = together
      canvas.redraw()
    },
  }
}

function flagUnder(event: Event): HTMLElement | null {
  return (event.target as HTMLElement).closest<HTMLElement>('[data-cue]')
}

function drawTicks({ context, colour }: Drawing, ticks: readonly Tick[], chosen: ReadonlySet<string>): void {
  let last = -Infinity
  for (const { cue, left, width } of ticks) {
    const isOn = chosen.has(cue.id)
    const right = Math.round(left) + Math.max(2, Math.round(width))
    // Where many fall on one pixel, one of them is enough.
    if (right <= last && !isOn) continue
    last = right
    context.fillStyle = colour(`hue-${cue.colour}`)
    context.globalAlpha = cue.end_seconds === null || isOn ? 1 : 0.5
    context.fillRect(Math.round(left), isOn ? TICK_TOP - 3 : TICK_TOP, right - Math.round(left), isOn ? TICK_HEIGHT + 6 : TICK_HEIGHT)
  }
  context.globalAlpha = 1
}

function newFlag(box: HTMLElement, id: string): HTMLElement {
  const flag = element('div', { 'data-cue': id }, box)
  element('span', {}, flag)
  return flag
}

function dress(shown: HTMLElement, { cue, left, width, room, isOpen }: Flag, isOn: boolean): void {
  const label = cue.label || 'Cue'
  const name = `cue${width !== null ? ' span' : ''}${isOn ? ' on' : ''}${isOpen ? ' open' : ''}`
  const words = `${label} at ${clock(cue.seconds)}`
  // Only what has changed is written: a picture has a sixtieth of a second.
  if (shown.className !== name) shown.className = name
  if (shown.title !== words) shown.title = words
  if (shown.firstElementChild!.textContent !== label) shown.firstElementChild!.textContent = label
  shown.style.setProperty('--h', `var(--hue-${cue.colour})`)
  shown.style.left = `${left}px`
  shown.style.width = width === null ? '' : `${width}px`
  shown.style.maxWidth = room === null || isOpen ? '' : `${Math.max(2, room - 2)}px`
}

interface UnderHand {
  find: (id: string) => Cue | undefined
  under: (event: PointerEvent | MouseEvent) => string | undefined
}

function listenToHand(scope: Scope, box: HTMLElement, options: CueLaneOptions, { find, under }: UnderHand): void {
  const { view } = options
  let grab: Grab | null = null

  scope.listen(box, 'pointerdown', (event) => {
    const cue = find(under(event) ?? '')
    if (!cue || event.button !== 0) return
    event.stopPropagation()
    options.onSelect(cue.id)
    if (!options.mayEdit) return
    const part = partUnder(cue, event.clientX - box.getBoundingClientRect().left, view)
    grab = { cue, part, startX: event.clientX, moved: false, last: { seconds: cue.seconds, end_seconds: cue.end_seconds } }
    // On the flag: a double click goes to whatever holds the pointer.
    const holder = flagUnder(event) ?? box
    holder.setPointerCapture(event.pointerId)
  })
  scope.listen(box, 'pointermove', (event) => {
    if (!grab) return
    grab.moved ||= Math.abs(event.clientX - grab.startX) > DRAG_PX
    if (!grab.moved) return
    const by = (event.clientX - grab.startX) / view.pxPerSecond
    grab.last = moved(grab.cue, grab.part, by, (seconds) => options.snap(seconds, event.altKey), view.durationSeconds)
    options.onMove(grab.cue.id, grab.last, false)
  })
  scope.listen(box, 'pointerup', () => {
    if (grab?.moved) options.onMove(grab.cue.id, grab.last, true)
    else if (grab) options.onSeek(grab.cue.seconds)
    grab = null
  })
  scope.listen(box, 'pointercancel', () => (grab = null))
  scope.listen(box, 'dblclick', (event) => {
    const id = under(event)
    if (!options.mayEdit) return
    if (id) options.onRename(id)
    else options.onAdd(options.snap(view.secondsAt(event.clientX - box.getBoundingClientRect().left), event.altKey))
  })
}

/** Which part of a cue a hand takes at x: an edge of a span that is wide enough to have two, or all of it. */
function partUnder({ seconds, end_seconds }: Cue, x: number, view: TimeView): Grab['part'] {
  if (end_seconds === null || (end_seconds - seconds) * view.pxPerSecond < 3 * EDGE_PX) return 'move'
  if (Math.abs(view.xOf(end_seconds) - x) < EDGE_PX) return 'to'
  return Math.abs(x - view.xOf(seconds)) < EDGE_PX ? 'from' : 'move'
}

/** The times of a cue after a part of it was dragged by so many seconds. A span keeps its length when it is moved. */
export function moved(
  cue: CueTimes,
  part: 'move' | 'from' | 'to',
  by: number,
  snap: (seconds: number) => number,
  durationSeconds: number,
): CueTimes {
  const within = (seconds: number): number => Math.min(durationSeconds, Math.max(0, seconds))
  if (part === 'to' && cue.end_seconds !== null) {
    return { seconds: cue.seconds, end_seconds: Math.max(cue.seconds + SHORTEST_SPAN, within(snap(cue.end_seconds + by))) }
  }
  if (part === 'from' && cue.end_seconds !== null) {
    return { seconds: Math.min(cue.end_seconds - SHORTEST_SPAN, within(snap(cue.seconds + by))), end_seconds: cue.end_seconds }
  }
  const length = cue.end_seconds === null ? 0 : cue.end_seconds - cue.seconds
  const seconds = Math.min(durationSeconds - length, within(snap(cue.seconds + by)))
  return { seconds, end_seconds: cue.end_seconds === null ? null : seconds + length }
}
