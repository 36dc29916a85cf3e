/** One parameter: its name, what helps to understand it, its value, and the way back to the default. */
import { mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { Select, Switch } from '../parts/basics'
import { IconButton } from '../parts/Button'
import { Tip } from '../parts/Tooltip'
import { RouteButton } from './routes/RouteButton'
import { RouteMarks } from './routes/RouteMarks'
import { RouteRows } from './routes/RouteRows'
import { carrying, dropClass, dropProps } from './routes/carry'
import { isChanged, pathWords, shown, type Field } from './schema'
import { changedClass, Slider, ValueBox } from './Slider'

interface ParameterFieldProps {
  field: Field
  value: unknown
  fault: string | undefined
  onMove: (value: unknown) => void
  onSet: (value: unknown) => void
}

const MOST_SEED = 2 ** 31 - 1

export function ParameterField(props: ParameterFieldProps) {
  const { field, value, fault } = props
  const carried = useStore(carrying)
  const isTarget = field.isRoutable && mayEdit()
  return (
    <div className={`param${changedClass(field, value)}${mayEdit() ? '' : ' read-only'}${isTarget ? dropClass(carried, field.name) : ''}`} {...(isTarget ? dropProps(field.name, field.title) : {})} data-parameter={field.name} data-value={JSON.stringify(value)}>
      {mayEdit() && field.kind !== 'path' ? <Editable {...props} /> : <ReadOnly field={field} value={value} />}
      {fault && <div className="wrong-text" role="alert">{fault}</div>}
    </div>
  )
}

function Name({ field, value }: { field: Field; value: unknown }) {
  const words = [field.help, field.isDraw ? '' : 'Prepares the picture anew.'].filter(Boolean).join(' ')
  const name = <span className={`name clip${changedClass(field, value)}`} tabIndex={-1}>{field.title}</span>
  return <span className="grow clip">{words ? <Tip text={words}>{name}</Tip> : name}</span>
}

function ReadOnly({ field, value }: { field: Field; value: unknown }) {
  return (
    <div className="row">
      <Name field={field} value={value} />
      <span className="num xs">{wordsFor(field, value)}{field.unit && <span className="faint"> {field.unit}</span>}</span>
    </div>
  )
}

function wordsFor(field: Field, value: unknown): string {
  if (field.kind === 'path') return pathWords(value)
  if (typeof value === 'boolean') return value ? 'On' : 'Off'
  if (Array.isArray(value)) return value.map((one) => shown(field, one)).join(' to ')
  return field.choices.find((choice) => choice.value === value)?.label ?? shown(field, value)
}

function Editable(props: ParameterFieldProps) {
  const { field, value, onSet, onMove } = props
  if (field.kind === 'range') return <RangeField {...props} />
  const isSlider = field.kind === 'slider' && typeof value === 'number'
  return (
    <>
      <div className="row">
        <Name field={field} value={value} />
        <ResetField {...props} />
        <Control {...props} />
        {field.isRoutable && <RouteButton field={field} />}
      </div>
      {isSlider && <Slider field={field} value={value} onMove={onMove} onSet={onSet}><RouteMarks field={field} value={value} /></Slider>}
      {field.isRoutable && typeof value === 'number' && <RouteRows field={field} value={value} />}
    </>
  )
}

function ResetField({ field, value, onSet }: ParameterFieldProps) {
  if (!isChanged(field, value)) return null
  return <IconButton small className="reset" icon="undo" label={`Reset ${field.title} to ${wordsFor(field, field.default)}`} onClick={() => onSet(field.default)} />
}

function Control({ field, value, onSet, onMove }: ParameterFieldProps) {
  if (field.kind === 'switch') return <Switch label={field.title} isOn={value === true} onChange={onSet} />
  if (field.kind === 'choice') {
    return (
      <Select
        small aria-label={field.title} value={String(value)} choices={field.choices.map((choice) => ({ value: String(choice.value), label: choice.label }))}
        onChange={(chosen) => onSet(field.choices.find((choice) => String(choice.value) === chosen)?.value)}
      />
    )
  }
  if (field.kind === 'text' || typeof value !== 'number') {
    return <input className="field small" aria-label={field.title} defaultValue={String(value ?? '')} key={String(value)} onBlur={(event) => event.target.value !== String(value ?? '') && onSet(event.target.value)} />
  }
  return (
    <>
      <ValueBox field={field} value={value} onMove={onMove} onSet={onSet} />
      {/seed/.test(field.name) && (
        <IconButton small icon="dice" label={`Another ${field.title.toLowerCase()}`} onClick={() => onSet(Math.floor(Math.random() * Math.min(MOST_SEED, field.maximum)))} />
      )}
    </>
  )
}

/** From … to: two numbers that may not cross. */
function RangeField({ field, value, onSet, onMove, ...rest }: ParameterFieldProps) {
  const [low, high] = Array.isArray(value) ? (value as [number, number]) : [field.minimum, field.maximum]
  const part = (at: 0 | 1): Field => ({
    ...field, kind: 'slider', title: `${field.title}, ${at === 0 ? 'from' : 'to'}`, default: Array.isArray(field.default) ? field.default[at] : null,
  })
  const withPart = (at: 0 | 1, next: number): number[] => (at === 0 ? [Math.min(next, high), high] : [low, Math.max(next, low)])
  return (
    <>
      <div className="row">
        <Name field={field} value={value} />
        <ResetField field={field} value={value} onSet={onSet} onMove={onMove} {...rest} />
        {([0, 1] as const).map((at) => (
          <ValueBox key={at} field={part(at)} value={at === 0 ? low : high} onMove={(next) => onMove(withPart(at, next))} onSet={(next) => onSet(withPart(at, next))} />
        ))}
      </div>
      {([0, 1] as const).map((at) => (
        <Slider key={at} field={part(at)} value={at === 0 ? low : high} onMove={(next) => onMove(withPart(at, next))} onSet={(next) => onSet(withPart(at, next))} />
      ))}
    </>
  )
}
