/** Seeds: any number of random pictures, a grid of them at a time. */
import { useState } from 'react'
import { useCommands, withKey } from '../lib/keys'
import { mayEdit } from '../lib/page'
import { plainVector } from '../network/vectors'
import { Button, IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { HarvestDialog } from './Harvest'
import { plainOf, withSeed } from './recipe'
import { TileSheet } from './TileSheet'
import { useExplored, useExplorer } from './use_explorer'

const COLUMNS = 4
const MANY = 24
const MOST_SEED = 2 ** 32 - 1
/** Dice roll among seeds that can be read and told. */
const DICE = 100_000

export function Seeds() {
  const { desk, pins } = useExplorer()
  const { vector } = useExplored()
  const [first, setFirst] = useState(() => Math.floor(vector.seed / MANY) * MANY)
  const [isHarvesting, setHarvesting] = useState(false)
  const seeds = Array.from({ length: MANY }, (_, at) => first + at)
  const isPlain = vector.z === null
  const goTo = (seed: number): void => setFirst(Math.min(MOST_SEED - MANY + 1, Math.max(0, seed)))
  const explore = (seed: number, isKept: boolean): void => {
    desk.setVector((now) => (isKept ? withSeed(now, seed) : plainOf(now, seed)), `Seed ${seed}`)
  }
  const turn = (step: 1 | -1): void => goTo(first + step * MANY)
  const roll = (): void => {
    const seed = Math.floor(Math.random() * DICE)
    goTo(Math.floor(seed / MANY) * MANY)
    explore(seed, false)
  }
  useCommands([
    { id: 'explorer.dice', title: 'A seed from anywhere', group: 'Exploring', key: 'd', run: roll },
    { id: 'explorer.earlier', title: 'Earlier seeds', group: 'Exploring', key: '[', run: () => turn(-1) },
    { id: 'explorer.later', title: 'Later seeds', group: 'Exploring', key: ']', run: () => turn(1) },
  ])
  const pinned = new Set(pins.filter((pin) => pin.vector.z === null && pin.vector.terms.length + pin.vector.steps.length + pin.vector.mixes.length + pin.vector.tweaks.length === 0).map((pin) => pin.vector.seed))
  return (
    <div className="explorer-left">
      <div className="row seedbar">
        <SeedField first={first} last={first + MANY - 1} onGo={goTo} />
        <IconButton small kind="plain" icon="left" label={withKey('Earlier seeds', 'explorer.earlier')} reason={first === 0 ? 'These are the first seeds.' : null} onClick={() => turn(-1)} />
        <IconButton small kind="plain" icon="right" label={withKey('Later seeds', 'explorer.later')} onClick={() => turn(1)} />
        <IconButton small kind="plain" icon="dice" label={withKey('Anywhere', 'explorer.dice')} onClick={roll} />
      </div>
      <TileSheet
        label="Seeds" columns={COLUMNS} chosen={isPlain ? vector.seed - first : -1}
        vectors={seeds.map((seed) => plainVector(seed, { label: vector.label, truncation: vector.truncation, truncation_end: vector.truncation_end }))}
        nameOf={(at) => `Seed ${seeds[at] ?? 0}${pinned.has(seeds[at] ?? -1) ? ', pinned' : ''}`} corner={(at) => seeds[at]}
        mark={(at) => pinned.has(seeds[at] ?? -1) && <span className="corner tr"><Icon name="pin" /></span>}
        onChoose={(at, isKept) => explore(first + at, isKept)} onBeyond={turn}
      />
      <p className="xxs faint">A click explores that seed alone; Shift keeps what was added to the former one.</p>
      {mayEdit() && (
        <div className="row">
          <Button kind="line" small icon="download" onClick={() => setHarvesting(true)}>Harvest…</Button>
          <span className="xs faint">Draw many, keep those with a face</span>
        </div>
      )}
      {isHarvesting && <HarvestDialog firstSeed={first} onClose={() => setHarvesting(false)} />}
    </div>
  )
}

/** "1200 – 1223": a number typed into it goes there. */
function SeedField({ first, last, onGo }: { first: number; last: number; onGo: (seed: number) => void }) {
  const [text, setText] = useState<string | null>(null)
  const keep = (): void => {
    const seed = Number.parseInt((text ?? '').replace(/\D.*$/, ''), 10)
    if (Number.isFinite(seed)) onGo(seed)
    setText(null)
  }
  return (
    <input
      className="field small grow num" aria-label={`Seeds ${first} to ${last}. Write a number to go there.`} inputMode="numeric"
      value={text ?? `${first} – ${last}`} onFocus={(event) => event.target.select()} onChange={(event) => setText(event.target.value)} onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep()
        if (event.key === 'Escape') setText(null)
      }}
    />
  )
}
