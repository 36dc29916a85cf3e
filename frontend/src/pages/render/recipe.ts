/** Recipe: what a film was made from, as lines to read, and how two recipes differ. */
import { clock, frameRate, framesPerSecond, plural } from '../../lib/format'
import type { ParameterSchema, Recipe, Visualizer } from '../../wire/types'

export interface Line {
  name: string
  value: string
}

/** A value as its schema means it: with unit, words for switches, no needless digits. */
export function valueText(value: unknown, schema: ParameterSchema | undefined): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (Array.isArray(value)) return value.map((one) => valueText(one, undefined)).join(', ')
  if (typeof value === 'object') return JSON.stringify(value)
  const text = typeof value === 'number' ? numberText(value) : String(value)
  return schema?.['x-unit'] ? `${text} ${schema['x-unit']}` : text
}

function numberText(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(4))).replace('-', '−')
}

/** Every parameter with its title, in the order of the visualizer's form. */
export function parameterLines(recipe: Recipe, visualizer: Visualizer | undefined): Line[] {
  const schema = visualizer?.schema.properties ?? {}
  const order = (name: string): number => schema[name]?.['x-order'] ?? Object.keys(schema).indexOf(name)
  return Object.entries(recipe.scene.parameters)
    .toSorted(([a], [b]) => order(a) - order(b))
    .map(([name, value]) => ({ name: schema[name]?.title ?? name, value: valueText(value, schema[name]) }))
}

/** Size, rate, range, film and sound. */
export function filmLines(recipe: Recipe): Line[] {
  const fps = framesPerSecond(recipe.scene.fps)
  const { encoder, audio } = recipe
  return [
    { name: 'Size', value: `${recipe.scene.width} × ${recipe.scene.height}` },
    { name: 'Frame rate', value: frameRate(recipe.scene.fps) },
    { name: 'From, to', value: `${clock(recipe.first_frame / fps)} – ${clock(recipe.end_frame / fps)}` },
    { name: 'Film', value: [codecName(encoder.codec), encoder.pix_fmt, encoder.crf === undefined ? '' : `CRF ${encoder.crf}`].filter(Boolean).join(', ') },
    { name: 'Sound', value: [String(audio.codec ?? '').toUpperCase(), bitrate(audio.bitrate)].filter(Boolean).join(' ') },
  ]
}

function codecName(codec: unknown): string {
  return codec === 'libx264' ? 'H.264' : String(codec ?? '')
}

function bitrate(value: unknown): string {
  if (typeof value === 'number') return `${Math.round(value / 1000)} kbit/s`
  return typeof value === 'string' ? value.replace(/k$/, ' kbit/s') : ''
}

/** How the frames were computed, once the first of them has been claimed. */
export function codePathLines(recipe: Recipe): Line[] {
  const path = recipe.code_path
  if (!path) return []
  return [
    { name: 'Drawn on', value: [path.device_kind, path.precision, path.compiled ? 'compiled' : ''].filter(Boolean).join(', ') },
    { name: 'Frames at once', value: String(path.batch ?? '') },
  ].filter((line) => line.value !== '')
}

/** One line for each thing that is not the same: "0.30 → 0.38". */
export function differences(now: Recipe, before: Recipe, visualizer: Visualizer | undefined): Line[] {
  const lines: Line[] = []
  const compare = (name: string, right: string, left: string): void => {
    if (left !== right) lines.push({ name, value: `${left} → ${right}` })
  }
  compare('Visualizer', now.scene.visualizer, before.scene.visualizer)
  compare('Track', trackName(now), trackName(before))
  if (trackName(now) === trackName(before) && now.scene.tracks[0]?.sha256 !== before.scene.tracks[0]?.sha256) lines.push({ name: 'Track', value: 'another file of the same name' })
  compare('Snapshots', snapshotNames(now), snapshotNames(before))
  compare('Cues', plural(now.scene.cues.length, 'cue'), plural(before.scene.cues.length, 'cue'))
  if (JSON.stringify(now.scene.markers) !== JSON.stringify(before.scene.markers)) lines.push({ name: 'Beat grid', value: 'changed' })
  const schema = visualizer?.schema.properties ?? {}
  const names = new Set([...Object.keys(now.scene.parameters), ...Object.keys(before.scene.parameters)])
  for (const name of names) {
    compare(schema[name]?.title ?? name, valueText(now.scene.parameters[name], schema[name]), valueText(before.scene.parameters[name], schema[name]))
  }
  const [film, older] = [filmLines(now), filmLines(before)]
  film.forEach((line, at) => compare(line.name, line.value, older[at]?.value ?? ''))
  return lines
}

export function trackName(recipe: Recipe): string {
  return recipe.scene.tracks[0]?.name ?? 'none'
}

export function snapshotNames(recipe: Recipe): string {
  return recipe.scene.snapshots.map((one) => one.name).join(', ') || 'none'
}
