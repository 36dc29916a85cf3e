/** Pictures that are on their way: the demo's portraits while they are drawn, versions while they are frozen. */
import { projectId } from '../lib/page'
import { versionTitle, type Version } from '../library/versions'
import type { Dataset } from '../library/wire'
import { Note } from '../parts/basics'
import { Bar, jobSentence, shareOf } from '../parts/Progress'
import { queries, useAsk } from '../wire/query'
import type { Job } from '../wire/types'

/** A version of a dataset. */
export interface OneVersion {
  dataset: Pick<Dataset, 'name'>
  version: Pick<Version, 'id' | 'number' | 'name' | 'recipe' | 'is_frozen' | 'job'>
}

export interface Coming {
  id: string
  words: string
  /** What makes them, in its newest state. */
  job: Job | null
}

const DRAWN = 'make_sample_portraits'

/** What is being made of it now; a job that ended badly makes nothing. */
export function comingOf(jobs: readonly Job[], versions: readonly OneVersion[]): Coming[] {
  const isAtWork = (job: Job | null): boolean => job === null || job.state === 'queued' || job.state === 'running'
  const drawn = jobs.filter((one) => one.kind === DRAWN && isAtWork(one)).map((job) => ({ id: job.id, words: 'Sample portraits are being drawn, to train on. Their versions appear here by themselves.', job }))
  const frozen = versions.filter(({ version }) => !version.is_frozen).map(({ dataset, version }) => {
    const job = jobs.find((one) => one.id === version.job?.id) ?? version.job
    return { id: version.id, words: `“${dataset.name}, ${versionTitle(version)}” is being frozen. It appears here by itself.`, job }
  })
  return [...drawn, ...frozen.filter((one) => isAtWork(one.job))]
}

export function useComing(versions: readonly OneVersion[]): Coming[] {
  return comingOf(useAsk(queries.jobs(projectId())).data?.items ?? [], versions)
}

export function ComingNote({ coming }: { coming: Coming }) {
  return (
    <Note mood="info">
      {coming.words}
      {coming.job && <div className="row tight comingrow"><span className="grow"><Bar share={shareOf(coming.job)} label={coming.words} /></span><span className="num soft nowrap">{jobSentence(coming.job)}</span></div>}
    </Note>
  )
}
