/** Queries: the lists around the grid, kept fresh by events under [noun in plural, owner]. */
import type { QueryKey } from '@tanstack/react-query'
import { get } from '../wire/api'
import type { Items } from '../wire/types'
import type { Version, VersionDiff } from './versions'
import type { Dataset, History, PortraitFacts, SavedView, Session } from './wire'

function ask<Answer>(key: QueryKey, path: string) {
  return { queryKey: key, queryFn: ({ signal }: { signal: AbortSignal }) => get<Answer>(path, signal) }
}

export const libraryQueries = {
  datasets: (project: string) => ask<Items<Dataset>>(['datasets', project], `/projects/${project}/datasets`),
  dataset: (id: string) => ask<Dataset>(['dataset', id], `/datasets/${id}`),
  /** What one's next undo and redo would be. */
  history: (dataset: string) => ask<History>(['history', dataset], `/datasets/${dataset}/history?limit=1`),
  sessions: (dataset: string) => ask<Items<Session>>(['sessions', dataset], `/datasets/${dataset}/sessions`),
  views: (dataset: string) => ask<Items<SavedView>>(['views', dataset], `/datasets/${dataset}/views`),
  /** By the id of the view. */
  viewCounts: (dataset: string) => ask<{ counts: Record<string, number> }>(['view-counts', dataset], `/datasets/${dataset}/views/counts`),
  versions: (dataset: string) => ask<Items<Version>>(['versions', dataset], `/datasets/${dataset}/versions`),
  version: (id: string) => ask<Version>(['version', id], `/versions/${id}`),
  /** `added` is what the second has and the first has not. */
  diff: (from: string, to: string) => ask<VersionDiff>(['version-diff', from, to], `/versions/${from}/diff/${to}`),
  facts: (portrait: number) => ask<PortraitFacts>(['portrait', portrait], `/portraits/${portrait}`),
}
