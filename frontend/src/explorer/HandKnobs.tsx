/** GANce's hand tweaks, and arithmetic with other vectors: both in z before the mapping or in w after it. */
import { Select } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Menu } from '../parts/Menu'
import type { Term, Tweak } from '../network/vectors'
import { Group } from './Group'
import { Knob, knob } from './Knob'
import { useNamed, VectorPicture } from './PinPicture'
import { added, changed, firstTweak, TWEAK_KINDS, without } from './recipe'
import { useExplored, useExplorer } from './use_explorer'
import { VectorMenu } from './VectorMenu'

const SPACES = [{ value: 'w', label: 'in W' }, { value: 'z', label: 'in Z' }]
const amount = knob({ title: 'Amount', default: 0, from: -3, to: 3, step: 0.05, typed: [-100, 100] })
const factor = knob({ title: 'Factor', default: 1, from: -2, to: 2, step: 0.05, typed: [-100, 100] })
const cycles = knob({ title: 'Cycles', default: 1, from: 0, to: 32, step: 0.5, typed: [0, 2048] })
const phase = knob({ title: 'Phase', default: 0, from: -1, to: 1, step: 0.01, unit: 'turns' })

export function TweakKnobs() {
  const { desk } = useExplorer()
  const { vector: { tweaks } } = useExplored()
  const add = (
    <Menu align="end" button={tweaks.length > 0 ? <IconButton small icon="plus" label="Another tweak" /> : <Button small kind="line" icon="plus">Choose a tweak</Button>}
      items={TWEAK_KINDS.map(({ kind, label }) => ({ id: kind, label, act: () => desk.setVector((now) => added(now, 'tweaks', firstTweak(kind)), `Tweak: ${label.toLowerCase()}`) }))} />
  )
  return (
    <Group title="Hand tweaks" summary={tweaks.length > 0 ? `${tweaks.length} on` : 'Scale, sine, square, line'} startsOpen={false} actions={tweaks.length > 0 && add}>
      {tweaks.length === 0 && <div className="row first-part">{add}<span className="xs faint">Bends the numbers themselves</span></div>}
      {tweaks.map((tweak, at) => <TweakRow key={at} tweak={tweak} at={at} />)}
    </Group>
  )
}

function TweakRow({ tweak, at }: { tweak: Tweak; at: number }) {
  const { desk } = useExplorer()
  const label = TWEAK_KINDS.find((one) => one.kind === tweak.kind)?.label ?? tweak.kind
  const part = (name: 'amount' | 'cycles' | 'phase') => ({
    value: tweak[name], id: `${label} ${name}`,
    onMove: (value: number) => desk.moveVector((now) => changed(now, 'tweaks', at, { [name]: value })),
    onSet: (value: number) => void desk.setVector((now) => changed(now, 'tweaks', at, { [name]: value }), `${label}, ${name}`),
  })
  const isWave = tweak.kind === 'sine' || tweak.kind === 'square'
  return (
    <div className="part">
      <PartHead name={label} space={tweak.space} onSpace={(space) => desk.setVector((now) => changed(now, 'tweaks', at, { space }), `${label} in ${space.toUpperCase()}`)}
        onRemove={() => desk.setVector((now) => without(now, 'tweaks', at), `Remove ${label.toLowerCase()}`)} />
      <Knob field={tweak.kind === 'scale' ? factor : amount} {...part('amount')} />
      {isWave && <Knob field={cycles} {...part('cycles')} />}
      {isWave && <Knob field={phase} {...part('phase')} />}
    </div>
  )
}

export function TermKnobs() {
  const { desk } = useExplorer()
  const { vector: { terms } } = useExplored()
  const add = (
    <VectorMenu button={terms.length > 0 ? <IconButton small icon="plus" label="Another vector" /> : <Button small kind="line" icon="plus">Add a vector</Button>}
      onChoose={(of, name) => desk.setVector((now) => added(now, 'terms', { of, amount: 0.5, space: 'w' }), `Add “${name}”`)} />
  )
  return (
    <Group title="Arithmetic" summary={terms.length > 0 ? `${terms.length} on` : 'in W and Z'} startsOpen={false} actions={terms.length > 0 && add}>
      {terms.length === 0 && <div className="row first-part">{add}<span className="xs faint">Plus or minus a pin or a seed</span></div>}
      {terms.map((term, at) => <TermRow key={at} term={term} at={at} />)}
    </Group>
  )
}

const share = knob({ title: 'Amount', default: 0, from: -2, to: 2, step: 0.05, typed: [-100, 100] })

function TermRow({ term, at }: { term: Term; at: number }) {
  const { desk } = useExplorer()
  const { pin, name } = useNamed(term.of)
  return (
    <div className="part">
      <PartHead name={`${term.amount < 0 ? '−' : '+'} ${name}`} picture={<VectorPicture vector={term.of} pin={pin} />} space={term.space} onSpace={(space) => desk.setVector((now) => changed(now, 'terms', at, { space }), `Arithmetic in ${space.toUpperCase()}`)}
        onRemove={() => desk.setVector((now) => without(now, 'terms', at), `Remove ${name}`)} />
      <Knob field={share} value={term.amount} id={`Amount of ${name}`} onMove={(value) => desk.moveVector((now) => changed(now, 'terms', at, { amount: value }))}
        onSet={(value) => desk.setVector((now) => changed(now, 'terms', at, { amount: value }), `Amount of ${name}`)} />
    </div>
  )
}

function PartHead({ name, picture, space, onSpace, onRemove }: { name: string; picture?: React.ReactNode; space: 'z' | 'w'; onSpace: (space: 'z' | 'w') => void; onRemove: () => void }) {
  return (
    <div className="row">
      {picture}
      <span className="grow clip strong">{name}</span>
      <Select small aria-label={`Where ${name} acts`} value={space} choices={SPACES} onChange={(value) => onSpace(value as 'z' | 'w')} />
      <IconButton small icon="close" label={`Remove ${name}`} onClick={onRemove} />
    </div>
  )
}
