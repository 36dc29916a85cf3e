import { useState } from 'react'
import { plural, when } from '../lib/format'
import { mayEdit } from '../lib/page'
import { FaultNote } from '../parts/basics'
import { Button } from '../parts/Button'
import { toast, toastFault } from '../parts/toasts'
import { post } from '../wire/api'
import { refresh, useAsk } from '../wire/query'
import type { Network } from '../wire/types'
import { networkQueries } from './queries'
import type { Pin } from './wire'

/** Pins that were put away, and the way back. */
export function BinnedPins({ network }: { network: Pick<Network, 'id'> }) {
  const [isOpen, setOpen] = useState(false)
  const binned = useAsk(networkQueries.binnedPins(network.id))
  if (binned.error) return <FaultNote fault={binned.error} what="The bin could not be loaded." again={() => void binned.refetch()} />
  const items = binned.data?.items ?? []
  if (items.length === 0) return null
  const restore = (one: Pin): void => {
    post(`/pins/${one.id}/restore`)
      .then(() => Promise.all([refresh('pins'), refresh('network', network.id)]))
      .then(() => toast(`“${one.name}” is back.`))
      .catch((fault: unknown) => toastFault(fault, `“${one.name}” was not brought back.`))
  }
  return (
    <section className="binned" aria-label="In the bin">
      <Button small kind="quiet" icon={isOpen ? 'down' : 'right'} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{plural(items.length, 'pin')} in the bin</Button>
      {isOpen && (
        <ul className="card">
          {items.map((one) => (
            <li key={one.id} className="row goingrow">
              <span className="fatepic">{one.thumbnail_url && <img src={one.thumbnail_url} alt="" loading="lazy" />}</span>
              <span className="grow clip"><span className="strong">{one.name}</span> <span className="xs faint">{when(one.created_at)}</span></span>
              {mayEdit() && <Button small kind="quiet" icon="undo" onClick={() => restore(one)}>Bring back</Button>}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
