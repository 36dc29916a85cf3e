/** Basics: the small parts that every page is made of. */
import { useEffect, useId, useState, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes } from 'react'
import { Button } from './Button'
import { Icon, type IconName } from './Icon'
import type { Person } from '../wire/types'
import { sentenceOf } from '../wire/api'

type Mood = 'plain' | 'ok' | 'warn' | 'danger' | 'info'

export function Tag({ children, mood = 'plain', icon }: { children: ReactNode; mood?: Mood; icon?: IconName }) {
  return (
    <span className={mood === 'plain' ? 'tag' : `tag ${mood}`}>
      {icon && <Icon name={icon} />}
      {children}
    </span>
  )
}

export function Dot({ mood }: { mood: 'ok' | 'warn' | 'danger' | 'busy' | 'off' }) {
  return <span className={`dot ${mood}`} aria-hidden="true" />
}

const noteIcons: Record<Mood, IconName> = { plain: 'info', info: 'info', ok: 'check', warn: 'warning', danger: 'alert' }

/** A quiet box with one fact and, when there is one, what to do about it. */
export function Note({ children, mood = 'plain', action, icon }: { children: ReactNode; mood?: Mood; action?: ReactNode; icon?: IconName }) {
  return (
    <div className={mood === 'plain' ? 'note' : `note ${mood}`} role={mood === 'danger' ? 'alert' : undefined}>
      <Icon name={icon ?? noteIcons[mood]} />
      <div className="grow">{children}</div>
      {action}
    </div>
  )
}

/** The place of a part that could not be loaded keeps what happened and Try again; the rest of the page works. */
export function FaultNote({ fault, what, again }: { fault: unknown; what: string; again?: () => void }) {
  return (
    <Note mood="danger" action={again && <Button small kind="quiet" icon="again" onClick={again}>Try again</Button>}>
      <b className="strong">{what}</b> {sentenceOf(fault)}
    </Note>
  )
}

/** What belongs here, why it helps, the one action. */
export function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p className="soft">{children}</p>
      {action && <div>{action}</div>}
    </div>
  )
}

/** Children only after 300 ms of waiting, so that quick answers show no skeleton. */
export function Late({ children, milliseconds = 300 }: { children: ReactNode; milliseconds?: number }) {
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), milliseconds)
    return () => clearTimeout(timer)
  }, [milliseconds])
  return isLate ? children : null
}

/** Grey lines, shaped like the rows that come. */
export function Skeleton({ rows = 4, height = 20 }: { rows?: number; height?: number }) {
  return (
    <Late>
      <div className="col" aria-busy="true" aria-label="Loading">
        {Array.from({ length: rows }, (_, row) => (
          <div key={row} className="skeleton" style={{ height, width: `${100 - ((row * 17) % 34)}%` }} />
        ))}
      </div>
    </Late>
  )
}

export function initialsOf(name: string): string {
  const parts = name.trim().split(/\s+/)
  return ((parts[0]?.[0] ?? '?') + (parts.length > 1 ? (parts.at(-1)?.[0] ?? '') : '')).toUpperCase()
}

export function Avatar({ person }: { person: Pick<Person, 'name' | 'initials' | 'colour'> }) {
  return (
    <span className="avatar" style={{ background: `var(--hue-${person.colour}, var(--hue-grey))` }} title={person.name} role="img" aria-label={person.name}>
      <span aria-hidden="true">{person.initials || initialsOf(person.name)}</span>
    </span>
  )
}

interface LabelledProps {
  label: string
  hint?: ReactNode
  wrong?: string | null | undefined
  children: (ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode
}

/** A field with its name above, and below it what is wrong or what helps. */
export function Labelled({ label, hint, wrong, children }: LabelledProps) {
  const id = useId()
  const told = wrong ?? hint
  return (
    <div className="label-row">
      <label className="label" htmlFor={id}>{label}</label>
      {children({ id, ...(told ? { 'aria-describedby': `${id}-told` } : {}), ...(wrong ? { 'aria-invalid': true } : {}) })}
      {told && <div id={`${id}-told`} className={wrong ? 'wrong-text' : 'hint'}>{told}</div>}
    </div>
  )
}

type TextFieldProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> & {
  label: string
  value: string
  onChange: (value: string) => void
  hint?: ReactNode
  wrong?: string | null | undefined
}

export function TextField({ label, value, onChange, hint, wrong, ...rest }: TextFieldProps) {
  return (
    <Labelled label={label} hint={hint} wrong={wrong}>
      {(ids) => (
        <input {...rest} {...ids} className={wrong || rest['aria-invalid'] ? 'field wrong' : 'field'} value={value} onChange={(event) => onChange(event.target.value)} />
      )}
    </Labelled>
  )
}

export interface Choice {
  value: string
  label: string
  /** Choices with the same one, side by side, stand under its name. */
  group?: string
  isDisabled?: boolean
}

type ChoiceProps = Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange' | 'value'> & {
  value: string
  choices: Choice[]
  onChange: (value: string) => void
  small?: boolean
}

export function Select({ value, choices, onChange, small, ...rest }: ChoiceProps) {
  return (
    <select {...rest} className={small ? 'select small' : 'select'} value={value} onChange={(event) => onChange(event.target.value)}>
      {grouped(choices).map(([group, inside]) => group === undefined
        ? inside.map(option)
        : <optgroup key={group} label={group}>{inside.map(option)}</optgroup>)}
    </select>
  )
}

function option({ value, label, isDisabled }: Choice) {
  return <option key={value} value={value} disabled={isDisabled}>{label}</option>
}

function grouped(choices: Choice[]): [string | undefined, Choice[]][] {
  const found: [string | undefined, Choice[]][] = []
  for (const choice of choices) {
    const last = found.at(-1)
    if (last && last[0] === choice.group) last[1].push(choice)
    else found.push([choice.group, [choice]])
  }
  return found
}

export function ChoiceField({ label, hint, wrong, ...rest }: ChoiceProps & { label: string; hint?: ReactNode; wrong?: string | null | undefined }) {
  return (
    <Labelled label={label} hint={hint} wrong={wrong}>
      {(ids) => <Select {...rest} {...ids} />}
    </Labelled>
  )
}

export function Switch({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  return <button type="button" className="switch" role="switch" aria-checked={isOn} aria-label={label} onClick={() => onChange(!isOn)} />
}
