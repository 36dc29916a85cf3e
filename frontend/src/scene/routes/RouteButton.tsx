/** The route button of a slider: the list of everything that can drive it. Typing finds, Enter takes. */
import { useMemo, useState } from 'react'
import { useStore } from '../../lib/store'
import { Icon } from '../../parts/Icon'
import { Popover } from '../../parts/Menu'
import type { RouteSource } from '../../wire/types'
import type { Field } from '../schema'
import { carrying, putDown } from './carry'
import { addRoute, targetTitle, useRoutesOn, type RouteDesk } from './context'
import { sourceChoices, sourceHue, wouldRing, type SourceChoice } from './sources'

export function RouteButton({ field }: { field: Field }) {
  const { about, routes } = useRoutesOn(field.name)
  const [isOpen, setOpen] = useState(false)
  const carried = useStore(carrying)
  if (!about) return null
  const label = carried && !carried.at ? `${carried.title} drives ${field.title}` : `Routes of ${field.title}`
  return (
    <Popover label={`What drives ${field.title}`} open={isOpen} onOpenChange={(open) => {
      // A source that was taken up by keys is put down here.
      if (open && carrying.get()) return putDown(field.name)
      setOpen(open)
    }} button={<button type="button" className={`mini${routes.length ? ' on' : ''}`} aria-label={label} title={label}><Icon name="route" /></button>}>
      <SourceList about={about} heading={`${routes.length ? 'Also drive' : 'Drive'} ${field.title} with`} target={field.name} onChoose={(source) => {
        addRoute(about, field.name, source)
        setOpen(false)
      }} />
    </Popover>
  )
}

interface SourceListProps {
  about: RouteDesk
  heading: string
  /** The parameter that it will drive: no route can listen to what waits for it. */
  target: string
  onChoose: (source: RouteSource) => void
}

export function SourceList({ about, heading, target, onChoose }: SourceListProps) {
  const { routes } = useStore(about.draft.scene)
  const [words, setWords] = useState('')
  const choices = useMemo(() => sourceChoices({
    labels: about.labels, stems: about.stems, duration: about.desk.view.durationSeconds,
    routes: routes.filter(({ id }) => !target.startsWith('route:') || (`route:${id}` !== target && !wouldRing(routes, target.slice(6), { kind: 'route', id }))),
    targetOf: (route) => targetTitle(route.parameter, about.fields, routes),
  }), [about, routes, target])
  const found = choices.filter(({ title, group }) => `${title} ${group}`.toLowerCase().includes(words.trim().toLowerCase()))
  const groups = [...new Set(found.map(({ group }) => group))]
  return (
    <div className="source-list">
      <div className="head"><h3>{heading}</h3></div>
      <input className="field small" autoFocus aria-label="Find a source" placeholder="Find a source" value={words} onChange={(event) => setWords(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && found[0]) onChoose(found[0].source)
          if (event.key === 'ArrowDown') (event.currentTarget.parentElement?.querySelector('.sources button') as HTMLElement | null)?.focus()
        }} />
      <div className="sources" onKeyDown={walk}>
        {groups.map((group) => (
          <div key={group} role="group" aria-label={group}>
            <div className="caption">{group}</div>
            {found.filter((one) => one.group === group).map((choice) => <SourceLine key={choice.id} choice={choice} about={about} onChoose={onChoose} />)}
          </div>
        ))}
        {found.length === 0 && <p className="soft xs none">Nothing here is called “{words}”.</p>}
        {about.labels.length === 0 && !words && <p className="soft xs none">Cues of this track drive things too, once one has a name.</p>}
      </div>
    </div>
  )
}

function SourceLine({ choice, about, onChoose }: { choice: SourceChoice; about: RouteDesk; onChoose: (source: RouteSource) => void }) {
  return (
    <button type="button" onClick={() => onChoose(choice.source)}>
      <span className="swatch" style={{ background: `var(--${sourceHue(choice.source, about.cueHues)})` }} />
      <span className="grow clip">{choice.title}</span>
    </button>
  )
}

/** Arrows go through the list. */
function walk(event: React.KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const lines = [...event.currentTarget.querySelectorAll('button')]
  const here = lines.indexOf(document.activeElement as HTMLButtonElement)
  const next = lines[here + (event.key === 'ArrowDown' ? 1 : -1)]
  event.preventDefault()
  if (next) next.focus()
  else if (here === 0) event.currentTarget.parentElement?.querySelector('input')?.focus()
}
