/** The whole track in one strip (wavesurfer.js on our peaks), with the window that the lanes below show. */
import type WaveSurfer from 'wavesurfer.js'
import { element, fitCanvas, token } from '../lib/element'
import type { Scope } from '../lib/scope'
import { drawStretches, type Stretch } from './draw_curve'
import { gainOf } from './draw_wave'
import type { Peaks } from './peaks'
import type { Player } from './player'
import { TimeView } from './time_view'

const COLUMNS = 1600
const GRIP_PX = 8

export interface Overview {
  showPeaks(peaks: Peaks): void
  showStretches(stretches: readonly Stretch[]): void
}

export function createOverview(scope: Scope, parent: HTMLElement, { player, view }: { player: Player; view: TimeView }): Overview {
  const band = element('canvas', { class: 'overview-parts', 'aria-hidden': 'true' }, parent)
  const wave = element('div', { class: 'overview-wave', 'aria-hidden': 'true' }, parent)
  const window_ = element('div', { class: 'window' }, parent)
  const now = element('div', { class: 'now' }, parent)
  scope.add(() => [band, wave, window_, now].forEach((part) => part.remove()))
  let stretches: readonly Stretch[] = []

  let width = parent.clientWidth
  const place = (): void => {
    const whole = Math.max(0.001, view.durationSeconds)
    const share = Math.min(1, (view.to - view.from) / whole)
    window_.style.left = `${(view.from / whole) * 100}%`
    window_.style.width = `${share * 100}%`
    // Reckoned, not read: reading would lay the page out in every picture of a scroll.
    window_.classList.toggle('narrow', share * width < 24)
  }
  const drawBand = (): void => {
    const fitted = fitCanvas(band)
    if (!fitted) return
    const [context, width, height] = fitted
    const whole = new TimeView(view.durationSeconds)
    whole.setWidth(width)
    whole.show(0, view.durationSeconds)
    drawStretches({ context, width, height, view: whole, colour: (name) => token(band, name) }, stretches)
  }
  let strip: WaveSurfer | null = null
  /** The column up to which the strip is coloured; −1 = it is not drawn yet, or anew. */
  let played = -1
  let isDrawn = false
  const tick = (seconds: number): void => {
    const share = seconds / Math.max(0.001, view.durationSeconds)
    now.style.left = `${share * 100}%`
    const column = Math.round(share * COLUMNS)
    if (!isDrawn || column === played) return
    played = column
    strip?.setTime(seconds)
  }
  scope.add(view.events.on('change', place))
  scope.add(player.events.on('tick', tick))
  const sizes = new ResizeObserver(() => {
    width = parent.clientWidth
    drawBand()
    place()
  })
  sizes.observe(band)
  scope.add(() => sizes.disconnect())
  scope.listen(window, 'theme', drawBand)
  listenToHand(scope, parent, window_, { player, view })
  place()

  scope.add(() => strip?.destroy())
  return {
    showPeaks(peaks) {
      let asked = 0
      const draw = (): void => {
        const mine = ++asked
        // Fetched beside the page, which opens without it.
        import('wavesurfer.js').then(({ default: library }) => {
          if (scope.isClosed || mine !== asked) return
          strip?.destroy()
          isDrawn = false
          strip = createStrip(library, wave, peaks)
          strip.once('ready', () => {
            isDrawn = true
            played = -1
            tick(player.seconds)
          })
        }, () => undefined) // the lanes show the same, and the next opening fetches it again
      }
      draw()
      scope.listen(window, 'theme', draw)
      // Pieces of other levels come between, and do not change it.
      const stop = peaks.events.on('loaded', () => {
        if (!peaks.isWhole(peaks.overview) || !peaks.isWhole(0)) return
        stop()
        draw()
      })
      scope.add(stop)
      tick(player.seconds)
      place()
    },
    showStretches(next) {
      stretches = next
      parent.classList.toggle('with-parts', next.length > 0)
      drawBand()
    },
  }
}

/** It has no sound of its own: it is told where the player is, whichever of its elements that plays. */
function createStrip(library: typeof WaveSurfer, parent: HTMLElement, peaks: Peaks): WaveSurfer {
  const tops = new Float32Array(COLUMNS)
  const bottoms = new Float32Array(COLUMNS)
  const step = peaks.durationSeconds / COLUMNS
  const level = peaks.overview
  const gain = gainOf(peaks)
  for (let column = 0; column < COLUMNS; column++) {
    const peak = peaks.between(column * step, (column + 1) * step, level)
    tops[column] = Math.max(0, peak?.high ?? 0) * gain
    bottoms[column] = Math.min(0, peak?.low ?? 0) * gain
  }
  return library.create({
    container: parent,
    peaks: [tops, bottoms],
    duration: peaks.durationSeconds,
    height: 'auto',
    interact: false,
    cursorWidth: 0,
    hideScrollbar: true,
    waveColor: token(parent, 'wave'),
    progressColor: token(parent, 'wave-played'),
  })
}

/** Click = go there; drag the window = scroll; drag its edges = zoom. */
function listenToHand(
  scope: Scope,
  parent: HTMLElement,
  window_: HTMLElement,
  { player, view }: { player: Player; view: TimeView },
): void {
  let drag: { kind: 'move' | 'from' | 'to'; x: number; from: number; to: number; moved: boolean } | null = null
  const secondsPerPx = (): number => view.durationSeconds / parent.clientWidth
  scope.listen(parent, 'pointerdown', (event) => {
    if (event.button !== 0) return
    const box = window_.getBoundingClientRect()
    const atEdge = event.clientX - box.left < GRIP_PX ? 'from' : box.right - event.clientX < GRIP_PX ? 'to' : 'move'
    const inside = event.clientX >= box.left && event.clientX <= box.right
    if (!inside) {
      const middle = (event.clientX - parent.getBoundingClientRect().left) * secondsPerPx()
      view.moveTo(middle - (view.to - view.from) / 2)
    }
    drag = { kind: inside ? atEdge : 'move', x: event.clientX, from: view.from, to: view.to, moved: false }
    parent.setPointerCapture(event.pointerId)
  })
  scope.listen(parent, 'pointermove', (event) => {
    if (!drag) return
    const by = (event.clientX - drag.x) * secondsPerPx()
    drag.moved ||= Math.abs(event.clientX - drag.x) > 3
    if (!drag.moved) return
    if (drag.kind === 'move') view.moveTo(drag.from + by)
    if (drag.kind === 'from') view.show(Math.min(drag.from + by, drag.to - 0.05), drag.to)
    if (drag.kind === 'to') view.show(drag.from, Math.max(drag.to + by, drag.from + 0.05))
  })
  scope.listen(parent, 'pointerup', (event) => {
    if (drag && !drag.moved) player.seek((event.clientX - parent.getBoundingClientRect().left) * secondsPerPx())
    drag = null
  })
  scope.listen(parent, 'pointercancel', () => (drag = null))
}
