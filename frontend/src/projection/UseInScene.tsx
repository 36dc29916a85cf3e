/** A scene that blends a projection with the music: the track is asked for, the rest follows. */
import { useState } from 'react'
import { address, projectId } from '../lib/page'
import { ChoiceField, FaultNote, Note, TextField } from '../parts/basics'
import { FormDialog } from '../parts/Dialog'
import { post } from '../wire/api'
import { queries, useAsk } from '../wire/query'
import type { Scene, Visualizer } from '../wire/types'
import type { Projection } from './wire'

export const BLEND = 'projection-blend'

/** Why no scene can be made of it now, or null. */
export function reasonOf(one: Pick<Projection, 'snapshot_id'>, track: string, visualizers: readonly Pick<Visualizer, 'name'>[] | undefined): string | null {
  if (!one.snapshot_id) return 'The network it was made with is not in this project. Import it under Networks, then make a scene with it and choose this projection there.'
  if (!track) return 'A scene needs a track. Add one first.'
  if (!visualizers) return 'The visualizers are still being asked for.'
  return visualizers.some((known) => known.name === BLEND) ? null : 'No render service has announced the visualizer that draws with projections.'
}

export function UseInScene({ one, onClose }: { one: Projection; onClose: () => void }) {
  const tracks = useAsk(queries.tracks(projectId())).data?.items ?? []
  const visualizers = useAsk(queries.visualizers()).data?.items
  const [chosen, setChosen] = useState('')
  const [name, setName] = useState('')
  const [fault, setFault] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const track = chosen || (tracks.find((known) => known.state === 'ready') ?? tracks[0])?.id || ''
  const reason = reasonOf(one, track, visualizers)
  const send = (): void => {
    setBusy(true)
    setFault(null)
    const size = one.resolution && one.resolution >= 64 ? { width: one.resolution, height: one.resolution } : {}
    post<Scene>(`/projects/${projectId()}/scenes`, { name: name.trim() || one.name, track_id: track, visualizer: BLEND, snapshot_ids: [one.snapshot_id], projection_id: one.id, ...size })
      .then((made) => window.location.assign(address.scene(made.id)))
      .catch((refusal: unknown) => {
        setFault(refusal)
        setBusy(false)
      })
  }
  return (
    <FormDialog title={`Use “${one.name}” in a scene?`} act="Make the scene" isOpen isBusy={isBusy} reason={reason} onSend={send} onClose={onClose}>
      {fault !== null && <FaultNote fault={fault} what="The scene was not made." />}
      {reason && <Note>{reason}</Note>}
      <TextField label="Name" value={name} onChange={setName} placeholder={one.name} maxLength={255} />
      <ChoiceField label="Track" value={track} onChange={setChosen} choices={tracks.map((known) => ({ value: known.id, label: known.name }))} hint="The music moves the vectors that were found." />
    </FormDialog>
  )
}
