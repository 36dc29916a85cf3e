/** Below a slider: a row for each route that drives it, and where they carry it beyond its range. */
import { useMemo, useState } from 'react'
import { mayEdit } from '../../lib/page'
import { useStore } from '../../lib/store'
import { Icon, type IconName } from '../../parts/Icon'
import { Menu } from '../../parts/Menu'
import { Tip } from '../../parts/Tooltip'
import { moves } from '../../track/moves'
import type { RouteSpec } from '../../wire/types'
import { newId } from '../driven'
import { type Field } from '../schema'
import { amountWords, clampedPlaces, clampedWords, placeAfter } from './band'
import { routeHue, routeTitle, targetTitle, useRoutesOn, type RouteDesk } from './context'
import { RouteDetails } from './RouteDetails'
import { Scrub } from './Scrub'
import { Spark } from './Spark'

export function RouteRows({ field, value }: { field: Field; value: number }) {
  const { about, routes } = useRoutesOn(field.name)
  if (!about || routes.length === 0) return null
  return (
    <>
      {routes.map((route) => <RouteRow key={route.id} route={route} about={about} />)}
      <Clamped field={field} value={value} />
    </>
  )
}

function Clamped({ field, value }: { field: Field; value: number }) {
  const { about, acting } = useRoutesOn(field.name)
  const places = useMemo(() => (about ? clampedPlaces(field, value, acting, about.desk.view.durationSeconds) : []), [about, field, value, acting])
  if (!about || places.length === 0) return null
  const show = (): void => {
    const next = placeAfter(places, about.desk.player.seconds)
    if (next) moves(about.desk).go(next.from)
  }
  return (
    <div className="row xxs warn clamped">
      <Icon name="warning" size="small" />
      <span>{clampedWords(field, places)}</span>
      <button type="button" className="link" onClick={show}>Show</button>
    </div>
  )
}

/** One route; `named` says what it drives too, for lists of many. */
export function RouteRow({ route, about, named = false }: { route: RouteSpec; about: RouteDesk; named?: boolean }) {
  const scene = useStore(about.draft.scene)
  const faults = useStore(about.draft.faults)
  const [isOpen, setOpen] = useState(false)
  const { routes } = scene
  const title = routeTitle(route, routes)
  const field = about.fields.get(route.parameter) ?? null
  const put = (change: Partial<RouteSpec>, words: string): void => about.draft.setDriven({ routes: { [route.id]: { ...route, ...change } } }, words)
  const move = (change: Partial<RouteSpec>): void => about.draft.moveDriven({ routes: { [route.id]: { ...route, ...change } } })
  const fault = Object.entries(faults).find(([name]) => name.startsWith(`routes.${route.id}.`))?.[1]
  const warning = scene.warnings.find((one) => one.field === `routes.${route.id}`)?.sentence
  return (
    <div className="route-box" data-route-row={route.id} style={{ '--route': `var(--${routeHue(route, about)})` } as React.CSSProperties}>
      <div className={['route', route.is_bypassed && 'bypassed', named && 'named'].filter(Boolean).join(' ')}>
        <button type="button" className="route-name" aria-expanded={isOpen} aria-label={`${title} drives ${targetTitle(route.parameter, about.fields, routes)}`} onClick={() => setOpen(!isOpen)}>
          <span className="route-words clip" title={title}>
            <span className="strong clip">{title}</span>
            {named && <span className="faint clip xxs">to {targetTitle(route.parameter, about.fields, routes)}</span>}
          </span>
          <Spark route={route} about={about} />
        </button>
        {mayEdit() ? (
          <Scrub label={`Amount of ${title}`} value={route.amount} words={amountWords(field, route.amount)} onMove={(amount) => move({ amount })} onSet={(amount) => put({ amount }, `Amount of ${title}`)} />
        ) : <span className="amount">{amountWords(field, route.amount)}</span>}
        {!named && route.attack_seconds + route.release_seconds > 0 && <span className="faint num xxs ms" title="Attack and release">{Math.round(route.attack_seconds * 1000)} / {Math.round(route.release_seconds * 1000)} ms</span>}
        {mayEdit() && (
          <>
            <Mini icon="solo" label={`Solo ${title}`} isOn={route.is_solo} onClick={() => put({ is_solo: !route.is_solo }, `${route.is_solo ? 'Leave solo of' : 'Solo'} ${title}`)} />
            <Mini icon="power" label={route.is_bypassed ? `Turn ${title} on` : `Bypass ${title}`} isOn={!route.is_bypassed} onClick={() => put({ is_bypassed: !route.is_bypassed }, `${route.is_bypassed ? 'Turn on' : 'Bypass'} ${title}`)} />
            <Menu align="end" button={<button type="button" className="mini" aria-label={`More for ${title}`}><Icon name="more" /></button>} items={[
              { id: 'open', label: isOpen ? 'Fold' : 'Shape and source', icon: 'settings', act: () => setOpen(!isOpen) },
              { id: 'copy', label: 'Duplicate', icon: 'copy', act: () => duplicate(about, route, title) },
              { id: 'bin', label: 'Remove', icon: 'bin', danger: true, line: true, act: () => about.draft.setDriven({ routes: { [route.id]: null } }, `Remove ${title}`) },
            ]} />
          </>
        )}
      </div>
      {warning && <div className="row xxs warn clamped"><Icon name="warning" size="small" /><span>{warning}</span></div>}
      {fault && <div className="wrong-text" role="alert">{fault}</div>}
      {isOpen && <RouteDetails route={route} about={about} field={field} onMove={move} onSet={put} />}
    </div>
  )
}

function duplicate(about: RouteDesk, route: RouteSpec, title: string): void {
  const id = newId()
  about.draft.setDriven({ routes: { [id]: { ...route, id, is_solo: false } } }, `Duplicate ${title}`)
}

export function Mini({ icon, label, isOn, onClick }: { icon: IconName; label: string; isOn?: boolean; onClick: () => void }) {
  return <Tip text={label}><button type="button" className={isOn ? 'mini on' : 'mini'} aria-label={label} aria-pressed={isOn} onClick={onClick}><Icon name={icon} /></button></Tip>
}
