/** Vectors of a network as people make them: recipes, not numbers (gpu_service/protocol/vectors.py says how they are worked out). */
import { count, plural } from '../lib/format'

/** Rows `first` … `end` - 1 of w; null = all that follow. */
export interface Rows {
  first: number
  end: number | null
}

export interface Tweak {
  kind: 'scale' | 'sine' | 'square' | 'line'
  amount: number
  cycles: number
  /** In turns. */
  phase: number
  space: 'z' | 'w'
}

/** `amount` along one row of a directions file, which its SHA-256 names. */
export interface Step {
  file: string
  index: number
  amount: number
  rows: Rows
}

export interface Term {
  of: VectorSpec
  amount: number
  space: 'z' | 'w'
}

export interface Mix {
  of: VectorSpec
  rows: Rows
}

export interface VectorSpec {
  seed: number
  z: number[] | null
  label: number | null
  truncation: number
  truncation_end: number | null
  terms: Term[]
  tweaks: Tweak[]
  steps: Step[]
  mixes: Mix[]
}

/** What a picture depends on beside its vector. The last four move StyleGAN3's input alone. */
export interface Look {
  noise: 'const' | 'none' | 'random'
  noise_seed: number
  noise_strength: number
  pan_x: number
  pan_y: number
  turn: number
  zoom: number
}

export const plainLook: Look = { noise: 'const', noise_seed: 0, noise_strength: 1, pan_x: 0, pan_y: 0, turn: 0, zoom: 1 }

/** How many vectors a growth sheet shows, and how far they are truncated. */
export const USUAL_VECTORS = 8
export const USUAL_TRUNCATION = 0.7

export function plainVector(seed: number, part: Partial<VectorSpec> = {}): VectorSpec {
  return { seed, z: null, label: null, truncation: USUAL_TRUNCATION, truncation_end: null, terms: [], tweaks: [], steps: [], mixes: [], ...part }
}

/** The class where nobody has chosen one: a network that has classes draws its first. */
export function usualLabel(classes: number | undefined): number | null {
  return classes ? 0 : null
}

/** Seeds `first`, `first` + 1, …: any eight that stand side by side are as good as eight strewn ones. */
export function seedRow(first: number, label: number | null = null, many = USUAL_VECTORS): VectorSpec[] {
  return Array.from({ length: many }, (_, at) => plainVector(first + at, { label }))
}

/** "Seed 1213 + 3 directions, 1 mix". Truncation and look are not part of it. */
export function vectorTitle(vector: VectorSpec): string {
  const own = vector.z === null ? `Seed ${vector.seed}` : `Own z, ${plural(vector.z.length, 'number')}`
  const added = [
    [vector.terms.length, 'vector'], [vector.steps.length, 'direction'], [vector.mixes.length, 'mix', 'mixes'], [vector.tweaks.length, 'tweak'],
  ] as const
  const parts = added.filter(([many]) => many > 0).map(([many, one, several]) => plural(many, one, several))
  return `${own}${vector.label === null ? '' : `, class ${count(vector.label)}`}${parts.length > 0 ? ` + ${parts.join(', ')}` : ''}`
}

/** The same recipe, whatever the order in which its fields were written. */
export function isSameVector(one: VectorSpec, other: VectorSpec): boolean {
  return canonical(one) === canonical(other)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner)
}
