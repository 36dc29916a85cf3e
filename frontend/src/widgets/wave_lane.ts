/** The lane of the waveform: drawn once for a view; while the sound runs only what has just been heard is drawn again. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import { drawGrid } from './draw_time'
import { drawWave, isDeeperThanPeaks, type WaveSource } from './draw_wave'
import { createLaneCanvas, type Drawing } from './lane_canvas'
import type { Player } from './player'
import type { TimeView } from './time_view'
import { createTintPainter } from './tints'
import type { TrackSound } from './track_sound'

export interface WaveLaneOptions {
  sound: TrackSound
  view: TimeView
  player: Player
  hasTints: () => boolean
  /** Drawn over the waveform. */
  overlay?: ((drawing: Drawing) => void) | undefined
}

const LOOKS_AFTER_MS = 500

export function mountWave(scope: Scope, cell: HTMLElement, { sound, view, player, hasTints, overlay }: WaveLaneOptions): void {
  const note = element('span', { class: 'lane-note', hidden: true, role: 'status' }, cell)
  let tinted: { colour: Drawing['colour']; tint: WaveSource['tint'] } | null = null
  let shownX = 0
  const sourceOf = ({ colour }: Drawing): WaveSource | null => {
    const peaks = sound.peaks.get()
    const tints = hasTints() ? sound.tints() : null
    if (tints && tinted?.colour !== colour) tinted = { colour, tint: createTintPainter(tints, colour) }
    return peaks && { peaks, samples: sound.samples.get(), tint: tints ? (tinted?.tint ?? null) : null }
  }
  const playedX = (): number => Math.round(Math.min(view.width, Math.max(0, view.xOf(player.seconds))))
  const paint = (drawing: Drawing, left: number, right: number): void => {
    const source = sourceOf(drawing)
    drawGrid(drawing, sound.beats.get())
    if (source) drawWave(drawing, source, { left, right, playedX: shownX })
    overlay?.(drawing)
  }
  let last: Drawing | null = null
  const lane = createLaneCanvas(scope, cell, view, (drawing) => {
    last = drawing
    shownX = playedX()
    paint(drawing, 0, drawing.width)
    lookCloser()
  })
  scope.listen(window, 'theme', () => (tinted = null))
  scope.add(player.events.on('tick', () => {
    const x = playedX()
    if (x === shownX || !last) return
    const [left, right] = [Math.min(x, shownX) - 1, Math.max(x, shownX) + 1]
    shownX = x
    redrawPart(last, left, right, () => last && paint(last, Math.max(0, left), Math.min(right, last.width)))
  }))

  let timer: (() => void) | null = null
  /** Who stays so close for a moment wants to see samples. */
  const lookCloser = (): void => {
    timer?.()
    timer = null
    const peaks = sound.peaks.get()
    const isDeep = peaks !== null && isDeeperThanPeaks(peaks, view.pxPerSecond)
    showNote(note, isDeep ? sound.samplesAsked.state.get()?.state : undefined)
    if (isDeep) timer = scope.after(LOOKS_AFTER_MS, () => sound.samplesAsked.want())
  }
  const peaks = sound.peaks.get()
  if (peaks) scope.add(peaks.events.on('loaded', lane.redraw))
  let stop = (): void => undefined
  const listenToSamples = (): void => {
    stop()
    stop = sound.samples.get()?.events.on('loaded', lane.redraw) ?? stop
    lane.redraw()
  }
  scope.add(() => stop())
  scope.add(sound.samples.subscribe(listenToSamples))
  scope.add(sound.samplesAsked.state.subscribe(lane.redraw))
  listenToSamples()
}

function redrawPart({ context, height }: Drawing, left: number, right: number, draw: () => void): void {
  context.save()
  context.beginPath()
  context.rect(left, 0, right - left, height)
  context.clip()
  context.clearRect(left, 0, right - left, height)
  draw()
  context.restore()
}

const NOTES: Record<string, string> = {
  waiting: 'Samples are unpacked soon', working: 'Unpacking the samples', failed: 'The samples could not be unpacked',
}

function showNote(note: HTMLElement, state: string | undefined): void {
  const words = NOTES[state ?? ''] ?? ''
  note.hidden = words === ''
  if (note.textContent !== words) note.textContent = words
}
