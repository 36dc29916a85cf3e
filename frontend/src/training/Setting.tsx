import { useState } from 'react'
import { Select, Switch } from '../parts/basics'
import { IconButton } from '../parts/Button'
import { readValue, valueWords } from './fields'
import type { PlanField } from './wire'

interface SettingProps {
  field: PlanField
  /** Sizes that may be chosen. */
  sizes: readonly number[]
  /** What the studio says of it. */
  problem: string | null
  /** What is typed but is no value. */
  wrong: string | null
  onWrong: (sentence: string | null) => void
  onSet: (value: unknown) => void
}

/** One setting: its name, its value, its default where it differs, what it does, what is wrong with it. */
export function Setting(props: SettingProps) {
  const { field, problem, wrong, onSet, onWrong } = props
  const told = wrong ?? problem
  const id = `setting-${field.name}`
  const reset = (): void => {
    onWrong(null)
    onSet(field.default)
  }
  return (
    <div className={field.changed ? 'onesetting changed' : 'onesetting'} data-setting={field.name} data-value={JSON.stringify(field.value)}>
      <label className="name clip" htmlFor={id} title={field.title}><span className="clip">{field.title}</span></label>
      <Control {...props} id={id} />
      {field.kind === 'choices' && <Choices {...props} />}
      <div className="about xs faint">
        {field.description}{' '}
        {field.fixed ? <span className="soft">The start decides it.</span> : field.changed
          ? <span className="nowrap"><span className="soft">The preset has {valueWords(field.default, field)}.</span> <IconButton small className="reset" icon="undo" label={`Reset ${field.title} to ${valueWords(field.default, field)}`} onClick={reset} /></span>
          : <span className="nowrap">Default: {valueWords(field.default, field)}.</span>}
      </div>
      {told && <div className="wrong-text" role="alert" id={`${id}-told`}>{told}</div>}
    </div>
  )
}

function Control({ field, sizes, problem, wrong, onSet, onWrong, id }: SettingProps & { id: string }) {
  if (field.fixed) return <span className="num end">{valueWords(field.value, field)}</span>
  if (field.kind === 'boolean') return <Switch label={field.title} isOn={field.value === true} onChange={onSet} />
  if (field.kind === 'choices') return <span className="xs soft num end">{Array.isArray(field.value) ? `${field.value.length} of ${field.choices?.length ?? 0}` : ''}</span>
  if (field.name === 'size' && sizes.length > 0) {
    return <Select id={id} aria-invalid={problem !== null} value={String(field.value)} choices={withValue(sizes, field.value).map((one) => ({ value: String(one), label: `${one} × ${one}` }))} onChange={(size) => onSet(Number(size))} />
  }
  if (field.kind === 'choice') {
    return <Select id={id} aria-invalid={problem !== null} value={String(field.value)} choices={(field.choices ?? []).map((one) => ({ value: one.value, label: one.title }))} onChange={onSet} />
  }
  return <NumberField field={field} id={id} isWrong={wrong !== null || problem !== null} onWrong={onWrong} onSet={onSet} />
}

function withValue(sizes: readonly number[], value: unknown): number[] {
  return typeof value === 'number' && !sizes.includes(value) ? [...sizes, value].sort((a, b) => a - b) : [...sizes]
}

/** What is typed is set when it is a value; else it stays, with what is wrong. */
function NumberField({ field, id, isWrong, onWrong, onSet }: { field: PlanField; id: string; isWrong: boolean; onWrong: (sentence: string | null) => void; onSet: (value: unknown) => void }) {
  const [text, setText] = useState<string | null>(null)
  const written = field.value === null ? '' : String(field.value)
  const end = (): void => {
    if (text === null) return
    const read = readValue(field, text)
    if ('wrong' in read) {
      onWrong(read.wrong)
      return
    }
    onWrong(null)
    setText(null)
    if (JSON.stringify(read.value) !== JSON.stringify(field.value)) onSet(read.value)
  }
  return (
    <input id={id} className={isWrong ? 'field wrong' : 'field'} inputMode="decimal" aria-invalid={isWrong} aria-describedby={isWrong ? `${id}-told` : undefined} placeholder={field.optional ? 'none' : undefined}
      value={text ?? written} onFocus={(event) => event.target.select()} onChange={(event) => setText(event.target.value)} onBlur={end} onKeyDown={(event) => event.key === 'Enter' && end()} />
  )
}

function Choices({ field, onSet }: SettingProps) {
  const chosen = Array.isArray(field.value) ? (field.value as string[]) : []
  const all = field.choices ?? []
  const toggle = (value: string): void => onSet(all.map((one) => one.value).filter((one) => (one === value) !== chosen.includes(one)))
  return (
    <div className="row wrap manychoices" role="group" aria-label={field.title}>
      {all.map((one) => <button key={one.value} type="button" className={chosen.includes(one.value) ? 'chip on' : 'chip'} aria-pressed={chosen.includes(one.value)} onClick={() => toggle(one.value)}>{one.title}</button>)}
    </div>
  )
}
