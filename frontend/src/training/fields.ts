/** Fields: how the value of a setting is written and read, and what the groups of settings are called. */
import { sentenceCase } from '../lib/format'
import type { PlanField, Presets } from './wire'

/** What settings and their values are called, by name. */
export type FieldWords = Readonly<Record<string, Pick<PlanField, 'title' | 'choices'>>>

export function wordsOf(presets: Presets | undefined): FieldWords {
  if (!presets) return {}
  const preset = { title: 'Preset', choices: presets.items.map(({ name, title }) => ({ value: name, title })) }
  return { preset, ...Object.fromEntries(presets.settings.map(({ name, title, choices }) => [name, { title, choices }])) }
}

export function titleOf(name: string, words: FieldWords): string {
  return words[name]?.title ?? sentenceCase(name)
}

export interface FieldGroup {
  title: string
  /** What everybody wants to see first, and the rest. */
  plain: PlanField[]
  advanced: PlanField[]
  changed: number
}

/** The groups in the order in which their first fields come. */
export function groupsOf(fields: readonly PlanField[]): FieldGroup[] {
  const groups: FieldGroup[] = []
  for (const field of fields) {
    let group = groups.find((one) => one.title === field.group)
    if (!group) groups.push((group = { title: field.group, plain: [], advanced: [], changed: 0 }))
    group[field.advanced ? 'advanced' : 'plain'].push(field)
    if (field.changed) group.changed += 1
  }
  return groups
}

/** The settings with other values. */
export function withValues(fields: readonly PlanField[], values: Readonly<Record<string, unknown>>): PlanField[] {
  return fields.map((one) => {
    const value = one.name in values ? values[one.name] : one.value
    return { ...one, value, changed: JSON.stringify(value) !== JSON.stringify(one.default) }
  })
}

/** 0.0025 → "0.0025", 0.30000000000000004 → "0.3", 16384 → "16,384", null → "automatic". */
export function valueWords(value: unknown, field?: Pick<PlanField, 'choices'>): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((one) => valueWords(one, field)).join(', ')
  if (typeof value === 'number') return numberWords(value)
  return field?.choices?.find((one) => one.value === value)?.title ?? String(value)
}

/** As exact as it is meant, without the dust of binary fractions. */
export function numberWords(value: number): string {
  if (Number.isInteger(value)) return Math.abs(value) >= 10_000 ? value.toLocaleString('en-US') : String(value)
  return String(Number(value.toPrecision(6)))
}

/** What a person typed as the setting's value, or why it cannot be. Empty is null where the setting may be left out. */
export function readValue(field: Pick<PlanField, 'kind' | 'optional' | 'minimum' | 'maximum' | 'title'>, text: string): { value: unknown } | { wrong: string } {
  const said = text.trim().replaceAll(/[\s,](?=\d{3}\b)/g, '').replace(',', '.').replace('−', '-')
  if (said === '') return field.optional ? { value: null } : { wrong: 'A number belongs here.' }
  const value = Number(said)
  if (!Number.isFinite(value)) return { wrong: `“${text.trim()}” is no number.` }
  if (field.kind === 'integer' && !Number.isInteger(value)) return { wrong: 'This is a whole number.' }
  const { minimum, maximum } = field
  if ((minimum !== null && value < minimum) || (maximum !== null && value > maximum)) return { wrong: rangeWords(minimum, maximum) }
  return { value }
}

export function rangeWords(minimum: number | null, maximum: number | null): string {
  if (minimum !== null && maximum !== null) return `From ${numberWords(minimum)} to ${numberWords(maximum)}.`
  return minimum !== null ? `At least ${numberWords(minimum)}.` : `At most ${numberWords(maximum ?? 0)}.`
}
