/** All routes of a scene in one list, with what they drive. */
import { useState } from 'react'
import { mayEdit } from '../../lib/page'
import { useStore } from '../../lib/store'
import { Select } from '../../parts/basics'
import { Button } from '../../parts/Button'
import { routeTitle, targetTitle, useRouteDesk } from './context'
import { RouteRow } from './RouteRows'

const FILTERS = [{ value: 'all', label: 'All' }, { value: 'on', label: 'Acting' }, { value: 'off', label: 'Bypassed' }, { value: 'solo', label: 'Solo' }, { value: 'warned', label: 'Warned of' }]

export function RoutesTab() {
  const about = useRouteDesk()
  return about && <List about={about} />
}

function List({ about }: { about: NonNullable<ReturnType<typeof useRouteDesk>> }) {
  const scene = useStore(about.draft.scene)
  const [words, setWords] = useState('')
  const [filter, setFilter] = useState('all')
  const { routes } = scene
  if (routes.length === 0) {
    return (
      <div className="scrolling" role="tabpanel">
        <div className="sect routes-empty"><h3>No routes yet</h3><p className="soft xs">A route lets a curve of the music drive a slider. Drag a lane’s head onto one, or press the curve beside it.</p></div>
      </div>
    )
  }
  const isWarned = (id: string): boolean => scene.warnings.some(({ field }) => field === `routes.${id}`)
  const kept = routes.filter((route) => ({
    all: true, on: !route.is_bypassed && !isWarned(route.id), off: route.is_bypassed, solo: route.is_solo, warned: isWarned(route.id),
  })[filter] && `${routeTitle(route, routes)} ${targetTitle(route.parameter, about.fields, routes)}`.toLowerCase().includes(words.trim().toLowerCase()))
  const soloed = routes.filter((route) => route.is_solo)
  return (
    <div className="scrolling routes-tab" role="tabpanel">
      <div className="row routes-filter">
        <input className="field small grow" aria-label="Find a route" placeholder="Find a route" value={words} onChange={(event) => setWords(event.target.value)} />
        <Select small aria-label="Which routes" value={filter} choices={FILTERS} onChange={setFilter} />
      </div>
      {soloed.length > 0 && mayEdit() && (
        <div className="row xs routes-solo"><span className="grow soft">Only {soloed.length === 1 ? 'the soloed route acts' : `${soloed.length} soloed routes act`}.</span>
          <Button small kind="quiet" onClick={() => about.draft.setDriven({ routes: Object.fromEntries(soloed.map((route) => [route.id, { ...route, is_solo: false }])) }, 'Leave solo')}>Leave solo</Button></div>
      )}
      <div className="routes-list">
        {kept.map((route) => <RouteRow key={route.id} route={route} about={about} named />)}
        {kept.length === 0 && <p className="soft xs">No route matches. {routes.length === 1 ? 'There is one.' : `There are ${routes.length}.`}</p>}
      </div>
    </div>
  )
}
