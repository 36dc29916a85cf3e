/** Wire: what the studio says of datasets, portraits, decisions and versions, and how this page asks for it. */
import { get, post, request } from '../wire/api'
import type { components } from '../wire/schema'
import type { Items } from '../wire/types'
import { textOf, type Filter } from './filter'
import type { SelectionBody } from './selection'

type Schemas = components['schemas']

export type Dataset = Schemas['DatasetOut']
export type Session = Schemas['SessionOut']
export type Portrait = Omit<Schemas['PortraitOut'], 'verdict'> & { verdict: -1 | 0 | 1 }

/** `box` is [x, y, width, height] in pixels of the upright original. */
export interface FoundFace {
  box: [number, number, number, number]
  score?: number
  points?: ([number, number] | null)[] | null
}

export type PortraitFacts = Omit<Schemas['PortraitFactsOut'], 'verdict' | 'faces_found'> & { verdict: -1 | 0 | 1; faces_found: FoundFace[] }

export type IndexSection = Schemas['GridSectionOut']
export type LibraryIndex = Schemas['IndexOut']
export type Histogram = Schemas['HistogramOut']
export type Facets = Schemas['FacetsOut']

export interface BatchAnswer {
  /** Null when nothing changed. */
  batch_id: number | null
  count: number
  label: string
  /** Changed by somebody else since, so left alone by undo. */
  kept_others?: number
  /** Of undo and redo: which ones, when they are few. */
  ids?: number[] | null
}

export type History = Schemas['HistoryOut']

export type SavedView = Schemas['ViewOut']

export interface Decision {
  verdict?: -1 | 0 | 1
  stars?: number
}

function withFilter(path: string, filter: Filter, more: Record<string, string | number | null> = {}): string {
  const words = new URLSearchParams({ filter: textOf(filter) })
  for (const [name, value] of Object.entries(more)) if (value !== null && value !== '') words.set(name, String(value))
  return `${path}?${words.toString()}`
}

/** Everything of one dataset. */
export function createLibraryWire(dataset: string) {
  const base = `/datasets/${dataset}`
  return {
    index: (filter: Filter, at: number | null, signal?: AbortSignal) => get<LibraryIndex>(withFilter(`${base}/index`, filter, { at }), signal),
    page: (filter: Filter, after: string | null, limit: number, signal?: AbortSignal) =>
      get<{ items: Portrait[]; next: string | null }>(withFilter(`${base}/portraits`, filter, { after, limit }), signal),
    facets: (filter: Filter, signal?: AbortSignal) => get<Facets>(withFilter(`${base}/facets`, filter), signal),
    decide: (selection: SelectionBody, decision: Decision) => post<BatchAnswer>(`${base}/decide`, { selection, ...decision }),
    undo: () => post<BatchAnswer>(`${base}/undo`),
    redo: () => post<BatchAnswer>(`${base}/redo`),
    bin: (selection: SelectionBody) => post<BatchAnswer>(`${base}/bin`, { selection }),
    restore: (selection: SelectionBody) => post<BatchAnswer>(`${base}/bin/restore`, { selection }),
    views: (signal?: AbortSignal) => get<Items<SavedView>>(`${base}/views`, signal),
    saveView: (name: string, query: Filter) => post<SavedView>(`${base}/views`, { name, query }),
    removeView: (id: string) => request<void>('DELETE', `${base}/views/${id}`),
    download: (selection: SelectionBody, which: 'original' | 'view') => post<{ url: string }>(`${base}/downloads`, { selection, which }),
    sessions: (signal?: AbortSignal) => get<Items<Session>>(`${base}/sessions`, signal),
    facts: (id: number, signal?: AbortSignal) => get<PortraitFacts>(`/portraits/${id}`, signal),
  }
}

export type LibraryWire = ReturnType<typeof createLibraryWire>
