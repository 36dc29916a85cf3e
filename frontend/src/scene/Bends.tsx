/** Bends of a visualizer that has them: an ordered list; each one's strength can be driven like a slider. */
import { useState, type KeyboardEvent } from 'react'
import { mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { Note, Select } from '../parts/basics'
import { Button } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { Menu } from '../parts/Menu'
import type { Visualizer } from '../wire/types'
import type { Draft } from './draft'
import { newId } from './driven'
import { OwnFieldRow } from './OwnField'
import { completed, fieldsOf, isRead, modelOf, moved, parameterOf, type OwnField, type Root } from './own_schema'
import { bendField } from './routes/RouteProvider'
import { AmountRow } from './routes/RouteDetails'

type Bend = { id: string; operation: string; block: number; last_block: number | null; amount: number; drive: string } & Record<string, unknown>

const ROUTE = 'route'
// These have controls of their own in a bend's first rows.
const AT_THE_TOP = ['id', 'operation', 'block', 'last_block', 'amount', 'drive']

export function Bends({ draft, visualizer }: { draft: Draft; visualizer: Visualizer }) {
  const root = visualizer.schema as Root
  const found = parameterOf(root, 'bends')
  return found && <List draft={draft} name={found.name} fields={fieldsOf(modelOf(found.rule, root), root)} />
}

function List({ draft, name, fields }: { draft: Draft; name: string; fields: OwnField[] }) {
  const { parameters, warnings } = useStore(draft.scene)
  const faults = useStore(draft.faults)
  const bends = (Array.isArray(parameters[name]) ? (parameters[name] as Bend[]) : []).map((bend) => completed(fields, bend) as Bend)
  const drives = [...drivesOf(parameters.signals), ROUTE]
  const put = (next: Bend[], title: string): void => draft.set({ [name]: next }, title)
  const changed = (id: string, change: Partial<Bend>): Bend[] => bends.map((bend) => (bend.id === id ? ({ ...bend, ...change } as Bend) : bend))
  const about = warnings.find(({ field }) => field === `parameters.${name}`)?.sentence
  return (
    <section className="sect bends" aria-label="Bends">
      <div className="title">Bends<span className="num faint xs">{bends.length}</span>
        {mayEdit() && <span className="end"><Button small kind="quiet" icon="plus" onClick={() => put([...bends, newBend(fields, drives[0] ?? ROUTE)], 'Add bend')}>Add</Button></span>}
      </div>
      {about && <Note mood="warn">{about}</Note>}
      {bends.map((bend, at) => (
        <BendBox key={bend.id} bend={bend} at={at} count={bends.length} fields={fields} drives={drives} warning={warnings.find(({ field }) => field === `${name}.${bend.id}`)?.sentence}
          onMove={(change) => draft.move({ [name]: changed(bend.id, change) })} onSet={(change, title) => put(changed(bend.id, change), title)}
          moveTo={(to) => put(moved(bends, at, to), 'Order of bends')}
          onCopy={() => put([...bends.slice(0, at + 1), { ...bend, id: newId() }, ...bends.slice(at + 1)], 'Duplicate bend')}
          onRemove={() => put(bends.filter(({ id }) => id !== bend.id), 'Remove bend')} />
      ))}
      {!about && Object.entries(faults).filter(([at]) => at.startsWith(name)).map(([at, fault]) => <div key={at} className="wrong-text" role="alert">{fault}</div>)}
    </section>
  )
}

interface BendBoxProps {
  bend: Bend
  at: number
  count: number
  fields: OwnField[]
  drives: string[]
  warning: string | undefined
  onMove: (change: Partial<Bend>) => void
  onSet: (change: Partial<Bend>, title: string) => void
  moveTo: (to: number) => void
  onCopy: () => void
  onRemove: () => void
}

function BendBox({ bend, at, count, fields, drives, warning, onMove, onSet, moveTo, onCopy, onRemove }: BendBoxProps) {
  const [isOpen, setOpen] = useState(false)
  const operations = fields.find((field) => field.name === 'operation')?.choices ?? []
  const deepest = fields.find((field) => field.name === 'block')?.most ?? 0
  const press = (event: KeyboardEvent): void => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    moveTo(at + (event.key === 'ArrowUp' ? -1 : 1))
  }
  const what = bend.operation
  return (
    <div className="cue-action" data-bend={bend.id} onKeyDown={press}>
      <div className="row">
        <Choice label="Operation" value={what} choices={operations.map(({ value, label }) => ({ value: String(value), label }))} onChange={(operation) => onSet(allowed(operation), 'Operation of a bend')} />
        <Choice label="Drive" value={bend.drive} choices={same(drives.includes(bend.drive) ? drives : [bend.drive, ...drives])} onChange={(drive) => onSet({ drive }, 'Drive of a bend')} />
        {mayEdit() && (
          <Menu align="end" button={<button type="button" className="mini end" aria-label={`More for ${what}`}><Icon name="more" /></button>} items={[
            { id: 'up', label: 'Earlier', keys: 'Alt ↑', reason: at === 0 ? 'It is the first' : null, act: () => moveTo(at - 1) },
            { id: 'down', label: 'Later', keys: 'Alt ↓', reason: at === count - 1 ? 'It is the last' : null, act: () => moveTo(at + 1) },
            { id: 'copy', label: 'Duplicate', icon: 'copy', act: onCopy },
            { id: 'bin', label: 'Remove', icon: 'bin', danger: true, line: true, act: onRemove },
          ]} />
        )}
      </div>
      <div className="row">
        <Choice label="Block" value={String(bend.block)} choices={blocks(0, deepest, 'Block')} onChange={(value) => onSet(within(Number(value), bend.last_block), 'Block of a bend')} />
        <Choice label="To block" value={String(bend.last_block ?? bend.block)} choices={[{ value: String(bend.block), label: 'Only this' }, ...blocks(bend.block + 1, deepest, 'to')]}
          onChange={(value) => onSet({ last_block: Number(value) === bend.block ? null : Number(value) }, 'Blocks of a bend')} />
        <button type="button" className="mini end" aria-expanded={isOpen} aria-label={`${isOpen ? 'Fold' : 'All'} fields of ${what}`} onClick={() => setOpen(!isOpen)}><Icon name={isOpen ? 'down' : 'right'} /></button>
      </div>
      <AmountRow title="Strength" field={bendField(bend)} value={bend.amount} onMove={(amount) => onMove({ amount })} onSet={(amount) => onSet({ amount }, `Strength of ${what}`)} />
      {isOpen && fields.filter((field) => !AT_THE_TOP.includes(field.name) && isRead(field, bend) && isFree(field, bend)).map((field) => (
        <OwnFieldRow key={field.name} field={field} value={bend[field.name]} onMove={(value) => onMove({ [field.name]: value })} onSet={(value) => onSet({ [field.name]: value }, `${field.title} of ${what}`)} />
      ))}
      {warning && <div className="row xxs warn clamped"><Icon name="warning" size="small" /><span>{warning}</span></div>}
    </div>
  )
}

function Choice({ label, value, choices, onChange }: { label: string; value: string; choices: { value: string; label: string }[]; onChange: (value: string) => void }) {
  if (!mayEdit()) return <span className="xs">{choices.find((choice) => choice.value === value)?.label ?? value}</span>
  return <Select small aria-label={label} value={value} choices={choices} onChange={onChange} />
}

const same = (values: readonly string[]): { value: string; label: string }[] => values.map((value) => ({ value, label: value === ROUTE ? 'Routes alone' : value }))

function blocks(from: number, deepest: number, word: string): { value: string; label: string }[] {
  return Array.from({ length: Math.max(0, deepest + 1 - from) }, (_, place) => ({ value: String(from + place), label: `${word} ${from + place}` }))
}

/** A range of blocks does not end before it begins. */
function within(block: number, last: number | null): Partial<Bend> {
  return { block, last_block: last !== null && last > block ? last : null }
}

/** Only a whole picture has a hue. */
function allowed(operation: string): Partial<Bend> {
  return operation === 'hue' ? { operation, branch: 'rgb', features: 'all' } : { operation }
}

function isFree({ name }: OwnField, { operation }: Bend): boolean {
  return operation !== 'hue' || (name !== 'branch' && name !== 'features')
}

function newBend(fields: readonly OwnField[], drive: string): Bend {
  return completed(fields, { id: newId(), operation: 'zoom', last_block: null, drive }) as Bend
}

/** The names of the signals that can drive a bend. */
function drivesOf(signals: unknown): string[] {
  const drives = (signals as { drives?: { name?: string }[] } | null)?.drives
  return Array.isArray(drives) ? drives.flatMap(({ name }) => name ?? []) : []
}
