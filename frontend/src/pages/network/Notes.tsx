import { useEffect, useState } from 'react'
import { mayEdit } from '../../lib/page'
import { ApiError, patch } from '../../wire/api'
import { showThing } from '../../wire/query'
import { saving } from '../../wire/saving'
import type { Network } from '../../wire/types'
import { toastFault } from '../../parts/toasts'

const PAUSE = 800

/** Free words about the network, saved as one writes. */
export function Notes({ network }: { network: Network }) {
  const [text, setText] = useState(network.notes)
  const [isOwn, setOwn] = useState(false)
  useEffect(() => {
    if (!isOwn) setText(network.notes)
  }, [network.notes, isOwn])
  useEffect(() => {
    if (!isOwn) return
    const timer = setTimeout(() => {
      saving.save(`network.notes.${network.id}`, () => keepNotes(network.id, text))
        .then((kept) => {
          if (kept) showThing('network', kept)
          setOwn(false)
        })
        .catch((fault: unknown) => toastFault(fault, 'The notes were not saved.'))
    }, PAUSE)
    return () => clearTimeout(timer)
  }, [text, isOwn, network.id])
  if (!mayEdit() && !network.notes) return null
  return (
    <section aria-label="Notes">
      <div className="parthead"><h2>Notes</h2></div>
      {mayEdit()
        ? <textarea className="field" rows={4} aria-label="Notes" placeholder="What it was trained on, what it is good for" value={text} onChange={(event) => {
          setOwn(true)
          setText(event.target.value)
        }} />
        : <p className="soft written">{network.notes}</p>}
    </section>
  )
}

/** The last words win; a newer revision is only a reason to ask again. */
async function keepNotes(id: string, notes: string): Promise<Network> {
  try {
    return await patch<Network>(`/networks/${id}`, { notes })
  } catch (fault) {
    const revision = fault instanceof ApiError && fault.isConflict ? (fault.current as Network | null)?.revision : undefined
    if (revision === undefined) throw fault
    return patch<Network>(`/networks/${id}`, { notes, revision })
  }
}
