import { useState } from 'react'
import { address, projectId } from '../../lib/page'
import { FaultNote, TextField } from '../../parts/basics'
import { IconButton } from '../../parts/Button'
import { FormDialog } from '../../parts/Dialog'
import { ServiceNote } from '../../shell/ServiceNote'
import { post } from '../../wire/api'
import { refresh } from '../../wire/query'
import type { Network } from '../../wire/types'
import { anySeed, species, wrongSeed, type Species } from './species'

/** A pattern network: a species and a seed. The same two always give the same network. */
export function PatternDialog({ onClose }: { onClose: () => void }) {
  const [kind, setKind] = useState<Species>('smoke')
  const [seed, setSeed] = useState(anySeed)
  const [name, setName] = useState('')
  const [fault, setFault] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const send = async (): Promise<void> => {
    setBusy(true)
    try {
      const { network } = await post<{ network: Network }>(`/projects/${projectId()}/networks/pattern`, { species: kind, seed: Number(seed), ...(name.trim() ? { name: name.trim() } : {}) })
      await refresh('networks')
      window.location.assign(address.network(network.id))
    } catch (refusal) {
      setFault(refusal)
      setBusy(false)
    }
  }
  const title = species.find((one) => one.name === kind)?.title ?? ''
  return (
    <FormDialog title="Make a pattern network" act="Make it" wide isOpen isBusy={isBusy} reason={wrongSeed(seed)} onSend={() => void send()} onClose={onClose}>
      <p className="soft">A small network, drawn from a seed and never trained. It comes as six snapshots, from simple to complex, so that loud music can unfold it.</p>
      {fault !== null && <FaultNote fault={fault} what="The network was not made." />}
      <ServiceNote waits="The network is made as soon as one is attached." />
      <div className="species" role="radiogroup" aria-label="Species">
        {species.map((one) => (
          <button key={one.name} type="button" role="radio" aria-checked={one.name === kind} className={one.name === kind ? 'choice on' : 'choice'} onClick={() => setKind(one.name)}>
            <span className="strong">{one.title}</span>
            <span className="xs soft">{one.look}</span>
          </button>
        ))}
      </div>
      <div className="two">
        <div className="row seedrow">
          <TextField label="Seed" value={seed} onChange={setSeed} inputMode="numeric" wrong={wrongSeed(seed)} hint="The same species and seed give the same pictures." />
          <IconButton icon="dice" kind="plain" label="Another seed" onClick={() => setSeed(anySeed())} />
        </div>
        <TextField label="Name" value={name} onChange={setName} placeholder={`${title} ${seed}`} maxLength={255} />
      </div>
    </FormDialog>
  )
}
