/** Differences: of a run from its preset, and of several runs from each other. */
import { valueWords } from './fields'
import type { Difference, Run } from './wire'
import { sentenceCase } from '../lib/format'

export interface DifferenceLine {
  name: string
  title: string
  value: string
  /** The preset's value. */
  before: string
}

export function differenceLines(differences: readonly Difference[]): DifferenceLine[] {
  return differences.map(({ name, title, value, preset_value: before }) => ({ name, title, value: valueWords(value), before: valueWords(before) }))
}

export interface ComparedLine {
  name: string
  title: string
  /** One for each run, in their order. */
  values: string[]
}

/** Settings that are not the same in all runs, by the names that the runs know. */
export function comparedLines(runs: readonly { config: Record<string, unknown>; differences: Run['differences'] }[], titles: Readonly<Record<string, string>> = {}): ComparedLine[] {
  const names = [...new Set(runs.flatMap((one) => Object.keys(one.config)))]
  return names.flatMap((name) => {
    const values = runs.map((one) => one.config[name])
    if (new Set(values.map((one) => JSON.stringify(one ?? null))).size < 2) return []
    const title = titles[name] ?? runs.flatMap((one) => one.differences).find((one) => one.name === name)?.title ?? sentenceCase(name)
    return [{ name, title, values: values.map((one) => valueWords(one)) }]
  })
}
