import { address, pageData } from '../lib/page'
import { Icon, Mark } from '../parts/Icon'
import { IconMore } from './PhoneMore'
import { places } from './places'
import { useAsk, queries } from '../wire/query'

/** Jobs that wait or run, for the badge. */
export function useActiveJobs(): number {
  const project = pageData().project
  const jobs = useAsk({ ...queries.jobs(project?.id ?? ''), enabled: project !== null })
  return jobs.data?.items.filter((job) => job.state === 'queued' || job.state === 'running').length ?? 0
}

/** The places of the project, left. */
export function Rail({ place }: { place: string }) {
  const active = useActiveJobs()
  const home = address.home()
  return (
    <nav className="rail" aria-label="Project" data-region="rail">
      <a className="mark" href={address.projects()} aria-label="Phosphene, all projects">
        <Mark />
      </a>
      {places.map((one) => (
        <RailLink key={one.id} id={one.id} isHere={one.id === place} href={home + one.path} active={one.id === 'activity' ? active : 0} />
      ))}
    </nav>
  )
}

function RailLink({ id, isHere, href, active }: { id: string; isHere: boolean; href: string; active: number }) {
  const one = places.find((place) => place.id === id)
  if (!one) return null
  const classes = [isHere && 'on', id === 'activity' && 'push'].filter(Boolean).join(' ')
  return (
    <>
      {['library', 'networks'].includes(id) && <hr />}
      <a className={classes} href={href} aria-current={isHere ? 'page' : undefined}>
        <Icon name={one.icon} />
        {one.title}
        {active > 0 && (
          <span className="badge" aria-label={`${active} at work`}>{active > 99 ? '99+' : active}</span>
        )}
      </a>
    </>
  )
}

/** The same on a phone, at the bottom: four places and the rest. */
export function PhoneBar({ place }: { place: string }) {
  const home = address.home()
  return (
    <nav className="phonebar" aria-label="Project">
      {places.slice(0, 4).map((one) => (
        <a key={one.id} href={home + one.path} className={one.id === place ? 'on' : ''} aria-current={one.id === place ? 'page' : undefined}>
          <Icon name={one.icon} />
          {one.title}
        </a>
      ))}
      <IconMore isHere={places.findIndex((one) => one.id === place) > 3} />
    </nav>
  )
}
