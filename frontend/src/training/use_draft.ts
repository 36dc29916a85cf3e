/** The draft of a new run: chosen step by step, kept in the address, planned by the studio at every change. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { projectId } from '../lib/page'
import { useSettled } from '../lib/settled'
import { useProjectEvents } from '../shell/live'
import { refresh, useAsk } from '../wire/query'
import { readDraft, writeDraft, type Draft } from './draft'
import { withValues } from './fields'
import { trainingQueries } from './queries'
import type { Plan, PlanField, Run } from './wire'

const REST_MS = 250

/** Settings of a run that is to be trained again. */
export function draftLike(run: Pick<Run, 'version' | 'start' | 'config' | 'differences' | 'fit'>): Draft {
  return {
    version: run.version.kind === 'version' ? run.version.id : null,
    upload: run.version.kind === 'upload' ? run.version.id : null,
    start: run.start?.snapshot_id ?? null,
    preset: String(run.config.preset),
    size: Number(run.config.size) || null,
    fit: run.fit,
    changes: Object.fromEntries(run.differences.filter((one) => one.name !== 'size' && one.name !== 'preset').map((one) => [one.name, one.value])),
  }
}

export function useDraft(): { draft: Draft; change: (part: Partial<Draft>) => void; like: Run | null } {
  const [draft, setDraft] = useState(() => readDraft(window.location.search))
  const [likeId] = useState(() => new URLSearchParams(window.location.search).get('like'))
  const like = useAsk({ ...trainingQueries.run(likeId ?? ''), enabled: likeId !== null })
  const found = like.data ?? null
  useEffect(() => {
    if (found) setDraft((now) => (now.version || now.upload ? now : draftLike(found)))
  }, [found])
  useEffect(() => {
    const words = writeDraft(draft)
    if (words || !likeId) window.history.replaceState(null, '', `${window.location.pathname}${words}`)
  }, [draft, likeId])
  return { draft, change: (part) => setDraft((now) => ({ ...now, ...part })), like: found }
}

export interface Planned {
  plan: Plan | undefined
  /** Every setting. While the settings do not fit together, those of the plan before, as the hand has changed them. */
  fields: PlanField[]
  fault: Error | null
  /** The plan is of a draft before this one. */
  isStale: boolean
  again: () => void
}

/** Settings with what a draft changes in them. */
export function asChanged(fields: readonly PlanField[], draft: Draft): PlanField[] {
  const size = fields.find((one) => one.name === 'size')?.value
  const defaults = Object.fromEntries(fields.map((one) => [one.name, one.default]))
  return withValues(fields, { ...defaults, size: draft.size ?? size, ...draft.changes })
}

/** What would come of a draft. Until the answer is there, the one before it stands. */
export function usePlan(draft: Draft): Planned {
  const rested = useSettled(draft, REST_MS)
  const isReady = Boolean(rested.version ?? rested.upload)
  const asked = useQuery({ ...trainingQueries.plan(projectId(), rested), enabled: isReady, placeholderData: keepPreviousData, staleTime: 5000 })
  const job = asked.data?.estimate.job_id
  useProjectEvents(({ kind, payload }) => {
    if (kind === 'training.try' && payload.job_id === job) void refresh('training-plan')
  })
  const plan = isReady ? asked.data : undefined
  const known = useRef<PlanField[]>([])
  useEffect(() => {
    if (plan && plan.fields.length > 0) known.current = plan.fields
  }, [plan])
  const fields = plan && plan.fields.length === 0 ? asChanged(known.current, draft) : (plan?.fields ?? [])
  return { plan, fields, fault: asked.error, isStale: asked.isPlaceholderData || rested !== draft, again: () => void asked.refetch() }
}
