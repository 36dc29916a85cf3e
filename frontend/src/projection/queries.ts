/** Queries: projections, kept fresh by events under [noun in plural, owner]. */
import type { QueryKey } from '@tanstack/react-query'
import { get, post } from '../wire/api'
import type { Items } from '../wire/types'
import { planBody, type Draft } from './draft'
import type { Batch, BatchPage, Curves, Plan, Projection, Target } from './wire'

/** Batches of frames that a strip holds: more than anybody scrubs through. */
const MOST_BATCHES = 4000

function ask<Answer>(key: QueryKey, path: string) {
  return { queryKey: key, queryFn: ({ signal }: { signal: AbortSignal }) => get<Answer>(path, signal) }
}

export const projectionQueries = {
  list: (project: string) => ask<Items<Projection>>(['projections', project], `/projects/${project}/projections`),
  one: (id: string) => ask<Projection>(['projection', id], `/projections/${id}`),
  targets: (project: string) => ask<Items<Target>>(['projection-targets', project], `/projects/${project}/projection-targets`),
  curves: (id: string) => ask<Curves>(['projection-curves', id], `/projections/${id}/curves`),
  batches: (id: string) => ({ queryKey: ['projection-batches', id], queryFn: ({ signal }: { signal: AbortSignal }) => batchesOf(id, signal) }),
  /** Nothing is stored by asking. */
  plan: (project: string, draft: Draft) => ({
    queryKey: ['projection-plan', project, JSON.stringify(planBody(draft))],
    queryFn: () => post<Plan>(`/projects/${project}/projections/plan`, planBody(draft)),
  }),
}

/** All batches in the order of the film, page by page. */
async function batchesOf(id: string, signal: AbortSignal): Promise<Items<Batch>> {
  const items: Batch[] = []
  let after: number | null = null
  do {
    const page: BatchPage = await get<BatchPage>(`/projections/${id}/frames?most=1000${after === null ? '' : `&after=${after}`}`, signal)
    items.push(...page.items)
    after = page.next
  } while (after !== null && items.length < MOST_BATCHES)
  return { items }
}
