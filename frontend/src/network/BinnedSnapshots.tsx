import { useState } from 'react'
import { plural } from '../lib/format'
import { mayEdit } from '../lib/page'
import { FaultNote } from '../parts/basics'
import { Button } from '../parts/Button'
import { toast, toastFault } from '../parts/toasts'
import { post } from '../wire/api'
import { useAsk } from '../wire/query'
import type { Network, Snapshot } from '../wire/types'
import { refreshNetworks } from './deeds'
import { snapshotTitle } from './growth'
import { networkQueries } from './queries'

/** What was put away of this network, and the way back. */
export function BinnedSnapshots({ network }: { network: Network }) {
  const [isOpen, setOpen] = useState(false)
  const binned = useAsk({ ...networkQueries.binned(network.id, network.binned_snapshots), enabled: isOpen && network.binned_snapshots > 0 })
  if (network.binned_snapshots === 0) return null
  const restore = (one: Snapshot): void => {
    post(`/snapshots/${one.id}/restore`)
      .then(refreshNetworks)
      .then(() => toast(`“${one.name}” is back.`))
      .catch((fault: unknown) => toastFault(fault, `“${one.name}” was not brought back.`))
  }
  return (
    <section className="binned" aria-label="In the bin">
      <Button small kind="quiet" icon={isOpen ? 'down' : 'right'} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{plural(network.binned_snapshots, 'snapshot')} in the bin</Button>
      {isOpen && binned.error && <FaultNote fault={binned.error} what="The bin could not be loaded." again={() => void binned.refetch()} />}
      {isOpen && binned.data && (
        <ul className="card">
          {binned.data.items.map((one) => (
            <li key={one.id} className="row goingrow">
              <span className="fatepic">{one.thumbnail_url && <img src={one.thumbnail_url} alt="" loading="lazy" />}</span>
              <span className="grow clip"><span className="strong">{one.name}</span> <span className="xs faint num">{one.kimg === null ? '' : snapshotTitle(one)}</span></span>
              {mayEdit() && <Button small kind="quiet" icon="undo" onClick={() => restore(one)}>Bring back</Button>}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
