/** Tints: colours mixed of the theme's, and what the waveform is coloured by: how much of it is low, mid and high. */
import type { NamedCurve } from './track_lanes'

export type Rgb = readonly [number, number, number]

/** "#92cd70" → [146, 205, 112]; grey for what is none. */
export function rgbOf(colour: string): Rgb {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour.trim())
  return found ? [parseInt(found[1]!, 16), parseInt(found[2]!, 16), parseInt(found[3]!, 16)] : [128, 128, 128]
}

/** From one colour (share 0) to another (share 1). */
export function mixed(from: Rgb, to: Rgb, share: number): Rgb {
  return [0, 1, 2].map((part) => from[part]! + (to[part]! - from[part]!) * share) as unknown as Rgb
}

const GROUPS = [['bass'], ['low_mid', 'mid'], ['high_mid', 'high']]
const HUES = ['hue-red', 'hue-green', 'hue-blue']
/** The stronger part wins more than its share: mixtures of everything would all be grey. */
const CONTRAST = 6
const STEPS = 12
const FACTOR = 8

/** How strong low, mid and high are over time, each against its own loudest, 0…255; and coarser means of it. */
export interface BandTints {
  secondsPerValue: number
  /** levels[k]: three numbers each for 8ᵏ points. */
  levels: Uint8Array[]
}

/** Null where the analysis found no bands. */
export function bandTints(curves: readonly NamedCurve[]): BandTints | null {
  const groups = GROUPS.map((names) => curves.filter(({ name }) => names.includes(name)))
  const first = groups[0]![0]
  if (!first || groups.some((group) => group.length === 0)) return null
  const finest = new Uint8Array(first.values.length * 3)
  groups.forEach((group, part) => {
    for (let at = 0; at < first.values.length; at++) {
      let most = 0
      for (const { values } of group) if (values[at]! > most) most = values[at]!
      finest[at * 3 + part] = most
    }
  })
  const levels: Uint8Array[] = [finest]
  while (levels.at(-1)!.length > 3 * 64) levels.push(coarser(levels.at(-1)!))
  return { secondsPerValue: first.secondsPerValue, levels }
}

function coarser(values: Uint8Array): Uint8Array {
  const count = Math.ceil(values.length / 3 / FACTOR)
  const made = new Uint8Array(count * 3)
  for (let at = 0; at < count; at++) {
    const end = Math.min(values.length / 3, (at + 1) * FACTOR)
    for (let part = 0; part < 3; part++) {
      let sum = 0
      for (let from = at * FACTOR; from < end; from++) sum += values[from * 3 + part]!
      made[at * 3 + part] = sum / (end - at * FACTOR)
    }
  }
  return made
}

/** The colour of a stretch of sound. One painter per theme: mixed colours are remembered. */
export function createTintPainter(tints: BandTints, colour: (name: string) => string): (from: number, to: number) => string {
  const hues = HUES.map((name) => rgbOf(colour(name)))
  const known = new Map<number, string>()
  return (from, to) => {
    const level = Math.min(tints.levels.length - 1, Math.max(0, Math.floor(Math.log((to - from) / tints.secondsPerValue) / Math.log(FACTOR))))
    const values = tints.levels[level]!
    const seconds = tints.secondsPerValue * FACTOR ** level
    const at = Math.min(values.length / 3 - 1, Math.max(0, Math.round((from + to) / 2 / seconds - (level > 0 ? 0.5 : 0)))) * 3
    const most = Math.max(1, values[at]!, values[at + 1]!, values[at + 2]!)
    const steps = [0, 1, 2].map((part) => Math.round((values[at + part]! / most) ** CONTRAST * STEPS))
    const key = (steps[0]! << 8) | (steps[1]! << 4) | steps[2]!
    const found = known.get(key)
    if (found !== undefined) return found
    const whole = Math.max(1, steps[0]! + steps[1]! + steps[2]!)
    const made = `rgb(${[0, 1, 2].map((part) => Math.round(hues.reduce((sum, hue, band) => sum + hue[part]! * steps[band]!, 0) / whole)).join(' ')})`
    known.set(key, made)
    return made
  }
}
