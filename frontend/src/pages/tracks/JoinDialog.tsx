/** Join tracks: several, in an order, become one that is analysed and danced to like any other. */
import { useState } from 'react'
import { clock } from '../../lib/format'
import { projectId } from '../../lib/page'
import { TextField } from '../../parts/basics'
import { IconButton } from '../../parts/Button'
import { FormDialog } from '../../parts/Dialog'
import { toast, toastFault } from '../../parts/toasts'
import { post } from '../../wire/api'
import { refresh } from '../../wire/query'
import type { Track } from '../../wire/types'

/** The list with the one at `index` moved by one place; unchanged at the ends. */
export function moved<Item>(list: readonly Item[], index: number, by: 1 | -1): Item[] {
  const next = [...list]
  const [one] = next.splice(index, 1)
  if (one === undefined || index + by < 0 || index + by >= list.length) return [...list]
  next.splice(index + by, 0, one)
  return next
}

export function JoinDialog({ first, tracks, onClose }: { first: Track; tracks: readonly Track[]; onClose: () => void }) {
  const usable = tracks.filter((track) => track.files.original && track.duration_seconds !== null)
  const [order, setOrder] = useState<string[]>([first.id])
  const [name, setName] = useState(`${first.name}, joined`)
  const [isBusy, setBusy] = useState(false)
  const chosen = order.flatMap((id) => usable.find((track) => track.id === id) ?? [])
  const others = usable.filter((track) => !order.includes(track.id))
  const seconds = chosen.reduce((sum, track) => sum + (track.duration_seconds ?? 0), 0)
  const send = (): void => {
    setBusy(true)
    post<Track>(`/projects/${projectId()}/tracks/join`, { track_ids: order, name: name.trim() })
      .then((track) => {
        toast(`“${track.name}” is being joined.`)
        onClose()
        return refresh('tracks')
      })
      .catch((fault: unknown) => {
        setBusy(false)
        toastFault(fault)
      })
  }
  const reason = chosen.length < 2 ? 'Add at least one more track.' : name.trim() === '' ? 'Write a name.' : null
  return (
    <FormDialog title="Which tracks become one?" act="Join tracks" isOpen isBusy={isBusy} reason={reason} onClose={onClose} onSend={send}>
      <ol className="joinlist" aria-label="In this order">
        {chosen.map((track, index) => (
          <li key={track.id} className="row">
            <span className="grow clip">{track.name}</span>
            <span className="num soft">{clock(track.duration_seconds ?? 0, 0)}</span>
            <IconButton small icon="up" label={`Earlier: ${track.name}`} reason={index === 0 ? 'It is the first.' : null} onClick={() => setOrder(moved(order, index, -1))} />
            <IconButton small icon="down" label={`Later: ${track.name}`} reason={index === chosen.length - 1 ? 'It is the last.' : null} onClick={() => setOrder(moved(order, index, 1))} />
            <IconButton small icon="close" label={`Leave out ${track.name}`} onClick={() => setOrder(order.filter((id) => id !== track.id))} />
          </li>
        ))}
      </ol>
      <p className="xs soft num">{chosen.length} of {usable.length}, {clock(seconds, 0)} together. The tracks themselves stay as they are.</p>
      {others.length > 0 && (
        <ul className="joinlist" aria-label="To add">
          {others.map((track) => (
            <li key={track.id} className="row">
              <span className="grow clip soft">{track.name}</span>
              <span className="num faint">{clock(track.duration_seconds ?? 0, 0)}</span>
              <IconButton small icon="plus" label={`Add ${track.name}`} onClick={() => setOrder([...order, track.id])} />
            </li>
          ))}
        </ul>
      )}
      <TextField label="Name" value={name} maxLength={255} onChange={setName} />
    </FormDialog>
  )
}
