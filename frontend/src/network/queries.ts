/** Queries: what belongs to a network, kept fresh by events under [noun in plural, owner]. */
import type { QueryKey } from '@tanstack/react-query'
import { get, post } from '../wire/api'
import type { Items, Page, Snapshot } from '../wire/types'
import type { Look, VectorSpec } from './vectors'
import type { Directions, Import, Pin, Sheets, SnapshotExport } from './wire'

function ask<Answer>(key: QueryKey, path: string) {
  return { queryKey: key, queryFn: ({ signal }: { signal: AbortSignal }) => get<Answer>(path, signal) }
}

/** Every page of a list: for lists that a person can look through. */
async function all<T>(path: string, signal: AbortSignal): Promise<Items<T>> {
  const items: T[] = []
  for (let after: string | null = ''; after !== null;) {
    const page: Page<T> = await get<Page<T>>(after === '' ? path : `${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(after)}`, signal)
    items.push(...page.items)
    after = page.next
  }
  return { items }
}

export interface SheetsWanted {
  vectors: readonly VectorSpec[]
  snapshotIds: readonly string[]
  /** Side of each picture, px. */
  tile: number
  look?: Look
}

export const networkQueries = {
  imports: (project: string) => ({ queryKey: ['imports', project], queryFn: ({ signal }: { signal: AbortSignal }) => all<Import>(`/projects/${project}/snapshot-imports`, signal) }),
  pins: (network: string) => ({ queryKey: ['pins', network], queryFn: ({ signal }: { signal: AbortSignal }) => all<Pin>(`/networks/${network}/pins`, signal) }),
  /** Under the pins' own noun: whatever changes a pin asks for both lists again. */
  binnedPins: (network: string) => ({ queryKey: ['pins', network, 'binned'], queryFn: ({ signal }: { signal: AbortSignal }) => all<Pin>(`/networks/${network}/pins?binned=true`, signal) }),
  /** `many` is part of the key: another number of them is another list. */
  binned: (network: string, many: number) => ({ queryKey: ['snapshots', network, many], queryFn: ({ signal }: { signal: AbortSignal }) => all<Snapshot>(`/networks/${network}/snapshots?binned=true`, signal) }),
  directions: (snapshot: string) => ask<Items<Directions>>(['directions', snapshot], `/snapshots/${snapshot}/directions`),
  exports: (snapshot: string) => ask<Items<SnapshotExport>>(['exports', snapshot], `/snapshots/${snapshot}/exports`),
  /**
   * Asking is ordering: what is drawn already comes at once, the rest is told by events (sheets.ts). The key is none of an event's
   * nouns: asking again of itself would order again what failed.
   */
  sheets: (network: string, { vectors, snapshotIds, tile, look }: SheetsWanted) => ({
    queryKey: ['drawings', network, JSON.stringify([vectors, snapshotIds, tile, look ?? null])],
    queryFn: () => post<Sheets>(`/networks/${network}/sheets`, { vectors, snapshot_ids: snapshotIds, tile, ...(look ? { look } : {}) }),
  }),
}
