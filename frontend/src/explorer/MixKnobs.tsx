/** Style mixing: some rows of w come from another vector. */
import { Switch } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import type { Mix } from '../network/vectors'
import { Group } from './Group'
import { useNamed, VectorPicture } from './PinPicture'
import { added, changed, rowWords, without } from './recipe'
import { RowStrip, StripEnds } from './RowStrip'
import { useExplored, useExplorer, useSnapshot } from './use_explorer'
import { VectorMenu } from './VectorMenu'

export function MixKnobs() {
  const { desk } = useExplorer()
  const { vector, resting } = useExplored()
  const many = useSnapshot()?.num_ws ?? 1
  if (many < 2) return null
  const add = (
    <VectorMenu
      button={vector.mixes.length + resting.length > 0 ? <IconButton small icon="plus" label="Mix in another" /> : <Button small kind="line" icon="plus">Choose a vector</Button>}
      onChoose={(of, name) => desk.setVector((now) => added(now, 'mixes', { of, rows: { first: Math.ceil(many / 2), end: null } }), `Mix in “${name}”`)}
    />
  )
  const count = vector.mixes.length
  return (
    <Group title="Mix styles from another" summary={count > 0 ? `${count} mixed in` : ''} actions={count + resting.length > 0 && add}>
      {count + resting.length === 0 && <div className="row first-part">{add}<span className="xs faint">Its colours, this one’s pose</span></div>}
      {vector.mixes.map((mix, at) => (
        <MixRow
          key={at} mix={mix} many={many} isOn
          onMove={(rows) => desk.moveVector((now) => changed(now, 'mixes', at, { rows }))} onSet={(rows) => desk.setVector((now) => changed(now, 'mixes', at, { rows }), 'Rows of the mix')}
          onTurn={() => desk.set((now) => ({ ...now, vector: without(now.vector, 'mixes', at), resting: [...now.resting, mix] }), 'Mix off')}
          onRemove={() => desk.setVector((now) => without(now, 'mixes', at), 'Remove mix')}
        />
      ))}
      {resting.map((mix, at) => (
        <MixRow
          key={`off ${at}`} mix={mix} many={many} isOn={false}
          onMove={() => undefined} onSet={(rows) => desk.set((now) => ({ ...now, resting: now.resting.map((one, place) => (place === at ? { ...one, rows } : one)) }), 'Rows of the mix')}
          onTurn={() => desk.set((now) => ({ ...now, vector: added(now.vector, 'mixes', mix), resting: now.resting.filter((_, place) => place !== at) }), 'Mix on')}
          onRemove={() => desk.set((now) => ({ ...now, resting: now.resting.filter((_, place) => place !== at) }), 'Remove mix')}
        />
      ))}
    </Group>
  )
}

interface MixRowProps {
  mix: Mix
  many: number
  isOn: boolean
  onMove: (rows: Mix['rows']) => void
  onSet: (rows: Mix['rows']) => void
  onTurn: () => void
  onRemove: () => void
}

function MixRow({ mix, many, isOn, onMove, onSet, onTurn, onRemove }: MixRowProps) {
  const { pin, name } = useNamed(mix.of)
  return (
    <div className={isOn ? 'part' : 'part off'} data-mix={name}>
      <div className="row">
        <VectorPicture vector={mix.of} pin={pin} />
        <div className="grow"><div className="clip">{name}</div><div className="xs soft num clip">{rowWords(mix.rows, many)}</div></div>
        <IconButton small icon="close" label={`Remove the mix with ${name}`} onClick={onRemove} />
        <Switch label={`Mix in ${name}`} isOn={isOn} onChange={onTurn} />
      </div>
      <RowStrip rows={mix.rows} many={many} label={`Rows that come from ${name}`} onMove={onMove} onSet={onSet} />
      <StripEnds />
    </div>
  )
}
