/** Jobs: cancel and retry, shown at once. */
import { address } from '../lib/page'
import { toastFault } from '../parts/toasts'
import { post } from './api'
import { refresh, showThing } from './query'
import type { Job } from './types'

function act(job: Job, verb: 'cancel' | 'retry', shown: Partial<Job>): void {
  showThing<Job>('job', { ...job, ...shown })
  post<Job>(`/jobs/${job.id}/${verb}`)
    .then((now) => showThing<Job>('job', now))
    .catch((fault: unknown) => {
      showThing<Job>('job', job)
      toastFault(fault)
    })
    .finally(() => void refresh('jobs'))
}

export function cancelJob(job: Job): void {
  act(job, 'cancel', { message: 'Stopping' })
}

export function retryJob(job: Job): void {
  act(job, 'retry', { state: 'queued', error: '', message: 'Waiting' })
}

/** The page of the thing that a job works for: its subject is "render:<id>". */
export function jobAddress(job: Pick<Job, 'subject'>): string | null {
  const [noun = '', id = ''] = job.subject.split(':')
  const pages: Record<string, (id: string) => string> = { track: address.track, scene: address.scene, render: address.render, network: address.network, dataset: address.dataset, training: address.run, projection: address.projection }
  return id && pages[noun] ? pages[noun](id) : null
}

