/** Cues on their own lane: flags to drag, spans to resize, labels that become ticks where it is crowded, outlines of what is proposed. */
import { element } from '../lib/element'
import { clock } from '../lib/format'
import type { Scope } from '../lib/scope'
import type { Cue, Hue } from '../wire/types'
import { listenToCueHand, type CueHandOptions, type CueTimes } from './cue_hand'
import { indexOf, layoutCues, tickAt, type CueIndex, type Flag, type Tick } from './cue_layout'
import { createLaneCanvas, type Drawing } from './lane_canvas'

/** So near to a tick the pointer means it. */
const POINT_PX = 6
const TICK_TOP = 5
const TICK_HEIGHT = 20
const PROPOSED_PX = 4

/** A cue that could be: shown on the lane before anybody accepts it. */
export interface ProposedCue extends CueTimes {
  colour: Hue
}

export interface CueLane {
  /** `chosen`: those that are chosen together; `selected` is the last of them. */
  show(cues: readonly Cue[], selected: string | null, chosen?: ReadonlySet<string>): void
  propose(cues: readonly ProposedCue[]): void
  /** Those that others have chosen: framed in their colour, with their initials. */
  showTheirs(theirs: Theirs): void
}

/** By cue: who has chosen it. `hue` is a token, such as hue-blue. */
export type Theirs = ReadonlyMap<string, { initials: string; hue: string }>

const NONE: ReadonlySet<string> = new Set()
const NOBODY: Theirs = new Map()

export function createCueLane(scope: Scope, parent: HTMLElement, options: CueHandOptions): CueLane {
  const { view } = options
  const box = element('div', { class: 'cues', role: 'group', 'aria-label': 'Cues' }, parent)
  scope.add(() => box.remove())
  let index: CueIndex = indexOf([])
  let selected: string | null = null
  let chosen = NONE
  let proposed: readonly ProposedCue[] = []
  let theirs = NOBODY
  /** The tick under the pointer: it stands as a flag as long as the pointer is on it. */
  let opened: string | null = null
  let ticks: readonly Tick[] = []

  const flags = new Map<string, HTMLElement>()
  // Flags stay the same elements while they are shown: a double click and a drag need that.
  const canvas = createLaneCanvas(scope, box, view, (drawing) => {
    const layout = layoutCues(index, view, (id) => id === selected || id === opened)
    ticks = layout.ticks
    drawTicks(drawing, ticks, chosen)
    drawTheirTicks(drawing, ticks, theirs)
    drawProposed(drawing, proposed)
    const gone = new Set(flags.keys())
    for (const flag of layout.flags) {
      const shown = flags.get(flag.cue.id) ?? newFlag(box, flag.cue.id)
      flags.set(flag.cue.id, shown)
      gone.delete(flag.cue.id)
      dress(shown, flag, flag.cue.id === selected || chosen.has(flag.cue.id), theirs.get(flag.cue.id))
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
  listenToCueHand(scope, box, options, {
    cues: () => index.cues,
    chosen: () => chosen,
    flagUnder,
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
    propose(next) {
      proposed = next
      canvas.redraw()
    },
    showTheirs(next) {
      theirs = next
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

/** A dot under the tick, in their colour. */
function drawTheirTicks({ context, colour }: Drawing, ticks: readonly Tick[], theirs: Theirs): void {
  if (theirs.size === 0) return
  for (const { cue, left } of ticks) {
    const one = theirs.get(cue.id)
    if (!one) continue
    context.fillStyle = colour(one.hue)
    context.fillRect(Math.round(left) - 1, TICK_TOP + TICK_HEIGHT, 4, 4)
  }
}

/** Outlines: they are not there yet. */
function drawProposed({ context, colour, view, height }: Drawing, proposed: readonly ProposedCue[]): void {
  let last = -Infinity
  context.lineWidth = 1
  for (const { seconds, end_seconds, colour: hue } of proposed) {
    const left = Math.round(view.xOf(seconds)) + 0.5
    const width = end_seconds === null ? PROPOSED_PX : Math.max(PROPOSED_PX, Math.round((end_seconds - seconds) * view.pxPerSecond) - 1)
    if (left > view.width || left + width < 0 || left - last < 2) continue
    last = left
    context.strokeStyle = colour(`hue-${hue}`)
    context.strokeRect(left, 2.5, width, height - 5)
  }
}

function newFlag(box: HTMLElement, id: string): HTMLElement {
  const flag = element('div', { 'data-cue': id }, box)
  element('span', {}, flag)
  return flag
}

function dress(shown: HTMLElement, { cue, left, width, room, isOpen }: Flag, isOn: boolean, theirs: { initials: string; hue: string } | undefined): void {
  const label = cue.label || 'Cue'
  const name = `cue${width !== null ? ' span' : ''}${isOn ? ' on' : ''}${isOpen ? ' open' : ''}`
  const words = `${label} at ${clock(cue.seconds)}${cue.hotkey === null ? '' : `, key ${cue.hotkey}`}`
  // Only what has changed is written: a picture has a sixtieth of a second.
  if (shown.className !== name) shown.className = name
  if (shown.title !== words) shown.title = words
  const text = shown.firstElementChild as HTMLElement
  if (text.textContent !== label) text.textContent = label
  const key = cue.hotkey === null ? '' : String(cue.hotkey)
  if ((text.dataset.key ?? '') !== key) {
    if (key) text.dataset.key = key
    else delete text.dataset.key
  }
  if ((shown.dataset.theirs ?? '') !== (theirs?.initials ?? '')) {
    if (theirs) shown.dataset.theirs = theirs.initials
    else delete shown.dataset.theirs
  }
  if (theirs) shown.style.setProperty('--p', `var(--${theirs.hue})`)
  shown.style.setProperty('--h', `var(--hue-${cue.colour})`)
  shown.style.left = `${left}px`
  shown.style.width = width === null ? '' : `${width}px`
  shown.style.maxWidth = room === null || isOpen ? '' : `${Math.max(2, room - 2)}px`
}
