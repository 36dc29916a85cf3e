/** Renders: films that grow, and films that are finished. */
import { useState } from 'react'
import { count, timeLeft } from '../../lib/format'
import { address, mayEdit, projectId } from '../../lib/page'
import { Empty, FaultNote } from '../../parts/basics'
import { Button } from '../../parts/Button'
import { FilmCard, isGoing, renderState } from '../../parts/Film'
import { Bar, SpokenProgress } from '../../parts/Progress'
import { Shell } from '../../shell/Shell'
import { ServiceNote } from '../../shell/ServiceNote'
import { queries, useAsk } from '../../wire/query'
import type { Render } from '../../wire/types'
import { GridSkeleton } from '../scenes/ScenesPage'
import { DebugFilms } from './DebugFilms'

type Filter = 'all' | 'final' | 'draft' | 'failed'

const filters: { id: Filter; label: string; keep: (render: Render) => boolean }[] = [
  { id: 'all', label: 'All', keep: () => true },
  { id: 'final', label: 'Final', keep: (one) => one.quality === 'final' },
  { id: 'draft', label: 'Drafts', keep: (one) => one.quality === 'draft' },
  { id: 'failed', label: 'Failed or stopped', keep: (one) => one.state === 'failed' || one.state === 'cancelled' },
]

export function RendersPage() {
  const renders = useAsk(queries.renders(projectId()))
  const [filter, setFilter] = useState<Filter>('all')
  const items = renders.data?.items
  const going = (items ?? []).filter(isGoing)
  const rest = (items ?? []).filter((one) => !isGoing(one))
  const keep = filters.find((one) => one.id === filter)?.keep ?? (() => true)
  return (
    <Shell place="renders">
      <div className="middle">
        <header className="pagehead"><div className="grow"><h1>Renders</h1><div className="lead">Each film keeps its recipe, so that it can be made again, frame for frame.</div></div></header>
        {renders.error && <FaultNote fault={renders.error} what="The renders could not be loaded." again={() => void renders.refetch()} />}
        {renders.isPending && <GridSkeleton />}
        {items?.length === 0 && (
          <Empty title="No film yet" action={<Button kind="primary" href={address.place('scenes')}>Open a scene</Button>}>
            {mayEdit() ? 'Open a scene and press Render film. It goes on when the page is closed.' : 'Films stand here while they are made and afterwards. A scene can be watched without one.'}
          </Empty>
        )}
        {going.length > 0 && <ServiceNote waits="Renders wait and start by themselves when one is attached." />}
        {going.length > 0 && (
          <section className="card going" aria-label="Being made">
            {going.map((one) => <Going key={one.id} render={one} />)}
          </section>
        )}
        {rest.length > 0 && (
          <>
            <div className="row wrap chips" role="group" aria-label="Which renders">
              {filters.map((one) => (
                <button key={one.id} type="button" className={one.id === filter ? 'chip on' : 'chip'} aria-pressed={one.id === filter} onClick={() => setFilter(one.id)}>
                  {one.label} <span className="num">{count(rest.filter(one.keep).length)}</span>
                </button>
              ))}
            </div>
            <div className="films wide">{rest.filter(keep).map((one) => <FilmCard key={one.id} render={one} />)}</div>
          </>
        )}
        <DebugFilms />
      </div>
    </Shell>
  )
}

function Going({ render }: { render: Render }) {
  const share = render.frames_done / Math.max(1, render.frames_total)
  const details = [
    render.state === 'running' ? `Frame ${count(render.frames_done)} of ${count(render.frames_total)}` : renderState(render),
    render.state === 'running' && render.frames_per_second ? `${render.frames_per_second.toFixed(1)} frames/s` : '',
    share >= 0.05 && render.seconds_left !== null && render.state === 'running' ? timeLeft(render.seconds_left) : '',
  ].filter(Boolean).join(', ')
  return (
    <a className="plain goingrow" href={address.render(render.id)}>
      <span className="pic">{render.thumbs.at(-1) && <img src={render.thumbs.at(-1)?.url} alt="" />}</span>
      <span className="grow col">
        <span className="row"><span className="strong clip grow">{render.name}</span><span className="xs soft num nowrap">{details}</span></span>
        <Bar share={render.state === 'queued' ? 0 : render.state === 'joining' ? 1 : share} label={render.name} />
      </span>
      <SpokenProgress name={render.name} share={render.state === 'running' ? share : null} />
    </a>
  )
}
