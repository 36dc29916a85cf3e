/** Harvest: draw many random pictures, keep those with a face (or without), as a sheet and a zip with each one's recipe. */
import { useState } from 'react'
import { count, plural, when } from '../lib/format'
import { ChoiceField, TextField } from '../parts/basics'
import { Button } from '../parts/Button'
import { FormDialog } from '../parts/Dialog'
import { Bar } from '../parts/Progress'
import { post } from '../wire/api'
import { refresh, useAsk } from '../wire/query'
import { explorerQueries, type Harvest } from './queries'
import { useExplored, useExplorer, useSnapshot } from './use_explorer'

const FACES = [
  { value: 'with', label: 'Pictures with a face' }, { value: 'without', label: 'Pictures without a face' }, { value: 'any', label: 'All pictures' },
]
const whole = (text: string): number => (/^\d+$/.test(text.trim()) ? Number(text) : NaN)

export function HarvestDialog({ firstSeed, onClose }: { firstSeed: number; onClose: () => void }) {
  const { vector, look } = useExplored()
  const snapshot = useSnapshot()
  const [faces, setFaces] = useState('with')
  const [many, setMany] = useState('24')
  const [first, setFirst] = useState(String(firstSeed))
  const [most, setMost] = useState('2000')
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const reason = !(whole(many) >= 1 && whole(many) <= 600) ? 'Keep from 1 to 600 pictures.'
    : !(whole(most) >= 1 && whole(most) <= 100_000) ? 'Draw from 1 to 100,000 pictures.' : !(whole(first) <= 2 ** 32 - 1) ? 'The first seed is a whole number from 0 on.' : null
  const send = (): void => {
    setBusy(true)
    const order = { count: whole(many), most: whole(most), first_seed: whole(first), faces, truncation: vector.truncation, label: vector.label, look }
    post(`/snapshots/${snapshot?.id ?? ''}/harvests`, order)
      .then(() => refresh('harvests'), (fault: unknown) => setWrong((fault as Error).message))
      .finally(() => setBusy(false))
  }
  return (
    <FormDialog title={`Harvest from ${snapshot?.name ?? 'this snapshot'}`} act="Harvest" wide isOpen isBusy={isBusy} reason={reason} onSend={send} onClose={onClose}>
      <p className="soft">Draws one seed after the other with truncation {vector.truncation}{vector.label === null ? '' : ` and class ${vector.label}`}, and keeps those that fit. Beside each picture lies its recipe.</p>
      <div className="row top fields">
        <ChoiceField label="Keep" value={faces} choices={FACES} onChange={setFaces} wrong={wrong} />
        <TextField label="How many" value={many} onChange={setMany} inputMode="numeric" />
        <TextField label="First seed" value={first} onChange={setFirst} inputMode="numeric" />
        <TextField label="Draw at most" value={most} onChange={setMost} inputMode="numeric" />
      </div>
      <Harvests />
    </FormDialog>
  )
}

function Harvests() {
  const snapshot = useSnapshot()
  const asked = useAsk({ ...explorerQueries.harvests(snapshot?.id ?? ''), enabled: Boolean(snapshot) })
  return <ul className="harvests">{(asked.data?.items ?? []).slice(0, 6).map((one) => <HarvestRow key={one.id} harvest={one} />)}</ul>
}

function HarvestRow({ harvest }: { harvest: Harvest }) {
  const { desk } = useExplorer()
  const { order, seeds, columns, sheet_url: sheet } = harvest
  const rows = Math.ceil(seeds.length / Math.max(1, columns))
  const kind = { with: 'with a face', without: 'without a face', any: '' }[order.faces ?? 'any']
  return (
    <li className="col">
      <div className="row">
        <span className="grow clip">{plural(harvest.kept, 'picture')} {kind} <span className="faint xs num">of {count(harvest.drawn)} drawn from seed {order.first_seed} on, {when(harvest.created_at)}</span></span>
        {harvest.zip_url && <Button small kind="line" icon="download" href={harvest.zip_url} download>Pictures and recipes</Button>}
      </div>
      {(harvest.state === 'waiting' || harvest.state === 'working') && <Bar share={null} label="Harvest" />}
      {harvest.state === 'failed' && <span className="xs danger">{harvest.sentence}</span>}
      {sheet && (
        <div className="tilesheet" style={{ aspectRatio: `${columns} / ${rows}` }}>
          <img src={sheet} alt="" />
          <div className="tilebuttons" style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}>
            {seeds.map((seed) => (
              <button key={seed} type="button" className="tile" aria-label={`Explore seed ${seed}`} title={`Seed ${seed}`}
                onClick={() => desk.setVector((now) => ({ ...now, seed, z: null, terms: [], tweaks: [], steps: [], mixes: [], label: order.label ?? null, truncation: order.truncation ?? now.truncation }), `Seed ${seed}`)} />
            ))}
          </div>
        </div>
      )}
    </li>
  )
}
