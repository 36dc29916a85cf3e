/** The lane of the spectrogram: its pitches are named at the left, its tiles come as one looks. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import { createLaneCanvas, type Drawing } from './lane_canvas'
import { SPECTROGRAM, type LaneSettings } from './lane_settings'
import type { LaneSpec } from './lane_stack'
import type { SpectrogramFacts } from './spectrogram'
import type { TimelineOptions } from './timeline'

const FIRST_HEIGHT = 120
const PITCHES: [number, string][] = [[50, '50'], [100, '100'], [200, '200'], [500, '500'], [1000, '1k'], [2000, '2k'], [5000, '5k'], [10_000, '10k Hz']]
const LABEL_PX = 15
const WORDS: Record<string, string> = { waiting: 'The spectrogram waits for its turn', working: 'The spectrogram is being drawn', failed: 'The spectrogram could not be drawn' }

interface SpectrogramLaneOptions {
  mostHeight: number
  /** Drawn over it. */
  overlay: ((drawing: Drawing) => void) | undefined
}

export function spectrogramLane({ sound, view, missing }: TimelineOptions, settings: LaneSettings, { mostHeight, overlay }: SpectrogramLaneOptions): LaneSpec {
  const mount = (scope: Scope, cell: HTMLElement): void => {
    sound.spectrogramAsked.want()
    const note = element('span', { class: 'lane-note', hidden: true, role: 'status' }, cell)
    const again = element('button', { class: 'lane-again btn small', type: 'button', hidden: true }, cell, 'Try again')
    scope.listen(again, 'click', () => sound.spectrogramAsked.again())
    const paint = (drawing: Drawing): void => {
      const spectrogram = sound.spectrogram.get()
      if (!spectrogram) return
      spectrogram.draw(drawing)
      namePitches(drawing, spectrogram.facts)
      overlay?.(drawing)
    }
    const lane = createLaneCanvas(scope, cell, view, paint)
    let stop = (): void => undefined
    const listen = (): void => {
      stop()
      stop = sound.spectrogram.get()?.events.on('loaded', lane.redraw) ?? stop
      lane.redraw()
    }
    const tell = (): void => {
      const asked = sound.spectrogramAsked.state.get()
      const words = WORDS[asked?.state ?? ''] ?? ''
      note.hidden = words === ''
      again.hidden = asked?.state !== 'failed'
      note.textContent = asked?.state === 'failed' && asked.sentence ? asked.sentence : words
    }
    scope.listen(window, 'theme', () => sound.spectrogram.get()?.forgetColours())
    scope.add(() => stop())
    scope.add(sound.spectrogram.subscribe(listen))
    scope.add(sound.spectrogramAsked.state.subscribe(tell))
    listen()
    tell()
  }
  return {
    id: SPECTROGRAM,
    title: 'Spectrogram',
    hue: 'hue-violet',
    height: settings.heights[SPECTROGRAM] ?? FIRST_HEIGHT,
    isCurve: true,
    mostHeight,
    hasEye: true,
    missing: sound.peaks.get() ? null : missing(),
    mount,
  }
}

function namePitches({ context, height, colour }: Drawing, { low_hz, high_hz }: SpectrogramFacts): void {
  context.font = `11px ${colour('font')}`
  context.textBaseline = 'middle'
  const octaves = Math.log(high_hz / low_hz)
  let last = Infinity
  for (const [hertz, name] of PITCHES) {
    const y = height * (1 - Math.log(hertz / low_hz) / octaves)
    if (last - y < LABEL_PX || y < 7 || y > height - 7) continue
    last = y
    context.fillStyle = colour('surface-well')
    context.globalAlpha = 0.6
    context.fillRect(0, y - 7, context.measureText(name).width + 12, 14)
    context.globalAlpha = 1
    context.fillStyle = colour('text-soft')
    context.fillRect(0, Math.round(y), 4, 1)
    context.fillText(name, 7, y + 0.5)
  }
}
