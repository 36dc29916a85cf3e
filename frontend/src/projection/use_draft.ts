/** The draft of a new projection: kept in the address, planned by the studio at every change. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { projectId } from '../lib/page'
import { useSettled } from '../lib/settled'
import { useProjectEvents } from '../shell/live'
import { refresh } from '../wire/query'
import { isReady, readDraft, writeDraft, type Draft } from './draft'
import { projectionQueries } from './queries'
import type { Plan } from './wire'

const REST_MS = 250

export function useDraft(): [Draft, (next: Draft) => void] {
  const [draft, setDraft] = useState(() => readDraft(window.location.search))
  useEffect(() => window.history.replaceState(null, '', `${window.location.pathname}${writeDraft(draft)}`), [draft])
  return [draft, setDraft]
}

export interface Planned {
  plan: Plan | undefined
  fault: Error | null
  /** The plan is of a draft before this one. */
  isStale: boolean
  again: () => void
}

/** What would come of a draft. Until the answer is there, the one before it stands. Nothing is asked while the target `isLooking`: being looked at. */
export function usePlan(draft: Draft, isLooking: boolean): Planned {
  const rested = useSettled(draft, REST_MS)
  const enabled = isReady(rested) && !isLooking
  const asked = useQuery({ ...projectionQueries.plan(projectId(), rested), enabled, placeholderData: keepPreviousData, staleTime: 5000 })
  // A video that is still being looked at cannot be planned; as soon as it is ready it can.
  useProjectEvents(({ kind }) => void (kind.startsWith('projection.target.') && refresh('projection-plan')))
  return { plan: enabled ? asked.data : undefined, fault: enabled ? asked.error : null, isStale: asked.isPlaceholderData || rested !== draft, again: () => void asked.refetch() }
}
