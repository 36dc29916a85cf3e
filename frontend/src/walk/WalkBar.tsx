/** What a walk goes by: snapshot, pace, truncation, seed. */
import { Knob, knob } from '../explorer/Knob'
import { withKey } from '../lib/keys'
import { inOrder, snapshotTitle } from '../network/growth'
import { Labelled, Select } from '../parts/basics'
import { Button } from '../parts/Button'
import { Tip } from '../parts/Tooltip'
import type { Network } from '../wire/types'
import { anotherSeed, MOST_SEED, plainWalk, readSeed, type Walk } from './walk'

const EACH = knob({ title: 'Seconds each', default: plainWalk.secondsEach, from: 0.5, to: 60, step: 0.1, unit: 's', typed: [0.1, 120], isLog: true })
const PSI = knob({ title: 'Truncation ψ', default: plainWalk.truncation, from: 0, to: 1.5, step: 0.01, typed: [0, 2] })

interface BarProps {
  network: Network
  walk: Walk
  snapshot: string
  isLarge: boolean
  onChange: (part: Partial<Walk>) => void
  onSnapshot: (id: string) => void
  onLarge: () => void
}

export function WalkBar({ network, walk, snapshot, isLarge, onChange, onSnapshot, onLarge }: BarProps) {
  return (
    <div className="walkbar" role="group" aria-label="Walk" data-region="walk">
      <Labelled label="Snapshot">{(ids) => <Select small {...ids} value={snapshot} choices={inOrder(network.snapshots).map((one) => ({ value: one.id, label: snapshotTitle(one, network.name) }))} onChange={onSnapshot} />}</Labelled>
      <Knob field={EACH} value={walk.secondsEach} onMove={(secondsEach) => onChange({ secondsEach })} onSet={(secondsEach) => onChange({ secondsEach })} />
      <Knob field={PSI} value={walk.truncation} onMove={(truncation) => onChange({ truncation })} onSet={(truncation) => onChange({ truncation })} />
      <Labelled label="Seed">{(ids) => <Seed ids={ids} value={walk.seed} onChange={(seed) => onChange({ seed })} />}</Labelled>
      <div className="row tight walkacts">
        <Tip text={withKey('Another seed', 'walk.seed')}><Button small kind="line" icon="dice" onClick={() => onChange({ seed: anotherSeed() })}>Another walk</Button></Tip>
        <Tip text={withKey(isLarge ? 'Leave full screen' : 'Full screen', 'walk.large')}><Button small kind={isLarge ? 'line' : 'primary'} icon={isLarge ? 'exit' : 'grow'} onClick={onLarge}>{isLarge ? 'Leave' : 'Full screen'}</Button></Tip>
      </div>
    </div>
  )
}

/** A whole number; what is none is put back. */
function Seed({ ids, value, onChange }: { ids: object; value: number; onChange: (seed: number) => void }) {
  const keep = (box: HTMLInputElement): void => {
    const seed = readSeed(box.value)
    if (seed === null) box.value = String(value)
    else onChange(seed)
  }
  return <input {...ids} key={value} className="field small num seed" inputMode="numeric" defaultValue={value} maxLength={String(MOST_SEED).length} onFocus={(event) => event.target.select()} onBlur={(event) => keep(event.target)} onKeyDown={(event) => event.key === 'Enter' && keep(event.currentTarget)} />
}
