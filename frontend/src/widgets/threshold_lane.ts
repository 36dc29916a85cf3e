/** A curve under a line that a hand moves: what is above stands out. On the time axis of the lanes. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import { drawCurve, type Curve } from './draw_curve'
import { createHandReadout } from './hand_readout'
import { createLaneCanvas } from './lane_canvas'
import type { TimeView } from './time_view'

/** What the lane shows; levels 0…1. */
export interface ThresholdShown {
  curve: Curve | null
  hue: string
  /** All that could be chosen, ascending. */
  moments: readonly { seconds: number; level: number | null }[]
  /** Those that are. */
  kept: ReadonlySet<number>
  threshold: number
}

export interface ThresholdLane {
  show(shown: ThresholdShown): void
}

/** As `drawCurve` leaves free above and below. */
const [TOP, BOTTOM] = [5, 3]
const STEPS: Record<string, number> = { ArrowUp: 0.01, ArrowRight: 0.01, ArrowDown: -0.01, ArrowLeft: -0.01, PageUp: 0.1, PageDown: -0.1, Home: -1, End: 1 }

export function createThresholdLane(scope: Scope, parent: HTMLElement, { view, onChange }: { view: TimeView; onChange: (threshold: number) => void }): ThresholdLane {
  let shown: ThresholdShown = { curve: null, hue: 'hue-orange', moments: [], kept: new Set(), threshold: 0 }
  const canvas = createLaneCanvas(scope, parent, view, (drawing) => {
    const { context, height, colour } = drawing
    if (shown.curve) drawCurve(drawing, shown.curve, 'hue-grey')
    const yOf = (level: number): number => height - BOTTOM - level * (height - BOTTOM - TOP)
    for (const [isKept, hue] of [[false, 'text-faint'], [true, shown.hue]] as const) {
      context.fillStyle = colour(hue)
      let last = -Infinity
      for (const { seconds, level } of shown.moments) {
        if (shown.kept.has(seconds) !== isKept) continue
        const x = Math.round(view.xOf(seconds))
        if (x < 0 || x > view.width || x - last < 2) continue
        last = x
        const y = yOf(level ?? 1)
        context.fillRect(x, y, isKept ? 2 : 1, height - BOTTOM - y)
      }
    }
  })
  const line = element('div', {
    class: 'threshold', role: 'slider', tabindex: 0, 'aria-label': 'Threshold', 'aria-orientation': 'vertical', 'aria-valuemin': 0, 'aria-valuemax': 100, title: 'Drag it, or use the arrow keys',
  }, parent)
  scope.add(() => line.remove())
  const readout = createHandReadout(scope)
  const set = (level: number): void => onChange(Math.round(Math.min(1, Math.max(0, level)) * 1000) / 1000)
  const levelAt = (event: PointerEvent): number => {
    const box = canvas.canvas.getBoundingClientRect()
    return (box.bottom - BOTTOM - event.clientY) / (box.height - BOTTOM - TOP)
  }
  const drag = (event: PointerEvent): void => {
    set(levelAt(event))
    readout.show(event.clientX, event.clientY, `${Math.round(shown.threshold * 100)} %`, false)
  }
  scope.listen(parent, 'pointerdown', (event) => {
    if (event.button !== 0) return
    parent.setPointerCapture(event.pointerId)
    line.focus({ preventScroll: true })
    event.preventDefault()
    drag(event)
  })
  scope.listen(parent, 'pointermove', (event) => {
    if (parent.hasPointerCapture(event.pointerId)) drag(event)
  })
  for (const type of ['pointerup', 'pointercancel'] as const) scope.listen(parent, type, () => readout.hide())
  scope.listen(line, 'keydown', (event) => {
    const step = STEPS[event.key]
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    set(shown.threshold + step * (event.shiftKey ? 10 : 1))
  })
  return {
    show(next) {
      shown = next
      const percent = Math.round(shown.threshold * 100)
      line.style.bottom = `calc(${BOTTOM}px + ${shown.threshold} * (100% - ${TOP + BOTTOM}px))`
      line.setAttribute('aria-valuenow', String(percent))
      line.setAttribute('aria-valuetext', `${percent} %, ${shown.kept.size} above`)
      canvas.redraw()
    },
  }
}
