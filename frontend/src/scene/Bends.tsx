/** Bends of a visualizer that has them: an editable list; each one's strength can be driven like a slider. And its signals, as text. */
import { useState } from 'react'
import { mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { Select } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import type { Visualizer } from '../wire/types'
import type { Draft } from './draft'
import { newId } from './driven'
import { bendField } from './routes/RouteProvider'
import { AmountRow } from './routes/RouteDetails'

type Bend = { id: string; operation: string; block: number; branch: 'rgb' | 'features'; features: 'all' | 'random' | 'range'; amount: number; drive: string } & Record<string, unknown>

const OPERATIONS = ['zoom', 'translate', 'rotate', 'shear', 'blur', 'blend', 'hue', 'swirl', 'displacement', 'flip-h', 'flip-v', 'invert', 'threshold', 'erode', 'dilate', 'edge', 'multiply', 'ablate']
const BRANCHES = [{ value: 'rgb', label: 'Colours' }, { value: 'features', label: 'Features' }]
const FEATURES = [{ value: 'all', label: 'All' }, { value: 'random', label: 'Some, by chance' }, { value: 'range', label: 'A range' }]
const same = (values: readonly string[]): { value: string; label: string }[] => values.map((value) => ({ value, label: value }))

export function Bends({ draft, visualizer }: { draft: Draft; visualizer: Visualizer }) {
  const { parameters } = useStore(draft.scene)
  const faults = useStore(draft.faults)
  const { properties } = visualizer.schema
  if (!('bends' in properties)) return null
  const bends = (Array.isArray(parameters.bends) ? parameters.bends : []) as Bend[]
  const drives = [...drivesOf(parameters.signals), 'route']
  const put = (next: Bend[], title: string): void => draft.set({ bends: next }, title)
  const changed = (id: string, change: Partial<Bend>): Bend[] => bends.map((bend) => (bend.id === id ? ({ ...bend, ...change } as Bend) : bend))
  return (
    <section className="sect bends" aria-label="Bends">
      <div className="title">Bends<span className="num faint xs">{bends.length}</span>
        {mayEdit() && <span className="end"><Button small kind="quiet" icon="plus" onClick={() => put([...bends, newBend(drives[0] ?? 'route')], 'Add bend')}>Add</Button></span>}
      </div>
      {bends.map((bend) => (
        <div key={bend.id} className="cue-action" data-bend={bend.id}>
          <div className="row">
            <Choice label="Operation" value={bend.operation} choices={same(OPERATIONS)} onChange={(operation) => put(changed(bend.id, { operation }), 'Operation of a bend')} />
            <Choice label="Block" value={String(bend.block)} choices={Array.from({ length: 8 }, (_, block) => ({ value: String(block), label: `Block ${block}` }))} onChange={(block) => put(changed(bend.id, { block: Number(block), last_block: null }), 'Block of a bend')} />
            {mayEdit() && <span className="end"><IconButton small icon="bin" label={`Remove ${bend.operation}`} onClick={() => put(bends.filter(({ id }) => id !== bend.id), 'Remove bend')} /></span>}
          </div>
          <div className="row">
            <Choice label="Branch" value={bend.branch} choices={BRANCHES} onChange={(branch) => put(changed(bend.id, { branch: branch as Bend['branch'] }), 'Branch of a bend')} />
            <Choice label="Features" value={bend.features} choices={FEATURES} onChange={(features) => put(changed(bend.id, { features: features as Bend['features'] }), 'Features of a bend')} />
            <Choice label="Drive" value={bend.drive} choices={same(drives.includes(bend.drive) ? drives : [bend.drive, ...drives])} onChange={(drive) => put(changed(bend.id, { drive }), 'Drive of a bend')} />
          </div>
          <AmountRow title="Strength" field={bendField(bend)} value={bend.amount} onMove={(amount) => draft.move({ bends: changed(bend.id, { amount }) })} onSet={(amount) => put(changed(bend.id, { amount }), `Strength of ${bend.operation}`)} />
        </div>
      ))}
      {Object.entries(faults).filter(([name]) => name.startsWith('bends')).map(([name, fault]) => <div key={name} className="wrong-text" role="alert">{fault}</div>)}
      {'signals' in properties && mayEdit() && <Signals key={JSON.stringify(parameters.signals)} draft={draft} value={parameters.signals} />}
    </section>
  )
}

function Choice({ label, value, choices, onChange }: { label: string; value: string; choices: { value: string; label: string }[]; onChange: (value: string) => void }) {
  if (!mayEdit()) return <span className="xs">{choices.find((choice) => choice.value === value)?.label ?? value}</span>
  return <Select small aria-label={label} value={value} choices={choices} onChange={onChange} />
}

function newBend(drive: string): Bend {
  return { id: newId(), operation: 'zoom', block: 4, branch: 'rgb', features: 'all', amount: 1, drive }
}

/** The names of the signals that can drive a bend. */
function drivesOf(signals: unknown): string[] {
  const drives = (signals as { drives?: { name?: string }[] } | null)?.drives
  return Array.isArray(drives) ? drives.flatMap(({ name }) => name ?? []) : []
}

/** The signal set as text: what the studio refuses is said at the field. */
function Signals({ draft, value }: { draft: Draft; value: unknown }) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2))
  const [fault, setFault] = useState<string | null>(null)
  const told = Object.entries(useStore(draft.faults)).find(([name]) => name.startsWith('signals'))?.[1]
  const keep = (): void => {
    try {
      const next: unknown = JSON.parse(text)
      setFault(null)
      if (JSON.stringify(next) !== JSON.stringify(value)) draft.set({ signals: next }, 'Signals')
    } catch (error) {
      setFault(`This is not JSON: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return (
    <details className="signals">
      <summary className="xs">Signals “{(value as { name?: string } | null)?.name ?? 'Own'}”, as text</summary>
      <textarea className="field" rows={14} spellCheck={false} aria-label="Signals as JSON" value={text} onChange={(event) => setText(event.target.value)} onBlur={keep} />
      {(fault ?? told) && <div className="wrong-text" role="alert">{fault ?? told}</div>}
    </details>
  )
}
