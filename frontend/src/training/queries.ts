/** Queries: training, kept fresh by events under [noun in plural, owner]. */
import type { QueryKey } from '@tanstack/react-query'
import { get, post } from '../wire/api'
import type { Items } from '../wire/types'
import { planBody, type Draft } from './draft'
import type { NetworkTraining, Plan, PlanField, Presets, Run, RunMention, Sample, TickColumns, Uploaded } from './wire'

/** Rows of a plot: more than it has pixels are of no use. */
export const MOST_ROWS = 1200

function ask<Answer>(key: QueryKey, path: string) {
  return { queryKey: key, queryFn: ({ signal }: { signal: AbortSignal }) => get<Answer>(path, signal) }
}

export const trainingQueries = {
  presets: () => ask<Presets>(['training-presets'], '/training/presets'),
  runs: (project: string) => ask<Items<Run>>(['trainings', project], `/projects/${project}/training/runs`),
  run: (id: string) => ask<Run>(['training', id], `/training/runs/${id}`),
  settings: ({ id, revision }: Run) => ask<Items<PlanField>>(['training-settings', id, revision], `/training/runs/${id}/settings`),
  samples: (id: string) => ask<Items<Sample>>(['training-samples', id], `/training/runs/${id}/samples`),
  ticks: (id: string, most = MOST_ROWS) => ask<{ columns: TickColumns }>(['training-ticks', id, most], `/training/runs/${id}/ticks?most=${most}`),
  uploaded: (project: string) => ask<Items<Uploaded>>(['training-uploads', project], `/projects/${project}/training/uploads`),
  ofVersion: (id: string) => ask<Items<RunMention>>(['version-trainings', id], `/versions/${id}/training`),
  ofNetwork: (id: string) => ask<NetworkTraining>(['trainings', id, 'network'], `/networks/${id}/training`),
  /** Nothing is stored by asking; the same draft has the same plan until something else trains or joins. */
  plan: (project: string, draft: Draft) => ({
    queryKey: ['training-plan', project, JSON.stringify(planBody(draft))],
    queryFn: () => post<Plan>(`/projects/${project}/training/plan`, planBody(draft)),
  }),
}
