/** Facts: what is known about a snapshot, as lines for a person. */
import { count, fileSize, when } from '../lib/format'
import type { Network, Snapshot } from '../wire/types'
import { isPattern, isTrained } from './kinds'

/** 30_370_000 → "30.4 million", 61_000 → "61,000". */
export function inWords(value: number): string {
  if (value < 999_500) return count(value)
  const millions = value / 1e6
  return `${millions < 99.95 ? millions.toFixed(1).replace(/\.0$/, '') : count(Math.round(millions))} million`
}

/** What is wrong with the weights, though they can be drawn. */
export function warningsOf(snapshot: Snapshot): string[] {
  const { warnings } = snapshot.facts as { warnings?: unknown }
  return Array.isArray(warnings) ? warnings.filter((one): one is string => typeof one === 'string') : []
}

function numberFact(snapshot: Snapshot, name: string): number | null {
  const value = snapshot.facts[name]
  return typeof value === 'number' ? value : null
}

/** Name and words; hashes stand by themselves. */
export function factLines(network: Network, snapshot: Snapshot): [string, string][] {
  const mapping = numberFact(snapshot, 'mapping_layers')
  const weights = numberFact(snapshot, 'parameters')
  const size = fileSize(snapshot.size_bytes)
  return [
    ['Size', `${snapshot.resolution} × ${snapshot.resolution}`],
    ['z, w', `${snapshot.z_dim}, ${snapshot.w_dim} × ${snapshot.num_ws}`],
    ['Classes', snapshot.num_classes > 0 ? String(snapshot.num_classes) : 'none'],
    ...(mapping === null ? [] : [['Mapping layers', String(mapping)] as [string, string]]),
    ['Weights', weights === null ? size : `${inWords(weights)}, ${size}`],
    origin(network, snapshot),
    ['Added', when(snapshot.created_at)],
  ]
}

function origin(network: Network, snapshot: Snapshot): [string, string] {
  if (isPattern(network)) return ['Made from', `seed ${network.seed}`]
  if (isTrained(snapshot)) return ['Trained on', typeof snapshot.facts.trained_on === 'string' ? snapshot.facts.trained_on : 'pictures of this project']
  return snapshot.original_name ? ['Imported from', snapshot.original_name] : ['Came with', 'Phosphene']
}

/** "2 scenes", "1 scene", "—". */
export function usedWords(used: readonly unknown[] | undefined): string {
  const many = used?.length ?? 0
  return many === 0 ? '—' : many === 1 ? '1 scene' : `${many} scenes`
}
