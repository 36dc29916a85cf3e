/** Deeds: what a person asks of a projection, shown at once and taken back when it is refused. */
import { binWithUndo } from '../network/deeds'
import { toast, toastFault } from '../parts/toasts'
import { ApiError, patch, post } from '../wire/api'
import { refresh, showThing } from '../wire/query'
import type { Projection, Target } from './wire'

export interface ProjectionChange {
  name?: string
  notes?: string
  wanted?: Projection['wanted']
}

/** The last change wins per field; a newer revision is only a reason to send it again. */
export async function changeProjection(one: Projection, change: ProjectionChange): Promise<void> {
  try {
    showThing<Projection>('projection', await patch<Projection>(`/projections/${one.id}`, change))
  } catch (fault) {
    const revision = fault instanceof ApiError && fault.isConflict ? (fault.current as Projection | null)?.revision : undefined
    if (revision === undefined) throw fault
    showThing<Projection>('projection', await patch<Projection>(`/projections/${one.id}`, { ...change, revision }))
  }
}

/** Pause, go on, stop. */
export function wish(one: Projection, wanted: Projection['wanted']): void {
  showThing<Projection>('projection', { ...one, wanted })
  changeProjection(one, { wanted }).catch((fault: unknown) => {
    showThing<Projection>('projection', one)
    toastFault(fault)
  })
}

/** Scenes that use it keep it. */
export function binProjection(one: Projection, left?: () => void): void {
  binWithUndo(`/projections/${one.id}`, one.name, () => refresh('projections'), left)
}

export function binTarget(one: Target): void {
  binWithUndo(`/projection-targets/${one.id}`, one.name, () => refresh('projection-targets'))
}

export function orderReview(one: Projection): void {
  post<Projection>(`/projections/${one.id}/review`)
    .then((now) => {
      showThing<Projection>('projection', now)
      toast('The review film is being made.')
    })
    .catch((fault: unknown) => toastFault(fault, 'The review film was not ordered.'))
}
