/** A visualizer's JSON Schema as fields of a form: what kind each is, where it stands, what it may hold. */
import type { ParameterSchema, ParameterValues, Visualizer } from '../wire/types'

/** A path is made by the explorer: a form names it and leaves it alone. */
export type FieldKind = 'slider' | 'number' | 'switch' | 'choice' | 'range' | 'text' | 'path'

export interface Field {
  name: string
  title: string
  help: string
  group: string
  unit: string
  kind: FieldKind
  default: unknown
  /** The ends of the slider. */
  minimum: number
  maximum: number
  /** What may be typed: often more than the slider shows. */
  least: number
  most: number
  step: number
  isLog: boolean
  isWhole: boolean
  /** Acts on the running picture at once. */
  isDraw: boolean
  /** Curves may drive it. */
  isRoutable: boolean
  choices: { value: string | number; label: string }[]
}

export interface FieldGroup {
  title: string
  fields: Field[]
}

type Resolved = ParameterSchema & { $ref?: string; allOf?: ParameterSchema[]; prefixItems?: ParameterSchema[] }
type Root = Visualizer['schema'] & { $defs?: Record<string, ParameterSchema> }

/** The fields in their groups, in the order of the model. */
export function groupsOf(schema: Visualizer['schema']): FieldGroup[] {
  const places = Object.entries(schema.properties).map(([name, rule], index) => ({ name, rule, place: rule['x-order'] ?? index }))
  const groups: FieldGroup[] = []
  for (const { name, rule } of places.sort((one, other) => one.place - other.place)) {
    if (rule['x-control'] === 'json') continue
    const field = fieldOf(name, resolved(rule, schema))
    const group = groups.find(({ title }) => title === field.group)
    if (group) group.fields.push(field)
    else groups.push({ title: field.group, fields: [field] })
  }
  return groups
}

/** One property of any model of the schema, such as of one bend or one function. */
export function fieldFrom(name: string, rule: ParameterSchema, root: Visualizer['schema']): Field {
  return fieldOf(name, resolved(rule, root))
}

/** Follows one `$ref`, one lonely `allOf`, and the first choice that is not null. */
function resolved(rule: Resolved, root: Root): Resolved {
  if (rule.$ref) return { ...root.$defs?.[rule.$ref.split('/').at(-1) ?? ''], ...rule }
  if (rule.allOf?.length === 1) return { ...resolved(rule.allOf[0] ?? {}, root), ...rule }
  const given = rule.anyOf?.find((choice) => (choice.type as string) !== 'null')
  return given ? { ...resolved(given, root), ...rule } : rule
}

function fieldOf(name: string, rule: Resolved): Field {
  const limits = rule.type === 'array' ? (rule.items ?? rule.prefixItems?.[0] ?? {}) : rule
  const isWhole = limits.type === 'integer'
  const least = limits.minimum ?? limits.exclusiveMinimum ?? -Infinity
  const most = limits.maximum ?? limits.exclusiveMaximum ?? Infinity
  const [minimum, maximum] = rule['x-slider'] ?? [least, most]
  return {
    name,
    title: rule.title ?? name,
    help: rule.description ?? '',
    group: rule['x-group'] ?? 'Parameters',
    unit: rule['x-unit'] ?? '',
    kind: kindOf(rule, minimum, maximum),
    default: rule.default ?? null,
    minimum,
    maximum,
    least,
    most,
    step: rule['x-step'] ?? stepFor(minimum, maximum, isWhole),
    isLog: rule['x-scale'] === 'log' && minimum > 0,
    isWhole,
    isDraw: (rule['x-stage'] ?? 'draw') === 'draw',
    isRoutable: rule['x-routable'] === true,
    choices: (rule.enum ?? []).map((value) => ({ value, label: wordsOf(String(value)) })),
  }
}

function kindOf(rule: Resolved, minimum: number, maximum: number): FieldKind {
  if (rule['x-control'] === 'path') return 'path'
  if (rule.enum) return 'choice'
  if (rule.type === 'boolean') return 'switch'
  if (rule.type === 'array') return 'range'
  if (rule.type === 'string') return 'text'
  if (rule['x-control'] === 'number' || !Number.isFinite(minimum) || !Number.isFinite(maximum)) return 'number'
  return 'slider'
}

function stepFor(minimum: number, maximum: number, isWhole: boolean): number {
  if (isWhole) return 1
  const span = maximum - minimum
  return Number.isFinite(span) && span > 0 ? 10 ** Math.floor(Math.log10(span / 100)) : 0.01
}

/** Choices whose own word is jargon. */
const plainWords: Record<string, string> = { const: 'constant', rgb: 'colours', x: 'across', y: 'down' }

/** "by_loudness" → "By loudness". */
function wordsOf(value: string): string {
  const words = plainWords[value] ?? value.replaceAll(/[-_]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Where a value stands on its slider, 0…1. */
export function shareOf({ minimum, maximum, isLog }: Field, value: number): number {
  const share = isLog ? Math.log(value / minimum) / Math.log(maximum / minimum) : (value - minimum) / (maximum - minimum)
  return Math.min(1, Math.max(0, share))
}

/** The value at a place of the slider, on a step. */
export function valueAt(field: Field, share: number): number {
  const { minimum, maximum, isLog } = field
  const within = Math.min(1, Math.max(0, share))
  return rounded(field, isLog ? minimum * (maximum / minimum) ** within : minimum + (maximum - minimum) * within)
}

/** Onto a step and between the limits; 0.30000000000000004 becomes 0.3. */
export function rounded({ least, most, step, isWhole }: Field, value: number): number {
  const stepped = isWhole ? Math.round(value) : Number((Math.round(value / step) * step).toFixed(decimalsOf(step)))
  return Math.min(most, Math.max(least, stepped))
}

/** One key press: a step; on a logarithmic slider one hundredth of its way. */
export function stepped(field: Field, value: number, count: number): number {
  if (!field.isLog) return clamped(field, value + count * field.step)
  return clamped(field, field.minimum * (field.maximum / field.minimum) ** (shareOf(field, value) + count / 100))
}

function clamped({ least, most, isWhole, step }: Field, value: number): number {
  const exact = isWhole ? Math.round(value) : Number(value.toFixed(decimalsOf(step) + 1))
  return Math.min(most, Math.max(least, exact))
}

function decimalsOf(step: number): number {
  return Math.max(0, Math.min(6, Math.ceil(-Math.log10(step) - 1e-9)))
}

/** As it stands in the value box. */
export function shown(field: Field, value: unknown): string {
  if (typeof value !== 'number') return String(value ?? '')
  if (field.isWhole) return String(value)
  const decimals = decimalsOf(field.step)
  const text = value.toFixed(decimals)
  return (Math.abs(Number(text) - value) > field.step / 20 ? String(Number(value.toFixed(decimals + 1))) : text).replace('-', '−')
}

/** Fills from the middle: the same distance both ways. */
export function isBipolar({ minimum, maximum, isLog }: Field): boolean {
  return !isLog && minimum < 0 && Math.abs(minimum + maximum) < 1e-9
}

export function isChanged(field: Field, value: unknown): boolean {
  if (field.kind === 'path') return false
  if (typeof value === 'number' && typeof field.default === 'number') return Math.abs(value - field.default) > Math.abs(field.step) / 1000
  return JSON.stringify(value) !== JSON.stringify(field.default)
}

/** A path in words: “3 pins, 6 beats”. */
export function pathWords(value: unknown): string {
  const points = Array.isArray(value) ? (value as { length?: number }[]) : []
  if (points.length === 0) return 'No pins yet'
  const beats = points.reduce((sum, { length }) => sum + (length ?? 0), 0)
  return `${points.length} ${points.length === 1 ? 'pin' : 'pins'}, ${Number(beats.toFixed(2))} ${beats === 1 ? 'beat' : 'beats'}`
}

/** What is wrong with a number somebody wrote; null when nothing is. */
export function wrongNumber({ least, most, isWhole }: Field, value: number): string | null {
  if (Number.isFinite(value) && value >= least && value <= most && (!isWhole || Number.isInteger(value))) return null
  const number = isWhole ? 'a whole number' : 'a number'
  if (Number.isFinite(least) && Number.isFinite(most)) return `Write ${number} from ${least} to ${most}.`
  return `Write ${number}.`
}

/** Values that bring these fields back to their defaults. */
export function defaultsOf(fields: Field[]): ParameterValues {
  return Object.fromEntries(fields.map((field) => [field.name, field.default]))
}

/** Whether the scene stands as this preset would put it: the preset's values, and the defaults where it says nothing. */
export function isInForce(preset: ParameterValues, values: ParameterValues, fields: readonly Field[]): boolean {
  return fields.every((field) => !isChanged({ ...field, default: field.name in preset ? preset[field.name] : field.default }, field.name in values ? values[field.name] : field.default))
}
