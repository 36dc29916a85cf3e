/** A route, opened in place: how far, how fast, which shape, and the settings of its source. */
import { useState } from 'react'
import { mayEdit } from '../../lib/page'
import { useStore } from '../../lib/store'
import { Select, Switch } from '../../parts/basics'
import { Popover } from '../../parts/Menu'
import type { RouteSource, RouteSpec } from '../../wire/types'
import { shown, type Field } from '../schema'
import { Slider, ValueBox } from '../Slider'
import { carrying, dropClass, dropProps } from './carry'
import { routeTitle, type RouteDesk } from './context'
import { DrawnEditor } from './DrawnEditor'
import { RouteButton, SourceList } from './RouteButton'
import { RouteMarks } from './RouteMarks'
import { RouteRows } from './RouteRows'
import { sourceTitle, WAVE_CHOICES } from './sources'

interface DetailsProps {
  route: RouteSpec
  about: RouteDesk
  field: Field | null
  onMove: (change: Partial<RouteSpec>) => void
  onSet: (change: Partial<RouteSpec>, words: string) => void
}

export function knob(name: string, title: string, minimum: number, maximum: number, more: Partial<Field> = {}): Field {
  return {
    name, title, minimum, maximum, least: minimum, most: maximum, help: '', group: '', unit: '', kind: 'slider', default: 0,
    step: 0.01, isLog: false, isWhole: false, isDraw: true, isRoutable: false, choices: [], ...more,
  }
}

const OFFSET = knob('offset', 'Offset', -1, 1)
const ATTACK = knob('attack_seconds', 'Attack', 0, 2000, { most: 30_000, unit: 'ms', step: 1 })
const RELEASE = knob('release_seconds', 'Release', 0, 2000, { most: 30_000, unit: 'ms', step: 1 })
const SMOOTHING = knob('smoothing_seconds', 'Smoothing', 0, 2000, { most: 30_000, unit: 'ms', step: 1 })
const QUANTISE = knob('quantise', 'Levels', 0, 16, { most: 64, isWhole: true, step: 1 })
const BEND = knob('bend', 'Bend', -1, 1)

export function RouteDetails({ route, about, onMove, onSet }: DetailsProps) {
  const { routes } = useStore(about.draft.scene)
  const title = routeTitle(route, routes)
  const amount = knob(`route:${route.id}`, `Amount of ${title}`, -1, 1, { least: -4, most: 4, default: 0.5, isRoutable: true })
  const number = (field: Field, factor = 1) => {
    const name = field.name as keyof RouteSpec
    return (
      <NumberRow field={field} value={(route[name] as number) * factor} onMove={(value) => onMove({ [name]: value / factor })}
        onSet={(value) => onSet({ [name]: value / factor }, `${field.title} of ${title}`)} />
    )
  }
  return (
    <div className="route-details" role="group" aria-label={`Shape and source of ${title}`}>
      <AmountRow field={amount} value={route.amount} onMove={(value) => onMove({ amount: value })} onSet={(value) => onSet({ amount: value }, amount.title)} />
      {number(OFFSET)}
      {number(ATTACK, 1000)}
      {number(RELEASE, 1000)}
      {number(SMOOTHING, 1000)}
      {number(BEND)}
      <div className="pair">
        {number(QUANTISE)}
        <div className="row param"><span className="name grow">Turned over</span><Switch label={`Turn ${title} over`} isOn={route.invert} onChange={(invert) => onSet({ invert }, `Turn ${title} over`)} /></div>
      </div>
      <SourceSettings route={route} about={about} onMove={(source) => onMove({ source })} onSet={(source, words) => onSet({ source }, words)} />
    </div>
  )
}

interface NumberRowProps {
  field: Field
  value: number
  onMove: (value: number) => void
  onSet: (value: number) => void
}

export function NumberRow({ field, value, onMove, onSet }: NumberRowProps) {
  if (!mayEdit()) return <div className="row param"><span className="name grow">{field.title}</span><span className="num xs">{shown(field, value)} {field.unit}</span></div>
  return (
    <div className={value === field.default ? 'param' : 'param changed'}>
      <div className="row"><span className="name grow clip">{field.title}</span><ValueBox field={field} value={value} onMove={onMove} onSet={onSet} /></div>
      <Slider field={field} value={value} onMove={onMove} onSet={onSet} />
    </div>
  )
}

/** An amount is a slider like any other: other routes may drive it. */
export function AmountRow({ field, value, onMove, onSet, title = 'Amount' }: NumberRowProps & { title?: string }) {
  const carried = useStore(carrying)
  if (!mayEdit()) return null
  return (
    <div className={`param${value === field.default ? '' : ' changed'}${dropClass(carried, field.name)}`} {...dropProps(field.name, field.title)} data-parameter={field.name} data-value={value}>
      <div className="row"><span className="name grow clip">{title}</span><ValueBox field={field} value={value} onMove={onMove} onSet={onSet} /><RouteButton field={field} /></div>
      <Slider field={field} value={value} onMove={onMove} onSet={onSet}><RouteMarks field={field} value={value} /></Slider>
      <RouteRows field={field} value={value} />
    </div>
  )
}

interface SourceProps {
  route: RouteSpec
  about: RouteDesk
  onMove: (source: RouteSource) => void
  onSet: (source: RouteSource, words: string) => void
}

function SourceSettings({ route, about, onMove, onSet }: SourceProps) {
  const { routes } = useStore(about.draft.scene)
  const [isChoosing, setChoosing] = useState(false)
  const { source } = route
  const title = sourceTitle(source, routes)
  if (!mayEdit()) return null
  return (
    <>
      <div className="row source-row">
        <span className="name grow">Listens to</span>
        <Popover label="What this route listens to" open={isChoosing} onOpenChange={setChoosing} button={<button type="button" className="select small"><span className="clip">{title}</span></button>}>
          <SourceList about={about} heading="Listen to" target={`route:${route.id}`} onChoose={(next) => {
            setChoosing(false)
            onSet(next, `Listen to ${sourceTitle(next, routes)}`)
          }} />
        </Popover>
      </div>
      <OwnSettings source={source} title={title} about={about} onMove={onMove} onSet={onSet} />
    </>
  )
}

const PERIOD = knob('period', 'Period', 0.125, 64, { least: 0.001, most: 3600, default: 4, isLog: true, step: 0.001 })
const PHASE = knob('phase', 'Phase', -1, 1, { unit: 'turns' })
const EVERY = knob('every', 'Every', 0.125, 64, { least: 0.001, most: 3600, default: 1, isLog: true, step: 0.001 })
const GLIDE = knob('glide', 'Glide', 0, 1)
const SEED = knob('seed', 'Seed', 0, 1000, { most: 2 ** 31 - 1, isWhole: true, step: 1 })
const HOLD = knob('hold_seconds', 'Held for', 0, 2, { most: 60, unit: 's', default: 0.05 })
const UNITS = [{ value: 'beats', label: 'beats' }, { value: 'seconds', label: 'seconds' }]

function OwnSettings({ source, title, about, onMove, onSet }: Omit<SourceProps, 'route'> & { source: RouteSource; title: string }) {
  const number = (field: Field) => (
    <NumberRow field={field} value={(source as unknown as Record<string, number>)[field.name] ?? 0} onMove={(value) => onMove({ ...source, [field.name]: value } as RouteSource)}
      onSet={(value) => onSet({ ...source, [field.name]: value } as RouteSource, `${field.title} of ${title}`)} />
  )
  const unit = 'unit' in source && (
    <Row title="Counted in"><Select small aria-label="Counted in" value={source.unit} choices={UNITS} onChange={(value) => onSet({ ...source, unit: value } as RouteSource, `Unit of ${title}`)} /></Row>
  )
  if (source.kind === 'cue') return number(HOLD)
  if (source.kind === 'chance') return <>{unit}{number({ ...EVERY, unit: source.unit })}{number(GLIDE)}{number(SEED)}</>
  if (source.kind === 'drawn') return <>{unit}<DrawnEditor source={source} about={about} onMove={onMove} onSet={(next) => onSet(next, 'Drawn curve')} /></>
  if (source.kind !== 'lfo') return null
  return (
    <>
      <Row title="Wave"><Select small aria-label="Wave" value={source.wave} choices={WAVE_CHOICES} onChange={(wave) => onSet({ ...source, wave } as RouteSource, 'Wave')} /></Row>
      {unit}{number({ ...PERIOD, unit: source.unit })}{number(PHASE)}
    </>
  )
}

function Row({ title, children }: { title: string; children: React.ReactNode }) {
  return <div className="row param source-row"><span className="name grow">{title}</span>{children}</div>
}
