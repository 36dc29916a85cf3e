import { useState } from 'react'
import { mayEdit, projectId } from '../../lib/page'
import { Button, IconButton } from '../../parts/Button'
import { Dot } from '../../parts/basics'
import { Bar, jobSentence, shareOf } from '../../parts/Progress'
import { cancelJob, jobAddress, retryJob } from '../../wire/jobs'
import { queries, useAsk } from '../../wire/query'
import type { Job } from '../../wire/types'

const DISMISSED = 'phosphene.dismissed-imports'

function dismissed(): string[] {
  return JSON.parse(window.localStorage.getItem(DISMISSED) ?? '[]') as string[]
}

/** Work of these kinds that is under way, or failed and not dismissed yet. */
export function Imports({ subject, kinds }: { subject?: string; kinds: readonly string[] }) {
  const jobs = useAsk(queries.jobs(projectId()))
  const [gone, setGone] = useState(dismissed)
  const shown = (jobs.data?.items ?? []).filter((one) =>
    kinds.includes(one.kind) && (!subject || one.subject === subject) && one.state !== 'done' && one.state !== 'cancelled' && !gone.includes(one.id))
  if (shown.length === 0) return null
  const drop = (job: Job): void => {
    const next = [...gone, job.id].slice(-200)
    window.localStorage.setItem(DISMISSED, JSON.stringify(next))
    setGone(next)
  }
  return (
    <section className="card uploads" aria-label="Files that are read">
      {shown.map((one) => {
        const href = one.state === 'failed' ? null : jobAddress(one)
        return (
          <div className="upload" key={one.id}>
            <div className="row xs">
              <span className="grow clip strong">{href && !subject ? <a className="plain" href={href}>{one.title}</a> : one.title}</span>
              <span className={one.state === 'failed' ? 'told danger' : 'row told soft num'} role={one.state === 'failed' ? 'alert' : undefined}>{one.state === 'running' && <Dot mood="busy" />}{jobSentence(one)}</span>
              {one.state === 'failed' && one.can_retry && mayEdit() && <Button small kind="quiet" icon="again" onClick={() => retryJob(one)}>Try again</Button>}
              {one.state === 'failed'
                ? <IconButton small icon="close" label="Dismiss" onClick={() => drop(one)} />
                : mayEdit() && <Button small kind="quiet" onClick={() => cancelJob(one)}>Cancel</Button>}
            </div>
            {one.state === 'running' && <Bar share={shareOf(one)} label={one.title} />}
          </div>
        )
      })}
    </section>
  )
}
