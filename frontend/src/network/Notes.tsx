import { useEffect, useState } from 'react'
import { mayEdit } from '../lib/page'
import { toastFault } from '../parts/toasts'
import { saving } from '../wire/saving'
import type { Network } from '../wire/types'
import { changeNetwork } from './deeds'

const PAUSE_MS = 800

interface NotesProps {
  network: Network
  isOpen: boolean
  onOpen: (isOpen: boolean) => void
}

/** Free words about the network, saved as one writes; pressed to be changed, closed with Esc. */
export function Notes({ network, isOpen, onOpen }: NotesProps) {
  const [text, setText] = useState(network.notes)
  const [isOwn, setOwn] = useState(false)
  useEffect(() => {
    if (!isOwn) setText(network.notes)
  }, [network.notes, isOwn])
  useEffect(() => {
    if (!isOwn) return
    const timer = setTimeout(() => {
      saving.save(`network.notes.${network.id}`, () => changeNetwork(network, { notes: text }))
        .then(() => setOwn(false))
        .catch((fault: unknown) => toastFault(fault, 'The note was not saved.'))
    }, PAUSE_MS)
    return () => clearTimeout(timer)
    // The network's own changes are none of the hand's.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [text, isOwn, network.id])
  if (!isOpen || !mayEdit()) {
    return <div className="noted"><p className="soft written">{network.notes}</p>{mayEdit() && <button type="button" className="link accent xs" onClick={() => onOpen(true)}>Change</button>}</div>
  }
  return (
    <textarea className="field noted" rows={3} aria-label="Notes" placeholder="What it was trained on, what it is good for" value={text} autoFocus
      onKeyDown={(event) => event.key === 'Escape' && onOpen(false)}
      onBlur={() => onOpen(false)}
      onChange={(event) => {
        setOwn(true)
        setText(event.target.value)
      }} />
  )
}
