/** Wire: what the studio says of datasets, portraits, decisions and versions, and how this page asks for it. */
import { get, post, request } from '../wire/api'
import type { Items } from '../wire/types'
import { textOf, type Filter } from './filter'
import type { SelectionBody } from './selection'

export interface DatasetCounts {
  all: number
  ready: number
  broken: number
  scored: number
  picked: number
  rejected: number
  unreviewed: number
  binned: number
}

export interface Dataset {
  id: string
  project_id: string
  name: string
  note: string
  revision: number
  counts: DatasetCounts
  sessions: number
  cover_url: string | null
  created_at: string
}

export interface Session {
  id: string
  dataset_id: string
  device_id: string | null
  device_name: string
  source: 'device' | 'upload' | 'archive'
  name: string
  prompt: string
  place: string
  camera: Record<string, unknown>
  started_at: string
  ended_at: string | null
  count: number
  warning: string
}

export interface Portrait {
  id: number
  session_id: string
  name: string
  taken_at: string
  width_px: number
  height_px: number
  state: 'arrived' | 'ready' | 'broken'
  error: string
  thumb_url: string | null
  view_url: string | null
  original_url: string
  verdict: -1 | 0 | 1
  stars: number
  decided_by: { id: string; name: string } | null
  decided_at: string | null
  faces: number | null
  face_px: number | null
  face_x: number | null
  face_y: number | null
  off_centre: number | null
  roll: number | null
  yaw: number | null
  sharpness: number | null
  clipped: number | null
  brightness: number | null
  stack: number | null
  stack_size: number
  is_stack_top: boolean
  binned_at: string | null
}

export interface PortraitFacts extends Portrait {
  bytes?: number
  sha256?: string
  scored_by?: string
  device_name?: string
  exif?: Record<string, unknown>
  camera?: Record<string, unknown>
  /** `box` is [x, y, width, height] in pixels of the upright original. */
  faces_found?: { box: [number, number, number, number]; score?: number; points?: [number, number][] | null }[]
}

export interface IndexSection {
  session_id: string
  /** Several where cameras alternate. */
  session_ids?: string[]
  rank: number
  count: number
  first_at: string
  last_at: string
}

export interface Month {
  month: string
  rank: number
  count: number
}

export interface LibraryIndex {
  count: number
  total: number
  stops: { rank: number; key: string | null; taken_at?: string }[]
  sections: IndexSection[]
  months: Month[]
  verdicts: Record<'any' | 'unreviewed' | 'picked' | 'rejected', number>
  at_rank?: number | null
}

export interface Histogram {
  from: number
  to: number
  bins: number[]
  kept: number[]
}

export interface Facets {
  count: number
  /** How many match each chip and all before it, in the order of the filter's fields. */
  chips: Record<string, number>
  /** How many would match if one chip were taken away. */
  without?: Record<string, number>
  histograms: Record<string, Histogram>
  faces: Record<string, number>
  stars: number[]
  duplicates: Record<string, number>
}

export interface BatchAnswer {
  batch_id: number | string | null
  count: number
  label: string
  /** Changed by somebody else since, so left alone by undo. */
  kept_others?: number
}

export interface History {
  undo: string | null
  redo: string | null
}

export interface SavedView {
  id: string
  name: string
  query: Record<string, unknown>
  count?: number | null
}

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
    history: (signal?: AbortSignal) => get<History>(`${base}/history?limit=1`, signal),
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
