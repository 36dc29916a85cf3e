/** Recipes: pure changes of a vector, as hands make them in the explorer. Nothing here draws. */
import { isSameVector, plainVector, type Mix, type Rows, type Step, type Term, type Tweak, type VectorSpec } from '../network/vectors'

/** The studio refuses more than this (gpu_service/protocol/vectors.py). */
const DEEPEST = 4
const MOST_PARTS = 64
const MOST = { terms: 8, tweaks: 16, steps: 64, mixes: 8 } as const

export type PartList = keyof typeof MOST

export const ALL_ROWS: Rows = { first: 0, end: null }
/** A direction goes this far each way on its slider; more may be typed. */
export const FARTHEST = 5

export const TWEAK_KINDS: readonly { kind: Tweak['kind']; label: string }[] = [
  { kind: 'scale', label: 'Scale' }, { kind: 'sine', label: 'Sine' }, { kind: 'square', label: 'Square' }, { kind: 'line', label: 'Line' },
]

/** A tweak that shows at once; scaling by one would not. */
export function firstTweak(kind: Tweak['kind']): Tweak {
  return { kind, amount: kind === 'scale' ? 1.1 : 0.5, cycles: 1, phase: 0, space: 'w' }
}

/** The step along one direction, if there is one. */
export function stepOf(vector: VectorSpec, file: string, index: number): Step | undefined {
  return vector.steps.find((step) => step.file === file && step.index === index)
}

/** So far along a direction; not at all takes it away. `rows` stay as they were unless they are given. */
export function withStep(vector: VectorSpec, file: string, index: number, change: { amount?: number; rows?: Rows }): VectorSpec {
  const before = stepOf(vector, file, index)
  const step: Step = { file, index, amount: change.amount ?? before?.amount ?? 0, rows: change.rows ?? before?.rows ?? ALL_ROWS }
  const rest = vector.steps.filter((one) => one !== before)
  if (step.amount === 0) return { ...vector, steps: rest }
  return { ...vector, steps: before ? vector.steps.map((one) => (one === before ? step : one)) : [...rest, step] }
}

export function added<L extends PartList>(vector: VectorSpec, list: L, part: VectorSpec[L][number]): VectorSpec {
  return { ...vector, [list]: [...vector[list], part] }
}

export function changed<L extends PartList>(vector: VectorSpec, list: L, at: number, change: Partial<VectorSpec[L][number]>): VectorSpec {
  return { ...vector, [list]: vector[list].map((part, place) => (place === at ? { ...part, ...change } : part)) }
}

export function without(vector: VectorSpec, list: PartList, at: number): VectorSpec {
  return { ...vector, [list]: vector[list].filter((_, place) => place !== at) }
}

/** Why the studio would refuse it, or null. */
export function tooMuch(vector: VectorSpec): string | null {
  for (const list of Object.keys(MOST) as PartList[]) {
    if (vector[list].length > MOST[list]) return `A vector has at most ${MOST[list]} ${list}.`
  }
  if (depthOf(vector) > DEEPEST || sizeOf(vector) > MOST_PARTS) return `A vector is made of at most ${MOST_PARTS} others, ${DEEPEST} deep. Pin something simpler and begin from there.`
  return null
}

const partsOf = (vector: VectorSpec): VectorSpec[] => [...vector.terms, ...vector.mixes].map((part) => part.of)
const depthOf = (vector: VectorSpec): number => 1 + Math.max(0, ...partsOf(vector).map(depthOf))
const sizeOf = (vector: VectorSpec): number => 1 + partsOf(vector).reduce((sum, part) => sum + sizeOf(part), 0)

/** The directions files that it reads, its parts' too. */
export function filesOf(vector: VectorSpec): string[] {
  return [...new Set([...vector.steps.map((step) => step.file), ...partsOf(vector).flatMap(filesOf)])]
}

/** Another seed: what was added to the former one stays, so that a direction can be seen on many. */
export function withSeed(vector: VectorSpec, seed: number): VectorSpec {
  return { ...vector, seed, z: null }
}

/** The seed alone, seen as the rest of this one is: same class, same truncation. */
export function plainOf(vector: VectorSpec, seed: number, label = vector.label): VectorSpec {
  return plainVector(seed, { label, truncation: vector.truncation, truncation_end: vector.truncation_end })
}

/** Rows that a network with `many` of them has: [first, end). */
export function rowSpan(rows: Rows, many: number): [number, number] {
  const end = Math.min(rows.end ?? many, many)
  return [Math.min(rows.first, end), end]
}

/** Rows between two of them, whichever way a hand dragged; to the last one means to whatever the last one is. */
export function rowsBetween(one: number, other: number, many: number): Rows {
  const [first, last] = [Math.min(one, other), Math.max(one, other)]
  return { first, end: last >= many - 1 ? null : last + 1 }
}

/** "Rows 8 to 17: colour and detail". Coarse rows say where things are, fine ones how they are painted. */
export function rowWords(rows: Rows, many: number): string {
  const [first, end] = rowSpan(rows, many)
  if (end <= first) return 'No rows'
  if (first === 0 && end === many) return 'All rows'
  const span = end - first === 1 ? `Row ${first}` : `Rows ${first} to ${end - 1}`
  const middle = (first + end) / 2 / many
  const meaning = end - first > many * 0.6 ? '' : middle < 0.3 ? ': pose and shape' : middle < 0.6 ? ': features' : ': colour and detail'
  return span + meaning
}

// --- as text ---

type Json = Record<string, unknown>
const isPlain = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Without what is as usual: short enough for an address, easy to read. */
export function brief(vector: VectorSpec): Json {
  const usual = plainVector(0)
  const kept = Object.entries(vector).filter(([name, value]) => name === 'seed' || JSON.stringify(value) !== JSON.stringify(usual[name as keyof VectorSpec]))
  const inside = (name: string, value: unknown): unknown =>
    name === 'terms' || name === 'mixes' ? (value as (Term | Mix)[]).map((part) => ({ ...part, of: brief(part.of) })) : value
  return Object.fromEntries(kept.map(([name, value]) => [name, inside(name, value)]))
}

/** A recipe out of JSON that somebody pasted. Throws a sentence. */
export function fromBrief(value: unknown): VectorSpec {
  if (!isPlain(value)) throw new Error('This is no recipe of a vector: it should be JSON in braces, with a seed.')
  const usual = plainVector(0)
  const odd = Object.keys(value).find((name) => !(name in usual))
  if (odd !== undefined) throw new Error(`This is no recipe of a vector: it has a field “${odd}”.`)
  if (!('seed' in value) && !('z' in value)) throw new Error('This is no recipe of a vector: it has neither a seed nor a z.')
  const made: VectorSpec = { ...usual, ...value }
  if (!Number.isInteger(made.seed) || made.seed < 0 || made.seed > 2 ** 32 - 1) throw new Error('The seed of the recipe should be a whole number from 0 to 4,294,967,295.')
  if (typeof made.truncation !== 'number' || made.truncation < -2 || made.truncation > 2) throw new Error('The truncation of the recipe should be a number from −2 to 2.')
  for (const list of Object.keys(MOST) as PartList[]) {
    if (!Array.isArray(made[list]) || !made[list].every(isPlain)) throw new Error(`“${list}” of the recipe should be a list.`)
  }
  made.tweaks = made.tweaks.map((part) => ({ ...firstTweak(part.kind), ...part }))
  made.steps = made.steps.map((part) => ({ ...part, rows: { ...ALL_ROWS, ...part.rows } }))
  made.terms = made.terms.map((part) => ({ ...part, space: part.space ?? 'w', of: fromBrief(part.of) }))
  made.mixes = made.mixes.map((part) => ({ rows: { ...ALL_ROWS, ...part.rows }, of: fromBrief(part.of) }))
  const wrong = tooMuch(made)
  if (wrong) throw new Error(wrong)
  return made
}

/** The name of a vector that stands inside of another: of the pin it came from, else what it is made of. */
export function nameOf(vector: VectorSpec, pins: readonly { name: string; vector: VectorSpec }[], title: (vector: VectorSpec) => string): string {
  return pins.find((pin) => isSameVector(pin.vector, vector))?.name ?? title(vector)
}
