/** The language of signals as the catalogue tells it: which functions there are, where in a chain they stand, what they take. */
import { fieldFrom, type Field } from '../schema'
import type { Root } from '../own_schema'

export type Kind = 'sound' | 'curve' | 'frames'
export type Step = { do: string } & Record<string, unknown>

export interface Signal {
  source: string
  chain: Step[]
}

export interface Drive extends Signal {
  name: string
}

/** Beside these, each output that is no drive stands under its own name. */
export type SignalSet = { name: string; counted_at: number; drives: Drive[] } & Record<string, unknown>

export interface Func {
  name: string
  help: string
  takes: readonly string[]
  /** null: what it was given. */
  gives: string | null
  isMany: boolean
  fields: Field[]
}

export interface Output {
  name: string
  title: string
}

export function languageOf(root: Root): Func[] {
  return Object.values(root.$defs ?? {}).flatMap((model) => {
    const name = model.properties?.do?.const
    if (typeof name !== 'string' || !model['x-takes']) return []
    const fields = Object.entries(model.properties ?? {}).filter(([keyword]) => keyword !== 'do').map(([keyword, rule]) => fieldFrom(keyword, rule, root))
    return [{ name, help: model.description ?? '', takes: model['x-takes'], gives: model['x-gives'] ?? null, isMany: model['x-many'] === true, fields }]
  })
}

/** The outputs of a set, but for its drives, in the order of the model. */
export function outputsOf(root: Root): Output[] {
  const set = root.$defs?.SignalSet?.properties ?? {}
  return Object.entries(set).filter(([, rule]) => rule.$ref?.endsWith('/Signal')).map(([name, rule]) => ({ name, title: rule.title ?? name }))
}

/** Whether each function gets what it takes, and frames come out. */
export function isFitting(chain: readonly Step[], language: readonly Func[]): boolean {
  let have = 'sound'
  for (const step of chain) {
    const func = language.find(({ name }) => name === step.do)
    if (!func?.takes.includes(have)) return false
    have = func.gives ?? have
  }
  return have === 'frames'
}

/** Functions that can be put in at this place. */
export function insertable(chain: readonly Step[], at: number, language: readonly Func[]): Func[] {
  return language.filter((func) => !func.isMany && isFitting([...chain.slice(0, at), newStep(func), ...chain.slice(at)], language))
}

/** Functions that can stand in place of this one, itself among them. */
export function swappable(chain: readonly Step[], at: number, language: readonly Func[]): Func[] {
  const isMany = language.find(({ name }) => name === chain[at]?.do)?.isMany ?? false
  return language.filter((func) => func.name === chain[at]?.do || (func.isMany === isMany && isFitting(chain.map((step, place) => (place === at ? newStep(func) : step)), language)))
}

export function newStep({ name, fields }: Func): Step {
  return { do: name, ...Object.fromEntries(fields.map((field) => [field.name, field.default])) }
}

/** "drums: onset, resample, norm" */
export function summaryOf({ source, chain }: Signal): string {
  return `${source}: ${chain.map((step) => step.do).join(', ')}`
}

/** The name of the set that stands here unchanged. */
export function setInForce<T>(sets: readonly { name: string; value: T }[], value: T): string | null {
  const text = sorted(value)
  return sets.find((one) => sorted(one.value) === text)?.name ?? null
}

/** JSON in which the order of names does not count. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (part && typeof part === 'object' && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1))) : part))
}

/** Bends go on being driven by a drive whose name changes. */
export function bendsRenamed(bends: unknown, from: string, to: string): Record<string, unknown>[] {
  return (Array.isArray(bends) ? (bends as Record<string, unknown>[]) : []).map((bend) => (bend.drive === from ? { ...bend, drive: to } : bend))
}

/** A name that no other drive has. */
export function freeName(drives: readonly Drive[]): string {
  for (let number = drives.length + 1; ; number++) if (!drives.some(({ name }) => name === `drive ${number}`)) return `drive ${number}`
}
