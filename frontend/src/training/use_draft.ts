/** The draft of a new run: chosen step by step, kept in the address, planned by the studio at every change. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { projectId } from '../lib/page'
import { useSettled } from '../lib/settled'
import { useProjectEvents } from '../shell/live'
import { refresh, useAsk } from '../wire/query'
import { readDraft, writeDraft, type Draft } from './draft'
import { trainingQueries } from './queries'
import type { Plan, Run } from './wire'

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
  fault: Error | null
  /** The plan is of a draft before this one. */
  isStale: boolean
  again: () => void
}

/** What would come of a draft. Until the answer is there, the one before it stands. */
export function usePlan(draft: Draft): Planned {
  const rested = useSettled(draft, REST_MS)
  const isReady = Boolean(rested.version ?? rested.upload)
  const asked = useQuery({ ...trainingQueries.plan(projectId(), rested), enabled: isReady, placeholderData: keepPreviousData, staleTime: 5000 })
  const job = asked.data?.estimate.job_id
  useProjectEvents(({ kind, subject, payload }) => {
    if (!job || !kind.startsWith('job.') || (payload.id !== job && !subject.endsWith(job))) return
    void refresh('training-plan')
  })
  return { plan: isReady ? asked.data : undefined, fault: asked.error, isStale: asked.isPlaceholderData || rested !== draft, again: () => void asked.refetch() }
}
