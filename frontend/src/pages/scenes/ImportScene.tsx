/** A scene from a YAML file: what of it this project has is told before anything is made. */
import { useState } from 'react'
import { plural } from '../../lib/format'
import { address, projectId } from '../../lib/page'
import { ChoiceField, FaultNote, Note, TextField } from '../../parts/basics'
import { FormDialog } from '../../parts/Dialog'
import { FileButton } from '../../scene/Presets'
import { ApiError, post } from '../../wire/api'
import { queries, useAsk } from '../../wire/query'
import type { components } from '../../wire/schema'

type Look = components['schemas']['SceneFileLookOut']
type Made = components['schemas']['SceneFileOut']

const LARGEST = 2_000_000

export function ImportScene({ onClose }: { onClose: () => void }) {
  const tracks = useAsk(queries.tracks(projectId())).data?.items ?? []
  const [file, setFile] = useState<{ name: string; yaml: string } | null>(null)
  const [track, setTrack] = useState('')
  const [look, setLook] = useState<Look | null>(null)
  const [name, setName] = useState('')
  const [fault, setFault] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const needsTrack = fault instanceof ApiError && fault.field === 'track_id'
  const ask = (yaml: string, trackId: string): void => {
    setBusy(true)
    setFault(null)
    setLook(null)
    post<Look>(`/projects/${projectId()}/scenes/import/look`, { yaml, ...(trackId ? { track_id: trackId } : {}) })
      .then(setLook, setFault)
      .finally(() => setBusy(false))
  }
  const take = (yaml: string, called: string): void => {
    setTrack('')
    setFile({ name: called, yaml })
    if (yaml.length <= LARGEST) return ask(yaml, '')
    setLook(null)
    setFault(new Error(`“${called}” is too large for a scene. Choose a YAML file that a studio has exported.`))
  }
  const send = (): void => {
    if (!file) return
    setBusy(true)
    post<Made>(`/projects/${projectId()}/scenes/import`, { yaml: file.yaml, ...(name.trim() ? { name: name.trim() } : {}), ...(track ? { track_id: track } : {}) })
      .then(({ scene }) => window.location.assign(address.scene(scene.id)))
      .catch((refusal: unknown) => {
        setFault(refusal)
        setBusy(false)
      })
  }
  const reason = look ? null : file ? 'Nothing can be made of this file yet' : 'Choose a file'
  return (
    <FormDialog title="Import a scene?" act="Import" isOpen isBusy={isBusy} reason={reason} onSend={send} onClose={onClose}>
      <div className="col scene-import">
        <div className="row"><FileButton label={file ? 'Choose another file' : 'Choose a file'} accept=".yaml,.yml" onText={take} /><span className="strong clip">{file?.name}</span></div>
        {!file && <p className="soft xs none">A YAML file that “Scene as YAML” has exported here or in another studio. Tracks, networks and stems are found by what is in them, else by their names.</p>}
        {fault !== null && <FaultNote what="The file cannot be imported as it is." fault={fault} />}
        {file && (needsTrack || track || look) && tracks.length > 0 && (
          <ChoiceField label="Track" value={track || look?.track_id || ''} onChange={(id) => {
            setTrack(id)
            ask(file.yaml, id)
          }} choices={[...(track || look ? [] : [{ value: '', label: 'Choose a track' }]), ...tracks.map((one) => ({ value: one.id, label: one.name }))]} />
        )}
        {look && <TextField label="Name" value={name} placeholder={look.name} maxLength={255} onChange={setName} />}
        {look && look.left_out.length === 0 && <Note mood="ok">Everything in it is here: {look.visualizer} with “{look.track_name}”.</Note>}
        {look && look.left_out.length > 0 && (
          <Note mood="warn">
            <b className="strong">{plural(look.left_out.length, 'thing')} cannot be carried over as they are.</b>
            <ul className="left-out xs">{look.left_out.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
          </Note>
        )}
      </div>
    </FormDialog>
  )
}
