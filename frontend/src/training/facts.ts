import { sentenceCase } from '../lib/format'
import { valueWords } from './fields'
import type { Run } from './wire'

export interface ConfigLine {
  name: string
  title: string
  value: string
  isChanged: boolean
}

/** Every setting of a run; those that are not as in its preset are marked. */
export function configLines(run: { config: Record<string, unknown>; differences: Run['differences'] }, titles: Readonly<Record<string, string>> = {}): ConfigLine[] {
  return Object.entries(run.config).map(([name, value]) => {
    const difference = run.differences.find((one) => one.name === name)
    return { name, title: titles[name] ?? difference?.title ?? sentenceCase(name), value: valueWords(value), isChanged: difference !== undefined }
  })
}
