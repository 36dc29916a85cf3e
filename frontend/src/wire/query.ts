/** Query: what this page has asked for, kept fresh by events. Keys: [noun in plural, project] for lists, [noun, id] for things. */
import { QueryClient, useQuery, type QueryKey, type UseQueryResult } from '@tanstack/react-query'
import { pageData } from '../lib/page'
import { ApiError, get } from './api'
import type {
  Items, Job, Member, Network, Page, Project, Render, Scene, ServicesState, StudioEvent, Track, VisualizerList,
} from './types'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 20_000,
      refetchOnWindowFocus: false,
      retry: (failures, fault) => fault instanceof ApiError && fault.isOffline && failures < 4,
      retryDelay: (failures) => Math.min(8000, 500 * 2 ** failures),
    },
  },
})

function ask<Answer>(key: QueryKey, path: string) {
  return { queryKey: key, queryFn: ({ signal }: { signal: AbortSignal }) => get<Answer>(path, signal) }
}

export const queries = {
  projects: () => ask<Items<Project>>(['projects'], '/projects'),
  members: (project: string) => ask<Items<Member>>(['members', project], `/projects/${project}/members`),
  tracks: (project: string) => ask<Items<Track>>(['tracks', project], `/projects/${project}/tracks`),
  track: (id: string) => ask<Track>(['track', id], `/tracks/${id}`),
  scenes: (project: string) => ask<Items<Scene>>(['scenes', project], `/projects/${project}/scenes`),
  scene: (id: string) => ask<Scene>(['scene', id], `/scenes/${id}`),
  renders: (project: string) => ask<Items<Render>>(['renders', project], `/projects/${project}/renders`),
  render: (id: string) => ask<Render>(['render', id], `/renders/${id}`),
  networks: (project: string) => ask<Items<Network>>(['networks', project], `/projects/${project}/networks`),
  network: (id: string) => ask<Network>(['network', id], `/networks/${id}`),
  jobs: (project: string) => ask<Page<Job>>(['jobs', project], `/projects/${project}/jobs`),
  events: (project: string) => ask<{ events: StudioEvent[]; last: number }>(['events', project], `/projects/${project}/events?since=${Math.max(0, (pageData().last_event ?? 0) - 400)}&limit=1000`),
  visualizers: () => ask<VisualizerList>(['visualizers'], '/visualizers'),
  services: () => ask<ServicesState>(['services'], '/services'),
}

export function useAsk<Answer>(query: {
  queryKey: QueryKey
  queryFn: (context: { signal: AbortSignal }) => Promise<Answer>
  enabled?: boolean
}): UseQueryResult<Answer, Error> {
  return useQuery({ enabled: true, ...query })
}

/** Puts a newer version of a thing where the page shows it: in its own place and in the list it belongs to. */
export function showThing<T extends { id: string; is_binned?: boolean }>(noun: string, thing: T): void {
  if (thing.is_binned) {
    hideThing(noun, thing.id)
    return
  }
  queryClient.setQueryData<T>([noun, thing.id], (old) => old && { ...old, ...thing })
  // Not all that lists make stale is a list: what trained a network stands under its runs.
  queryClient.setQueriesData<Items<T>>({ queryKey: [`${noun}s`] }, (old) =>
    !old?.items ? old : { ...old, items: old.items.map((one) => (one.id === thing.id ? { ...one, ...thing } : one)) },
  )
}

/** Takes a thing out of the lists at once; answers with a way to put the lists back as they were. */
export function hideThing(noun: string, id: string): () => void {
  const before = queryClient.getQueriesData<Items<{ id: string }>>({ queryKey: [`${noun}s`] })
  for (const [key, list] of before) {
    if (list?.items) queryClient.setQueryData(key, { ...list, items: list.items.filter((one) => one.id !== id) })
  }
  return () => {
    for (const [key, list] of before) queryClient.setQueryData(key, list)
  }
}

export function refresh(...key: QueryKey): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: key })
}
