/** Sources: what a route may listen to, what it is called, and the colour it has everywhere. */
import type { CueAction, RouteSource, RouteSpec } from '../../wire/types'

export interface SourceChoice {
  id: string
  group: string
  title: string
  source: RouteSource
}

const NOTES = ['C', 'C♯', 'D', 'E♭', 'E', 'F', 'F♯', 'G', 'A♭', 'A', 'B♭', 'B']
const CURVES = {
  loudness: 'Loudness', short_term: 'Slow loudness', onset: 'Onsets', brightness: 'Brightness', tempo: 'Tempo',
  beat: 'Beat', bar: 'Bar', segment: 'Part of the track',
} as const
const BANDS = { bass: 'Bass', low_mid: 'Low mids', mid: 'Mids', high_mid: 'High mids', high: 'Highs' } as const
const OWN_STEMS = { drums: 'Drums', bass: 'Bass stem', vocals: 'Vocals', other: 'Other stem', harmonic: 'Harmonic part', percussive: 'Percussive part' } as const
const WAVES = { sine: 'Sine', triangle: 'Triangle', saw: 'Saw', square: 'Square' } as const

/** "Loudness", "“drop” cues", "Sine over 4 beats". */
export function sourceTitle(source: RouteSource, routes: readonly RouteSpec[] = []): string {
  switch (source.kind) {
    case 'band': return BANDS[source.band]
    case 'stem': return source.stem in OWN_STEMS ? OWN_STEMS[source.stem as keyof typeof OWN_STEMS] : `Stem “${source.stem}”`
    case 'chroma': return `Note ${NOTES[source.pitch]}`
    case 'cue': return `“${source.label}” cues`
    case 'lfo': return `${WAVES[source.wave]} over ${counted(source.period, source.unit)}`
    case 'drawn': return 'Drawn curve'
    case 'chance': return source.every === 1 ? `Chance every ${source.unit === 'beats' ? 'beat' : 'second'}` : `Chance every ${counted(source.every, source.unit)}`
    case 'route': {
      const other = routes.find(({ id }) => id === source.id)
      return other && other.source.kind !== 'route' ? `As ${sourceTitle(other.source).replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())}` : 'Another route'
    }
    case 'loudness': case 'short_term': case 'onset': case 'brightness': case 'tempo': case 'beat': case 'bar': case 'segment': return CURVES[source.kind]
  }
}

function counted(count: number, unit: 'beats' | 'seconds'): string {
  const number = Number(count.toFixed(3))
  if (unit === 'seconds') return `${number} s`
  return number === 1 ? '1 beat' : `${number} beats`
}

/** A name of a design token. */
export function sourceHue(source: RouteSource, cueHues: Readonly<Record<string, string>> = {}): string {
  switch (source.kind) {
    case 'loudness': case 'short_term': return 'hue-blue'
    case 'band': return 'hue-green'
    case 'onset': return 'hue-orange'
    case 'brightness': return 'hue-yellow'
    case 'chroma': case 'lfo': return 'hue-violet'
    case 'cue': return cueHues[source.label] ?? 'hue-pink'
    case 'stem': return 'hue-red'
    case 'chance': case 'drawn': return 'hue-pink'
    case 'route': return 'hue-grey'
    case 'tempo': case 'beat': case 'bar': case 'segment': return 'hue-yellow'
  }
}

/** Everything a route can listen to, as the list of the route button shows it. */
export function sourceChoices({ labels, stems, routes, duration, targetOf }: {
  labels: readonly string[]
  stems: readonly string[]
  routes: readonly RouteSpec[]
  duration: number
  targetOf: (route: RouteSpec) => string
}): SourceChoice[] {
  const of = (group: string, title: string, source: RouteSource): SourceChoice => ({ id: JSON.stringify(source), group, title, source })
  const plain = (group: string, kinds: (keyof typeof CURVES)[]) => kinds.map((kind) => of(group, CURVES[kind], { kind }))
  const stemNames = [...new Set([...Object.keys(OWN_STEMS), ...stems])]
  return [
    ...plain('Loudness and hits', ['loudness', 'short_term', 'onset', 'brightness']),
    ...Object.entries(BANDS).map(([band, title]) => of('Bands', title, { kind: 'band', band: band as keyof typeof BANDS })),
    ...plain('Time', ['beat', 'bar', 'tempo', 'segment']),
    ...labels.map((label) => of('Cues', `“${label}” cues`, { kind: 'cue', label, hold_seconds: 0.05 })),
    of('Made by hand', 'Wave (LFO)', { kind: 'lfo', wave: 'sine', period: 4, unit: 'beats', phase: 0 }),
    of('Made by hand', 'Drawn curve', { kind: 'drawn', points: [[0, 0], [Math.max(1, Math.round(duration)), 1]], unit: 'seconds' }),
    of('Made by hand', 'Chance', { kind: 'chance', seed: 0, every: 1, unit: 'beats', glide: 0 }),
    ...stemNames.map((stem) => of('Stems', sourceTitle({ kind: 'stem', stem }), { kind: 'stem', stem })),
    ...NOTES.map((note, pitch) => of('Notes', `Note ${note}`, { kind: 'chroma', pitch })),
    ...routes.map((route) => of('Other routes', `${sourceTitle(route.source, routes)} on ${targetOf(route)}`, { kind: 'route', id: route.id })),
  ]
}

export function newRoute(id: string, parameter: string, source: RouteSource): RouteSpec {
  return {
    id, parameter, source, amount: 0.5, offset: 0, smoothing_seconds: 0, attack_seconds: 0, release_seconds: source.kind === 'cue' || source.kind === 'onset' ? 0.2 : 0,
    quantise: 0, bend: 0, invert: false, is_bypassed: false, is_solo: false,
  }
}

/** The routes that move the picture: not bypassed, and where any is solo, only these and those on amounts. */
export function actingRoutes(routes: readonly RouteSpec[]): RouteSpec[] {
  const on = routes.filter((route) => !route.is_bypassed)
  const solo = new Set(on.filter((route) => route.is_solo).map(({ id }) => id))
  if (solo.size === 0) return on
  // Who soloes a route on an amount wants to hear what that amount does.
  for (let grown = true; grown;) {
    const more = on.flatMap(({ id, parameter }) => (solo.has(id) && parameter.startsWith('route:') ? [parameter.slice('route:'.length)] : []))
    grown = more.some((id) => !solo.has(id))
    more.forEach((id) => solo.add(id))
  }
  return on.filter(({ id, parameter }) => solo.has(id) || parameter.startsWith('route:'))
}

/** Whether going over to this source would make routes wait for one another. */
export function wouldRing(routes: readonly RouteSpec[], id: string, source: RouteSource): boolean {
  for (let next = source.kind === 'route' ? source.id : null, steps = 0; next !== null && steps <= routes.length; steps++) {
    if (next === id) return true
    const listened = routes.find((route) => route.id === next)?.source
    next = listened?.kind === 'route' ? listened.id : null
  }
  return false
}

export const WAVE_CHOICES = Object.entries(WAVES).map(([value, label]) => ({ value, label }))
export const ACTION_TITLES: Record<CueAction['kind'], string> = {
  snapshot: 'Cut to a snapshot', vector: 'Go to a pin', envelope: 'Move a parameter', hold: 'Hold the picture', seed: 'Change the seed',
}
