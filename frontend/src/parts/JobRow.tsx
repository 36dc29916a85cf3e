/** JobRow: one piece of slow work: what it is, where it stands, and what one can do about it. */
import { percent } from '../lib/format'
import { cancelJob, retryJob } from '../wire/jobs'
import type { Job } from '../wire/types'
import { Dot } from './basics'
import { Button } from './Button'
import { Icon, type IconName } from './Icon'
import { Bar, jobSentence, shareOf, SpokenProgress } from './Progress'

const icons: Record<string, IconName> = {
  render: 'film', join: 'film', analyse: 'track', decode: 'track', import: 'network', make: 'network', prepare: 'scene', draw: 'network', find: 'network', harvest: 'network', export: 'network', train: 'training', try: 'training',
}

export function jobIcon(job: Pick<Job, 'kind'>): IconName {
  return icons[job.kind.split('_')[0] ?? ''] ?? 'activity'
}

/** As on the home page: name, share, bar, sentence. */
export function JobCard({ job, href }: { job: Job; href: string | null }) {
  const share = shareOf(job)
  return (
    <div className="sect jobcard">
      <div className="row top">
        <span className="faint"><Icon name={jobIcon(job)} /></span>
        <div className="grow col" style={{ gap: 6 }}>
          <div className="row">
            <span className="strong clip grow">{href ? <a className="plain" href={href}>{job.title}</a> : job.title}</span>
            <span className="num xs soft">{job.state === 'running' && share !== null ? percent(share) : ''}</span>
          </div>
          {job.state === 'running' && <Bar share={share} label={job.title} />}
          <div className="xs faint num">{jobSentence(job)}</div>
          <SpokenProgress name={job.title} share={job.state === 'running' ? share : null} />
        </div>
      </div>
    </div>
  )
}

export function JobState({ job }: { job: Job }) {
  switch (job.state) {
    case 'queued':
      return <span className="row tight soft"><Dot mood="off" />Waiting</span>
    case 'running':
      return <span className="row tight soft"><Dot mood="busy" />Running</span>
    case 'done':
      return <span className="row tight soft"><Icon name="check" size="small" />Done</span>
    case 'failed':
      return <span className="row tight danger"><Icon name="alert" size="small" />Failed</span>
    case 'cancelled':
      return <span className="row tight soft"><Icon name="stop" size="small" />Stopped</span>
  }
}

export function JobActions({ job, mayEdit }: { job: Job; mayEdit: boolean }) {
  if (!mayEdit) return null
  if (job.state === 'queued' || job.state === 'running') return <Button small kind="quiet" onClick={() => cancelJob(job)}>Cancel</Button>
  if (!job.can_retry) return null
  if (job.state === 'failed') return <Button small kind="quiet" icon="again" onClick={() => retryJob(job)}>Try again</Button>
  if (job.state === 'cancelled') return <Button small kind="quiet" icon="play" onClick={() => retryJob(job)}>Go on</Button>
  return null
}
