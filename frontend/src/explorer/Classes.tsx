/** Classes: the same seed as each of the classes that the network learnt. */
import { useState } from 'react'
import { IconButton } from '../parts/Button'
import { Button } from '../parts/Button'
import { TileSheet } from './TileSheet'
import { plainOf } from './recipe'
import { useExplored, useExplorer, useSnapshot } from './use_explorer'

const COLUMNS = 4
const MANY = 24

export function Classes() {
  const { desk } = useExplorer()
  const { vector } = useExplored()
  const many = useSnapshot()?.num_classes ?? 0
  const [first, setFirst] = useState(() => Math.floor((vector.label ?? 0) / MANY) * MANY)
  const labels = Array.from({ length: Math.min(MANY, many - first) }, (_, at) => first + at)
  const choose = (label: number | null): void => void desk.setVector((now) => ({ ...now, label }), label === null ? 'No class' : `Class ${label}`)
  const turn = (step: 1 | -1): void => setFirst((now) => Math.min(Math.floor((many - 1) / MANY) * MANY, Math.max(0, now + step * MANY)))
  return (
    <div className="explorer-left">
      <div className="row seedbar">
        <span className="grow xs soft num">{vector.label === null ? 'No class is chosen' : `Class ${vector.label}`} of {many}</span>
        {many > MANY && <IconButton small kind="plain" icon="left" label="Earlier classes" reason={first === 0 ? 'These are the first classes.' : null} onClick={() => turn(-1)} />}
        {many > MANY && <IconButton small kind="plain" icon="right" label="Later classes" reason={first + MANY >= many ? 'These are the last classes.' : null} onClick={() => turn(1)} />}
        <Button small kind="line" on={vector.label === null} onClick={() => choose(null)}>None</Button>
      </div>
      <TileSheet
        label="Classes" columns={COLUMNS} chosen={vector.label === null ? -1 : vector.label - first} vectors={labels.map((label) => plainOf(vector, vector.seed, label))}
        nameOf={(at) => `Class ${labels[at] ?? 0}`} corner={(at) => labels[at]} onChoose={(at) => choose(labels[at] ?? 0)} onBeyond={turn}
      />
      <p className="xxs faint">Seed {vector.seed} as each class. The files of networks carry numbers, not names.</p>
    </div>
  )
}
