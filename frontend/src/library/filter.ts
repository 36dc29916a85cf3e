/** Filter: which portraits are looked at, in which order. The same shape in the address, in chips, in saved views and in versions. */

export type Range = [number | null, number | null]
export type TimeRange = [string | null, string | null]
export type Verdict = 'any' | 'unreviewed' | 'picked' | 'rejected'
export type Sort = 'taken' | 'received' | 'sharpness' | 'face_px' | 'stars'

/** Only what is set; a missing condition lets everything through. */
export interface Filter {
  verdict?: Verdict
  stars?: Range
  sessions?: string[]
  devices?: string[]
  taken?: TimeRange
  faces?: Range
  face_px?: Range
  sharpness?: Range
  clipped?: Range
  brightness?: Range
  roll?: Range
  yaw?: Range
  off_centre?: Range
  duplicates?: 'all' | 'tops' | 'stacked'
  stack?: number
  state?: 'any' | 'ready' | 'broken'
  text?: string
  binned?: boolean
  sort?: Sort
  descending?: boolean
}

export type RangeName = 'stars' | 'faces' | 'face_px' | 'sharpness' | 'clipped' | 'brightness' | 'roll' | 'yaw' | 'off_centre'
/** What a chip stands for: conditions that narrow. Verdict, order and bin have places of their own. */
export type ConditionName = RangeName | 'sessions' | 'devices' | 'taken' | 'duplicates' | 'stack' | 'state' | 'text'

export const rangeNames: readonly RangeName[] = ['faces', 'sharpness', 'face_px', 'roll', 'clipped', 'brightness', 'yaw', 'off_centre', 'stars']
/** In the order in which the studio counts them up, so that the chips' counts fall from left to right. */
export const conditionNames: readonly ConditionName[] = [
  'stars', 'sessions', 'devices', 'taken', 'faces', 'face_px', 'sharpness', 'clipped', 'brightness', 'roll', 'yaw', 'off_centre', 'duplicates', 'stack', 'state', 'text',
]

/** Where one lands: what nobody has decided about yet, the newest first. */
export const landing: Filter = { descending: true, verdict: 'unreviewed' }

const idle: Record<string, unknown> = { verdict: 'any', duplicates: 'all', state: 'any', text: '', binned: false, sort: 'taken', descending: false }

/** Without what says nothing, keys in one order: equal filters have equal texts. */
export function tidy(filter: Filter): Filter {
  const entries = Object.entries(filter).filter(([name, value]) => {
    if (value === undefined || value === null || value === idle[name]) return false
    return !(Array.isArray(value) && (value.length === 0 || value.every((one) => one === null)))
  })
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) as Filter
}

export function textOf(filter: Filter): string {
  return JSON.stringify(tidy(filter))
}

export function areEqual(one: Filter, other: Filter): boolean {
  return textOf(one) === textOf(other)
}

/** The conditions that are set, in the order in which chips show them. */
export function conditionsOf(filter: Filter): ConditionName[] {
  const kept = tidy(filter)
  return conditionNames.filter((name) => kept[name] !== undefined)
}

export function without(filter: Filter, ...names: (keyof Filter)[]): Filter {
  return tidy(Object.fromEntries(Object.entries(filter).filter(([name]) => !names.includes(name as keyof Filter))))
}

/** Another session or view keeps the order and the tab. */
export function withOnly(filter: Filter, change: Filter): Filter {
  const { sort, descending, verdict } = filter
  return tidy({ ...(sort ? { sort } : {}), ...(descending ? { descending } : {}), ...(verdict ? { verdict } : {}), ...change })
}

/** What a page shows: the filter, the portrait that is looked at, and how. */
export interface Place {
  filter: Filter
  at: number | null
  view: 'grid' | 'loupe' | 'compare'
  version: string | null
}

/** "?filter=…&at=17&view=loupe". The landing filter is the plain address. */
export function addressOf({ filter, at, view, version }: Place): string {
  const words = new URLSearchParams()
  if (!areEqual(filter, landing)) words.set('filter', textOf(filter))
  if (at !== null) words.set('at', String(at))
  if (view !== 'grid') words.set('view', view)
  if (version !== null) words.set('version', version)
  const text = words.toString()
  return text === '' ? '' : `?${text}`
}

/** Reads an address; what cannot be read is left out rather than shown as an error. */
export function placeOf(search: string): Place {
  const words = new URLSearchParams(search)
  const at = Number(words.get('at'))
  const view = words.get('view')
  return {
    filter: readFilter(words.get('filter')),
    at: Number.isInteger(at) && at > 0 ? at : null,
    view: view === 'loupe' || view === 'compare' ? view : 'grid',
    version: words.get('version'),
  }
}

const verdicts = ['any', 'unreviewed', 'picked', 'rejected']
const sorts = ['taken', 'received', 'sharpness', 'face_px', 'stars']

function readFilter(text: string | null): Filter {
  if (text === null) return landing
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch {
    return landing
  }
  if (typeof said !== 'object' || said === null || Array.isArray(said)) return landing
  return filterFrom(said as Record<string, unknown>)
}

/** A filter out of anything that came over the wire or by hand: only conditions that make sense. */
export function filterFrom(said: Record<string, unknown>): Filter {
  const made: Record<string, unknown> = {}
  for (const name of rangeNames) if (isPair(said[name], 'number')) made[name] = said[name]
  if (isPair(said.taken, 'string')) made.taken = said.taken
  for (const name of ['sessions', 'devices']) if (isWords(said[name])) made[name] = said[name]
  if (Number.isInteger(said.stack)) made.stack = said.stack
  if (typeof said.text === 'string') made.text = said.text.slice(0, 200)
  for (const name of ['binned', 'descending']) if (said[name] === true) made[name] = true
  const chosen: [string, readonly string[]][] = [['verdict', verdicts], ['sort', sorts], ['duplicates', ['all', 'tops', 'stacked']], ['state', ['any', 'ready', 'broken']]]
  for (const [name, allowed] of chosen) if (allowed.includes(said[name] as string)) made[name] = said[name]
  return tidy(made as Filter)
}

function isPair(value: unknown, type: 'number' | 'string'): boolean {
  if (!Array.isArray(value) || value.length !== 2 || value.every((one) => one === null)) return false
  if (!value.every((one) => one === null || typeof one === type)) return false
  const [from, to] = value as (number | null)[]
  return from === null || to === null || from! <= to!
}

function isWords(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')
}
