/** The waveform: peaks in one tone, loudness (rms) in a second on top, played and not yet played in two pairs of colours. */
import type { Drawing } from './lane_canvas'
import type { Peaks } from './peaks'

export interface WaveTones {
  peak: string
  body: string
}

export const PLAYED: WaveTones = { peak: 'wave-played-peak', body: 'wave-played' }
export const UNPLAYED: WaveTones = { peak: 'wave-peak', body: 'wave' }

/** Quiet tracks are drawn larger, loud ones as they are. */
export function gainOf(peaks: Peaks): number {
  const all = peaks.between(0, peaks.durationSeconds, 0)
  const loudest = all ? Math.max(-all.low, all.high) : 1
  return loudest > 1e-4 ? Math.min(8, 1 / loudest) : 1
}

export function drawWave({ context, width, height, view, colour }: Drawing, peaks: Peaks, tones: WaveTones): void {
  const level = peaks.levelFor(view.pxPerSecond)
  peaks.want(view.from, view.to, level)
  const middle = height / 2
  const reach = middle * 0.94 * gainOf(peaks)
  const step = Math.min(1, 1 / (window.devicePixelRatio || 1))
  const peakPath = new Path2D()
  const bodyPath = new Path2D()
  for (let x = 0; x < width; x += step) {
    const from = view.from + x / view.pxPerSecond
    if (from >= peaks.durationSeconds) break
    const peak = peaks.between(from, from + step / view.pxPerSecond, level)
    if (!peak) continue
    const top = Math.min(middle - 0.5, middle - peak.high * reach)
    const bottom = Math.max(middle + 0.5, middle - peak.low * reach)
    peakPath.rect(x, top, step, bottom - top)
    const body = Math.max(0.5, peak.rms * reach)
    const bodyTop = Math.max(top, middle - body)
    bodyPath.rect(x, bodyTop, step, Math.min(bottom, middle + body) - bodyTop)
  }
  context.fillStyle = colour(tones.peak)
  context.fill(peakPath)
  context.fillStyle = colour(tones.body)
  context.fill(bodyPath)
}
