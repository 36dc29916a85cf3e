/** Beside the home page: what is at work, the machines, who did what lately. */
import { lately } from '../../lib/lately'
import { when } from '../../lib/format'
import { address, isOwner, projectId } from '../../lib/page'
import { Avatar, FaultNote, Skeleton } from '../../parts/basics'
import { JobCard } from '../../parts/JobRow'
import { firstName, usePersonOf } from '../../parts/people'
import { useServices } from '../../shell/live'
import { ServiceRow } from '../../shell/ServicePill'
import { jobAddress } from '../../wire/jobs'
import { queries, useAsk } from '../../wire/query'
import { Mentions } from './Mentions'

export function HomeAside() {
  return (
    <aside className="aside" aria-label="What goes on">
      <Mentions />
      <AtWork />
      <Machines />
      <Lately />
    </aside>
  )
}

function AtWork() {
  const jobs = useAsk(queries.jobs(projectId()))
  const active = (jobs.data?.items ?? []).filter((one) => one.state === 'running' || one.state === 'queued')
  const ordered = active.toSorted((a, b) => Number(b.state === 'running') - Number(a.state === 'running'))
  return (
    <section aria-label="At work">
      <div className="head"><h3>At work</h3><div className="end"><a className="xs" href={address.place('activity')}>Activity</a></div></div>
      {jobs.error && <div className="sect"><FaultNote fault={jobs.error} what="The jobs could not be loaded." /></div>}
      {jobs.isPending && <div className="sect"><Skeleton rows={2} /></div>}
      {jobs.data && active.length === 0 && <div className="sect soft xs quietline">Nothing runs or waits.</div>}
      {ordered.slice(0, 5).map((one) => <JobCard key={one.id} job={one} href={jobAddress(one)} />)}
      {ordered.length > 5 && <div className="sect xs quietline"><a href={address.place('activity')}>{ordered.length - 5} more</a></div>}
    </section>
  )
}

function Machines() {
  const services = useServices()
  const items = services?.items ?? []
  return (
    <section aria-label="Machines">
      <div className="head"><h3>Machines</h3>{isOwner() && <div className="end"><a className="xs" href={`${address.place('settings')}#machines`}>Add</a></div>}</div>
      <div className="sect col" style={{ padding: '12px 16px 14px', gap: 12 }}>
        {items.map((one) => <ServiceRow key={one.id} service={one} />)}
        {items.length === 0 && <div className="soft xs">{services?.state === 'starting' ? 'The render service is starting.' : 'No render service is attached. Films and previews need one; tracks and cues do not.'}</div>}
      </div>
    </section>
  )
}

function Lately() {
  const events = useAsk(queries.events(projectId()))
  const personOf = usePersonOf()
  const deeds = lately(events.data?.events ?? [], 12)
  return (
    <section aria-label="Lately">
      <div className="head"><h3>Lately</h3></div>
      <div className="col lately">
        {deeds.map((one) => {
          const person = personOf(one.actor)
          return (
            <div className="row top" key={one.number}>
              <Avatar person={person ?? { name: 'Somebody', initials: '–', colour: 'grey' }} />
              <div className="grow xs">
                <span className="strong">{firstName(person)}</span> <span className="soft">{one.text}</span>
                <div className="faint num">{when(one.at)}</div>
              </div>
            </div>
          )
        })}
        {events.data && deeds.length === 0 && <div className="soft xs">Nothing yet.</div>}
      </div>
    </section>
  )
}
