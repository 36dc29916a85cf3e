/** What forms of their own are made from: models inside a visualizer's schema, such as a bend or the function of a signal. */
import type { ParameterSchema, Visualizer } from '../wire/types'
import { fieldFrom, type Field } from './schema'

export interface OwnRule extends ParameterSchema {
  $ref?: string
  const?: unknown
  items?: OwnRule
  properties?: Record<string, OwnRule>
  /** What a form can begin with. */
  examples?: unknown[]
  'x-form'?: string
  /** The values of other fields with which this one is read at all. */
  'x-when'?: Record<string, readonly string[]>
  'x-takes'?: readonly string[]
  'x-gives'?: string | null
  'x-many'?: boolean
}

export type Root = Visualizer['schema'] & { $defs?: Record<string, OwnRule> }

export interface OwnField extends Field {
  when: Record<string, readonly string[]>
}

/** The parameter that this form makes, if the visualizer has one. */
export function parameterOf(root: Root, form: string): { name: string; rule: OwnRule } | null {
  const found = Object.entries(root.properties as Record<string, OwnRule>).find(([, rule]) => rule['x-form'] === form)
  return found ? { name: found[0], rule: found[1] } : null
}

/** The model that a rule, or each item of it, points to. */
export function modelOf(rule: OwnRule, root: Root): OwnRule {
  const pointer = rule.$ref ?? rule.items?.$ref
  return pointer ? (root.$defs?.[pointer.split('/').at(-1) ?? ''] ?? {}) : rule
}

export function fieldsOf(model: OwnRule, root: Root): OwnField[] {
  return Object.entries(model.properties ?? {}).map(([name, rule]) => ({ ...fieldFrom(name, rule, root), when: rule['x-when'] ?? {} }))
}

/** Whether the field means anything beside these values. */
export function isRead({ when }: OwnField, values: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(when).every(([name, wanted]) => wanted.includes(String(values[name])))
}

/** The values, completed by defaults. */
export function completed(fields: readonly OwnField[], values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...Object.fromEntries(fields.filter((field) => field.default !== null).map((field) => [field.name, field.default])), ...values }
}

/** The list with one item at another place. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const rest = items.filter((_, place) => place !== from)
  const at = Math.min(rest.length, Math.max(0, to))
  return from in items ? [...rest.slice(0, at), items[from]!, ...rest.slice(at)] : [...items]
}
