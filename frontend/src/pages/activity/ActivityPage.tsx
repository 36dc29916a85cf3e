/** Activity: every job of the project, newest first, with cancel and retry. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { percent, when } from '../../lib/format'
import { mayEdit, projectId } from '../../lib/page'
import { Empty, FaultNote, Skeleton } from '../../parts/basics'
import { Icon } from '../../parts/Icon'
import { JobActions, jobIcon, JobState } from '../../parts/JobRow'
import { firstName, usePersonOf } from '../../parts/people'
import { Bar, jobSentence, shareOf } from '../../parts/Progress'
import { Table, type Column } from '../../parts/Table'
import { Shell } from '../../shell/Shell'
import { ServiceNote } from '../../shell/ServiceNote'
import { useProjectEvents } from '../../shell/live'
import { get } from '../../wire/api'
import { jobAddress } from '../../wire/jobs'
import { queryClient } from '../../wire/query'
import type { Job, Page } from '../../wire/types'

type Filter = 'all' | 'active' | 'failed' | 'done'

const filters: { id: Filter; label: string; states: string }[] = [
  { id: 'all', label: 'All', states: '' },
  { id: 'active', label: 'Running or waiting', states: 'queued,running' },
  { id: 'failed', label: 'Failed or stopped', states: 'failed,cancelled' },
  { id: 'done', label: 'Done', states: 'done' },
]

function useJobPages(project: string, states: string) {
  const key = ['jobs', project, 'paged', states]
  useProjectEvents((event) => {
    if (!event.kind.startsWith('job.')) return
    const job = event.payload as unknown as Job
    queryClient.setQueryData<{ pages: Page<Job>[]; pageParams: unknown[] }>(key, (old) => old && {
      ...old,
      pages: old.pages.map((page) => ({ ...page, items: page.items.map((one) => (one.id === job.id ? { ...one, ...job } : one)) })),
    })
  })
  return useInfiniteQuery({
    queryKey: key,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<Page<Job>>(`/projects/${project}/jobs?${new URLSearchParams({ ...(states ? { state: states } : {}), ...(pageParam ? { after: pageParam } : {}) }).toString()}`, signal),
    getNextPageParam: (page) => page.next,
  })
}

export function ActivityPage() {
  const [filter, setFilter] = useState<Filter>('all')
  const states = filters.find((one) => one.id === filter)?.states ?? ''
  const jobs = useJobPages(projectId(), states)
  const personOf = usePersonOf()
  const scroller = useRef<HTMLDivElement>(null)
  const items = jobs.data?.pages.flatMap((page) => page.items)
  const waits = items?.some((one) => one.state === 'queued')
  const columns: Column<Job>[] = [
    { id: 'icon', title: '', name: 'Kind', width: 32, className: 'tight', cell: (job) => <span className="faint"><Icon name={jobIcon(job)} /></span> },
    { id: 'title', title: 'Job', className: 'name', cell: (job) => {
      const href = jobAddress(job)
      return (
        <>
          {href ? <a className="plain strong clip block" href={href}>{job.title}</a> : <span className="strong clip block">{job.title}</span>}
          <span className="only-phone xs faint"><PhoneState job={job} /></span>
        </>
      )
    } },
    { id: 'state', title: 'State', width: 110, className: 'not-phone', cell: (job) => <JobState job={job} /> },
    { id: 'progress', title: 'How far', className: 'wide not-phone', cell: (job) => <HowFar job={job} /> },
    { id: 'by', title: 'By', className: 'not-phone', cell: (job) => <span className="soft">{job.created_by ? firstName(personOf(job.created_by)) : '–'}</span> },
    { id: 'when', title: 'Began', className: 'not-phone', cell: (job) => <span className="soft">{when(job.started_at ?? job.created_at)}</span> },
    { id: 'act', title: '', name: 'Actions', className: 'acts', cell: (job) => <JobActions job={job} mayEdit={mayEdit()} /> },
  ]
  return (
    <Shell place="activity">
      <div className="middle" ref={scroller}>
        <header className="pagehead"><div className="grow"><h1>Activity</h1><div className="lead">Every job of this project. What failed can be tried again; finished parts are kept.</div></div></header>
        {waits && <ServiceNote waits="Films, imports and patterns wait and start by themselves when one is attached." />}
        <div className="row wrap chips" role="group" aria-label="Which jobs">
          {filters.map((one) => <button key={one.id} type="button" className={one.id === filter ? 'chip on' : 'chip'} aria-pressed={one.id === filter} onClick={() => setFilter(one.id)}>{one.label}</button>)}
        </div>
        {jobs.error && <FaultNote fault={jobs.error} what="The jobs could not be loaded." again={() => void jobs.refetch()} />}
        {jobs.isPending && <Skeleton rows={8} height={34} />}
        {items?.length === 0 && (filter === 'all'
          ? <Empty title="Nothing has been done yet">Decoding, analysis, imports and films are listed here while they run and afterwards.</Empty>
          : <p className="soft">No job is in that state. <button type="button" className="accent" onClick={() => setFilter('all')}>Show all</button></p>)}
        {items && items.length > 0 && (
          <Table name="Jobs" rows={items} columns={columns} idOf={(job) => job.id} dense scroller={scroller} more={jobs.hasNextPage ? () => void jobs.fetchNextPage() : null} />
        )}
      </div>
    </Shell>
  )
}

/** State and how far in one place, where there is no room for two. */
function PhoneState({ job }: { job: Job }) {
  if (job.state === 'running' || job.state === 'failed') return <HowFar job={job} />
  return <span className="row tight"><JobState job={job} />{job.state === 'done' ? null : jobSentence(job)}</span>
}

function HowFar({ job }: { job: Job }) {
  const share = shareOf(job)
  if (job.state === 'failed') return <span className="danger sentence" title={job.error}>{job.error || 'It failed.'}{job.attempts > 1 ? ` Tried ${job.attempts} times.` : ''}</span>
  if (job.state !== 'running') return <span className="soft num">{jobSentence(job)}</span>
  return (
    <div className="howfar">
      <Bar share={share} label={job.title} />
      <span className="soft num xs">{share === null ? '' : `${percent(share)}, `}{jobSentence(job)}</span>
    </div>
  )
}
