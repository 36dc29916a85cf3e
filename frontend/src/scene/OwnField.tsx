/** One field of a form of its own: a number, a choice or a switch, in one row. */
import { mayEdit } from '../lib/page'
import { Select, Switch } from '../parts/basics'
import { IconButton } from '../parts/Button'
import { Tip } from '../parts/Tooltip'
import { isChanged, shown, type Field } from './schema'
import { ValueBox } from './Slider'

interface OwnFieldRowProps {
  field: Field
  value: unknown
  onMove: (value: unknown) => void
  onSet: (value: unknown) => void
}

const MOST_SEED = 2 ** 31 - 1

export function OwnFieldRow({ field, value, onMove, onSet }: OwnFieldRowProps) {
  const name = <span className="name clip">{field.title}</span>
  return (
    <div className={isChanged(field, value) ? 'row param own-field changed' : 'row param own-field'} data-field={field.name}>
      <span className="grow clip">{field.help ? <Tip text={field.help}>{name}</Tip> : name}</span>
      {mayEdit() ? <Control field={field} value={value} onMove={onMove} onSet={onSet} /> : <span className="num xs">{words(field, value)}</span>}
    </div>
  )
}

function Control({ field, value, onMove, onSet }: OwnFieldRowProps) {
  if (field.kind === 'switch') return <Switch label={field.title} isOn={value === true} onChange={onSet} />
  if (field.kind === 'choice') {
    return <Select small aria-label={field.title} value={String(value)} choices={field.choices.map((one) => ({ value: String(one.value), label: one.label }))}
      onChange={(chosen) => onSet(field.choices.find((one) => String(one.value) === chosen)?.value)} />
  }
  if (typeof value !== 'number') return <span className="xs soft">{String(value ?? '')}</span>
  return (
    <>
      <ValueBox field={field} value={value} onMove={onMove} onSet={onSet} />
      {field.name === 'seed' && <IconButton small icon="dice" label={`Another ${field.title.toLowerCase()}`} onClick={() => onSet(Math.floor(Math.random() * Math.min(MOST_SEED, field.most)))} />}
    </>
  )
}

function words(field: Field, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'On' : 'Off'
  return field.choices.find((one) => one.value === value)?.label ?? shown(field, value)
}
