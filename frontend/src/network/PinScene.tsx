import { useState } from 'react'
import { address, projectId } from '../lib/page'
import { ChoiceField } from '../parts/basics'
import { FormDialog } from '../parts/Dialog'
import { post } from '../wire/api'
import { queries, refresh, useAsk } from '../wire/query'
import type { Scene } from '../wire/types'
import type { Pin } from './wire'

const NEW = 'new'
/** Beats from one pin to the next. */
const BEATS = 4

/** A pin in a scene is a path of one pin, which the music moves around; further pins are added in the explorer. */
export function PinScene({ pin, onClose }: { pin: Pin; onClose: () => void }) {
  const scenes = useAsk(queries.scenes(projectId()))
  const tracks = useAsk(queries.tracks(projectId()))
  const [scene, setScene] = useState(NEW)
  const [chosenTrack, setTrack] = useState('')
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const track = chosenTrack || (tracks.data?.items[0]?.id ?? '')
  const bring = async (): Promise<void> => {
    setBusy(true)
    try {
      const path = await post<{ id: string }>(`/networks/${pin.network_id}/paths`, { snapshot_id: pin.snapshot_id, name: pin.name, waypoints: [{ pin_id: pin.id, length: BEATS }], interpolation: 'smooth', loop: true })
      const made = await post<Scene>(`/paths/${path.id}/scene`, scene === NEW ? { track_id: track } : { scene_id: scene })
      await Promise.all([refresh('scenes'), refresh('paths')])
      window.location.assign(address.scene(made.id))
    } catch (fault) {
      setWrong((fault as Error).message)
      setBusy(false)
    }
  }
  const hasNone = tracks.data?.items.length === 0
  const reason = scene === NEW && hasNone ? 'This project has no track yet. Add one first.' : null
  return (
    <FormDialog title={`Where is “${pin.name}” used?`} act="Use in scene" isOpen isBusy={isBusy} reason={reason} onSend={() => void bring()} onClose={onClose}>
      <p className="soft">It becomes a path of one pin. More pins make it a way from one to the next, in the explorer.</p>
      <ChoiceField label="Scene" value={scene} onChange={setScene} wrong={wrong}
        choices={[{ value: NEW, label: 'A new scene' }, ...(scenes.data?.items ?? []).map((one) => ({ value: one.id, label: `${one.name}: its picture becomes this pin` }))]} />
      {scene === NEW && <ChoiceField label="Track" value={track} onChange={setTrack} choices={(tracks.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))} hint={hasNone ? <>This project has no track yet. <a href={address.place('tracks')}>Add one</a></> : 'A beat of the path lasts as long as a beat of the track.'} />}
    </FormDialog>
  )
}
