/** Deeds: what a person asks of a run, shown at once and taken back when it is refused. */
import { binWithUndo } from '../network/deeds'
import { toast, toastFault } from '../parts/toasts'
import { ApiError, patch, post } from '../wire/api'
import { refresh, showThing } from '../wire/query'
import type { Run } from './wire'
import { kimgWords } from './words'

export interface RunChange {
  name?: string
  notes?: string
  wanted?: Run['wanted']
  kimg?: number
  snapshot_kimg?: number
  /** Other settings, while it does not train. */
  changes?: Readonly<Record<string, unknown>>
}

/** The last change wins per field; a newer revision is only a reason to send it again. */
export async function changeRun(run: Run, change: RunChange): Promise<void> {
  try {
    showThing<Run>('training', await patch<Run>(`/training/runs/${run.id}`, change))
  } catch (fault) {
    const revision = fault instanceof ApiError && fault.isConflict ? (fault.current as Run | null)?.revision : undefined
    if (revision === undefined) throw fault
    showThing<Run>('training', await patch<Run>(`/training/runs/${run.id}`, { ...change, revision }))
  }
}

/** Its snapshots stay where they are: they belong to the network. */
export function binRun(run: Run, left?: () => void): void {
  binWithUndo(`/training/runs/${run.id}`, run.name, () => refresh('trainings'), left)
}

/** Pause, go on, stop. */
export function wish(run: Run, wanted: Run['wanted']): void {
  showThing<Run>('training', { ...run, wanted })
  changeRun(run, { wanted }).catch((fault: unknown) => {
    showThing<Run>('training', run)
    toastFault(fault)
  })
}

/** Change what is advised, and let it go on. */
export function goOnWith(run: Run, changes: Readonly<Record<string, unknown>>): void {
  changeRun(run, { changes, wanted: 'run' }).catch((fault: unknown) => toastFault(fault, 'It does not go on.'))
}

export function snapshotNow(run: Run): void {
  post<Run | undefined>(`/training/runs/${run.id}/snapshot`)
    .then(() => toast(`A snapshot is made at the end of this step, near kimg ${kimgWords(run.kimg)}.`))
    .catch((fault: unknown) => toastFault(fault, 'No snapshot was ordered.'))
    .finally(() => void refresh('training', run.id))
}
