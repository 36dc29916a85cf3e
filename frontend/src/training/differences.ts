/** Differences: of a run from its preset, and of several runs from each other. */
import { titleOf, valueWords, type FieldWords } from './fields'
import type { Run } from './wire'

interface DifferenceLine {
  name: string
  title: string
  value: string
  /** The preset's value. */
  before: string
}

export function differenceLines(differences: Run['differences'], words: FieldWords): DifferenceLine[] {
  return differences.map(({ name, title, value, preset_value: before }) => ({ name, title, value: valueWords(value, words[name]), before: valueWords(before, words[name]) }))
}

interface ConfigLine {
  name: string
  title: string
  value: string
  isChanged: boolean
}

type Configured = Pick<Run, 'differences'> & { config: Readonly<Record<string, unknown>> }

/** Every setting of a run; those that are not as in its preset are marked. */
export function configLines(run: Configured, words: FieldWords): ConfigLine[] {
  const changed = new Set(run.differences.map((one) => one.name))
  return Object.entries(run.config).map(([name, value]) => ({ name, title: titleOf(name, words), value: valueWords(value, words[name]), isChanged: changed.has(name) }))
}

interface ComparedLine {
  name: string
  title: string
  /** One for each run, in their order. */
  values: string[]
}

/** Settings that are not the same in all runs, by the names that the runs know. */
export function comparedLines(runs: readonly Configured[], words: FieldWords): ComparedLine[] {
  const names = [...new Set(runs.flatMap((one) => Object.keys(one.config)))]
  return names.flatMap((name) => {
    const values = runs.map((one) => one.config[name])
    if (new Set(values.map((one) => JSON.stringify(one ?? null))).size < 2) return []
    return [{ name, title: titleOf(name, words), values: values.map((one) => valueWords(one, words[name])) }]
  })
}
