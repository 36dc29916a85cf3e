/** A hand on the cue lane: chooses cues, moves them together, resizes spans, draws a band around many. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import type { Cue } from '../wire/types'
import { howOf, within, type Choice } from './choose_cues'
import { createHandReadout, type HandReadout } from './hand_readout'
import type { BeatLine } from './beat_line'
import { movedTogether } from './shift_cues'
import type { TimeView } from './time_view'

const EDGE_PX = 6
const DRAG_PX = 3
const SHORTEST_SPAN = 0.02

export interface CueTimes {
  seconds: number
  end_seconds: number | null
}

export interface MovedCue {
  id: string
  values: CueTimes
}

export interface CueHandOptions {
  view: TimeView
  mayEdit: boolean
  snap: (seconds: number, isSuspended: boolean) => number
  /** Along which cues that are kept in beats move together; null where there are no beats. */
  line: () => BeatLine | null
  /** A time as it stands beside the hand. */
  words: (seconds: number) => string
  onChoose: (id: string, how: Choice) => void
  /** Those inside a band, with Shift or Ctrl beside those that were chosen. */
  onBand: (ids: readonly string[]) => void
  onChooseNone: () => void
  /** While the hand moves: `isDone` comes once, at the end. */
  onMove: (moves: readonly MovedCue[], isDone: boolean) => void
  onRename: (id: string) => void
  /** A double click where no cue is. */
  onAdd: (seconds: number) => unknown
  onSeek: (seconds: number) => void
}

export interface UnderHand {
  cues: () => readonly Cue[]
  chosen: () => ReadonlySet<string>
  /** The cue that an event means. */
  under: (event: PointerEvent | MouseEvent) => string | undefined
  flagUnder: (event: Event) => HTMLElement | null
}

interface Grab {
  cue: Cue
  /** All that moves with it, itself included. */
  group: readonly Cue[]
  part: 'move' | 'from' | 'to'
  line: BeatLine | null
  startX: number
  isMoved: boolean
  moves: readonly MovedCue[]
}

interface Band {
  startX: number
  /** Chosen before, when the band adds to them. */
  kept: readonly string[]
  box: HTMLElement | null
}

export function listenToCueHand(scope: Scope, box: HTMLElement, options: CueHandOptions, things: UnderHand): void {
  const readout = createHandReadout(scope)
  const hand = { scope, box, options, things, readout }
  const grabbing = createGrab(hand)
  const banding = createBand(hand)

  scope.listen(box, 'pointerdown', (event) => {
    if (event.button !== 0) return
    const id = things.under(event)
    if (id !== undefined) {
      event.stopPropagation()
      grabbing.begin(event, id)
    } else if (options.mayEdit && event.pointerType !== 'touch') {
      event.stopPropagation()
      banding.begin(event)
    }
  })
  scope.listen(box, 'pointermove', (event) => {
    grabbing.move(event)
    banding.move(event)
  })
  scope.listen(box, 'pointerup', (event) => {
    grabbing.end()
    banding.end(event)
  })
  scope.listen(box, 'pointercancel', () => {
    grabbing.cancel()
    banding.cancel()
  })
  scope.listen(window, 'keydown', (event) => {
    if (event.key !== 'Escape' || !grabbing.cancel()) return
    event.preventDefault()
    event.stopPropagation()
  }, { capture: true })
  scope.listen(box, 'dblclick', (event) => {
    const id = things.under(event)
    if (!options.mayEdit) return
    if (id) options.onRename(id)
    else options.onAdd(options.snap(options.view.secondsAt(event.clientX - box.getBoundingClientRect().left), event.altKey))
  })
}

interface Hand {
  scope: Scope
  box: HTMLElement
  options: CueHandOptions
  things: UnderHand
  readout: HandReadout
}

function createGrab({ scope, box, options, things, readout }: Hand) {
  const { view } = options
  let grab: Grab | null = null
  let asked = 0
  // A hand tells more places than pictures are painted.
  const show = (): void => {
    asked = 0
    if (grab) options.onMove(grab.moves, false)
  }
  const leave = (): Grab | null => {
    cancelAnimationFrame(asked)
    asked = 0
    readout.hide()
    const former = grab
    grab = null
    return former
  }
  scope.add(() => cancelAnimationFrame(asked))
  return {
    begin(event: PointerEvent, id: string): void {
      const how = howOf(event)
      const cue = things.cues().find((one) => one.id === id)
      if (!cue) return
      if (how !== 'only' || !things.chosen().has(id)) options.onChoose(id, how)
      if (!options.mayEdit || how !== 'only') return
      const part = partUnder(cue, event.clientX - box.getBoundingClientRect().left, view)
      const chosen = things.chosen()
      const group = part === 'move' && chosen.has(id) ? things.cues().filter((one) => chosen.has(one.id)) : [cue]
      grab = { cue, group, part, line: group.length > 1 ? options.line() : null, startX: event.clientX, isMoved: false, moves: [] }
      // On the flag: a double click goes to whatever holds the pointer.
      const holder = things.flagUnder(event) ?? box
      holder.setPointerCapture(event.pointerId)
    },
    move(event: PointerEvent): void {
      if (!grab) return
      grab.isMoved ||= Math.abs(event.clientX - grab.startX) > DRAG_PX
      if (!grab.isMoved) return
      const wished = (event.clientX - grab.startX) / view.pxPerSecond
      const times = moved(grab.cue, grab.part, wished, (seconds) => options.snap(seconds, event.altKey), view.durationSeconds)
      grab.moves = grab.part === 'move' ? movedTogether(grab.group, grab.cue, times.seconds - grab.cue.seconds, view.durationSeconds, grab.line) : [{ id: grab.cue.id, values: times }]
      const own = grab.moves.find(({ id }) => id === grab!.cue.id)!.values
      const seconds = grab.part === 'to' ? own.end_seconds! : own.seconds
      const free = (grab.part === 'to' ? grab.cue.end_seconds! : grab.cue.seconds) + wished
      readout.show(event.clientX, event.clientY, options.words(seconds), Math.abs(options.snap(free, event.altKey) - seconds) < 1e-9 && Math.abs(free - seconds) > 1e-9)
      asked ||= requestAnimationFrame(show)
    },
    end(): void {
      const former = leave()
      if (former?.isMoved) options.onMove(former.moves, true)
      else if (former) {
        options.onChoose(former.cue.id, 'only')
        options.onSeek(former.cue.seconds)
      }
    },
    /** All stand where they stood. Whether there was anything to let go. */
    cancel(): boolean {
      const former = leave()
      if (former?.isMoved) options.onMove(former.group.map(({ id, seconds, end_seconds }) => ({ id, values: { seconds, end_seconds } })), false)
      return former !== null
    },
  }
}

function createBand({ box, options, things }: Hand) {
  const { view } = options
  let band: Band | null = null
  const xOf = (event: PointerEvent): number => event.clientX - box.getBoundingClientRect().left
  const cancel = (): void => {
    band?.box?.remove()
    band = null
  }
  return {
    begin(event: PointerEvent): void {
      band = { startX: xOf(event), kept: howOf(event) === 'only' ? [] : [...things.chosen()], box: null }
      box.setPointerCapture(event.pointerId)
    },
    move(event: PointerEvent): void {
      if (!band || (!band.box && Math.abs(xOf(event) - band.startX) <= DRAG_PX)) return
      band.box ??= element('div', { class: 'cue-band' }, box)
      const [left, right] = [Math.min(band.startX, xOf(event)), Math.max(band.startX, xOf(event))]
      band.box.style.left = `${left}px`
      band.box.style.width = `${right - left}px`
      const inside = within(things.cues(), view.from + left / view.pxPerSecond, view.from + right / view.pxPerSecond)
      options.onBand([...new Set([...band.kept, ...inside])])
    },
    end(event: PointerEvent): void {
      if (band && !band.box) {
        if (band.kept.length === 0) options.onChooseNone()
        options.onSeek(view.secondsAt(xOf(event)))
      }
      cancel()
    },
    cancel,
  }
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
  const inTrack = (seconds: number): number => Math.min(durationSeconds, Math.max(0, seconds))
  if (part === 'to' && cue.end_seconds !== null) {
    return { seconds: cue.seconds, end_seconds: Math.max(cue.seconds + SHORTEST_SPAN, inTrack(snap(cue.end_seconds + by))) }
  }
  if (part === 'from' && cue.end_seconds !== null) {
    return { seconds: Math.min(cue.end_seconds - SHORTEST_SPAN, inTrack(snap(cue.seconds + by))), end_seconds: cue.end_seconds }
  }
  const length = cue.end_seconds === null ? 0 : cue.end_seconds - cue.seconds
  const seconds = Math.min(durationSeconds - length, inTrack(snap(cue.seconds + by)))
  return { seconds, end_seconds: cue.end_seconds === null ? null : seconds + length }
}
