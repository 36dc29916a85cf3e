/** Cues on their own lane: flags to drag, spans to resize, labels that become ticks where it is crowded. */
import { element } from '../lib/element'
import { clock } from '../lib/format'
import type { Scope } from '../lib/scope'
import type { Cue } from '../wire/types'
import type { TimeView } from './time_view'

const CROWDED_PX = 24
const EDGE_PX = 6
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
  show(cues: readonly Cue[], selected: string | null): void
}

interface Grab {
  cue: Cue
  part: 'move' | 'from' | 'to'
  startX: number
  moved: boolean
  last: CueTimes
}

export function createCueLane(scope: Scope, parent: HTMLElement, options: CueLaneOptions): CueLane {
  const { view } = options
  const box = element('div', { class: 'cues', role: 'group', 'aria-label': 'Cues' }, parent)
  scope.add(() => box.remove())
  let cues: readonly Cue[] = []
  let selected: string | null = null

  const flags = new Map<string, HTMLElement>()
  // Flags stay the same elements while they are shown: a double click and a drag need that.
  const draw = (): void => {
    const visible = cues.filter((cue) => (cue.end_seconds ?? cue.seconds) >= view.from - 200 / view.pxPerSecond && cue.seconds <= view.to)
    const gone = new Set(flags.keys())
    visible.forEach((cue, index) => {
      const flag = flags.get(cue.id) ?? newFlag(box, cue.id)
      flags.set(cue.id, flag)
      gone.delete(cue.id)
      dress(flag, cue, visible[index + 1], cue.id === selected, view)
    })
    for (const id of gone) {
      flags.get(id)?.remove()
      flags.delete(id)
    }
  }
  scope.add(view.events.on('change', draw))
  listenToHand(scope, box, options, (id) => cues.find((cue) => cue.id === id))
  return {
    show(next, chosen) {
      cues = next
      selected = chosen
      draw()
    },
  }
}

function newFlag(box: HTMLElement, id: string): HTMLElement {
  const flag = element('div', { 'data-cue': id }, box)
  element('span', {}, flag)
  return flag
}

function dress(flag: HTMLElement, cue: Cue, next: Cue | undefined, isOn: boolean, view: TimeView): void {
  const isSpan = cue.end_seconds !== null
  const room = next ? (next.seconds - cue.seconds) * view.pxPerSecond : Infinity
  const isCrowded = room < CROWDED_PX && !isSpan
  flag.className = `cue${isSpan ? ' span' : ''}${isOn ? ' on' : ''}${isCrowded ? ' crowded' : ''}`
  flag.title = `${cue.label || 'Cue'} at ${clock(cue.seconds)}`
  flag.firstElementChild!.textContent = cue.label || 'Cue'
  flag.style.setProperty('--h', `var(--hue-${cue.colour})`)
  flag.style.left = `${view.xOf(cue.seconds)}px`
  flag.style.width = isSpan ? `${Math.max(3, (cue.end_seconds! - cue.seconds) * view.pxPerSecond)}px` : ''
  flag.style.maxWidth = isSpan || !Number.isFinite(room) ? '' : `${Math.max(2, room - 2)}px`
}

function listenToHand(scope: Scope, box: HTMLElement, options: CueLaneOptions, find: (id: string) => Cue | undefined): void {
  const { view } = options
  let grab: Grab | null = null
  const under = (event: Event): HTMLElement | null => (event.target as HTMLElement).closest<HTMLElement>('[data-cue]')

  scope.listen(box, 'pointerdown', (event) => {
    const target = under(event)
    const cue = target && find(target.dataset.cue!)
    if (!target || !cue || event.button !== 0) return
    event.stopPropagation()
    options.onSelect(cue.id)
    if (!options.mayEdit) return
    const edges = target.getBoundingClientRect()
    const isSpan = cue.end_seconds !== null
    const part = isSpan && edges.right - event.clientX < EDGE_PX ? 'to' : isSpan && event.clientX - edges.left < EDGE_PX ? 'from' : 'move'
    grab = { cue, part, startX: event.clientX, moved: false, last: { seconds: cue.seconds, end_seconds: cue.end_seconds } }
    target.setPointerCapture(event.pointerId) // on the flag: a double click goes to whatever holds the pointer
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
    const target = under(event)
    if (!options.mayEdit) return
    if (target) options.onRename(target.dataset.cue!)
    else options.onAdd(options.snap(view.secondsAt(event.clientX - box.getBoundingClientRect().left), event.altKey))
  })
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
