/** The stems of a track: its drums, bass, voice … as files of their own, which routes may follow by their names. */
import { useMemo, useState } from 'react'
import { fileSize } from '../lib/format'
import { mayEdit } from '../lib/page'
import { binWithUndo } from '../network/deeds'
import { Dot, FaultNote, Select } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { UploadRows, useFileChooser } from '../parts/Uploader'
import { get } from '../wire/api'
import { stemKind } from '../wire/kinds'
import { refresh, useAsk } from '../wire/query'
import type { components } from '../wire/schema'
import type { Items, Track } from '../wire/types'
import { SPLIT_STEMS } from './stems'

export type Stem = components['schemas']['StemOut']

export const stemsOf = (track: string) => ({
  queryKey: ['stems', track],
  queryFn: ({ signal }: { signal: AbortSignal }) => get<Items<Stem>>(`/tracks/${track}/stems`, signal),
})

const NAMES = [{ value: '', label: 'By file name' }, ...SPLIT_STEMS.map((name) => ({ value: name, label: name }))]

export function StemPanel({ track }: { track: Track }) {
  const stems = useAsk(stemsOf(track.id))
  const [name, setName] = useState('')
  const kind = useMemo(() => stemKind(track.id, name), [track.id, name])
  const choose = useFileChooser(kind)
  const items = stems.data?.items ?? []
  const isReady = track.state === 'ready' || track.state === 'analysing'
  if (!mayEdit() && items.length === 0) return null
  return (
    <section aria-label="Stems" className="stems">
      <div className="head">
        <h3>Stems</h3><span className="faint num xs">{items.length || ''}</span>
        {mayEdit() && (
          <div className="row tight end">
            <Select small aria-label="Name of the stem that is sent" value={name} choices={NAMES} onChange={setName} />
            <Button small kind="line" icon="upload" reason={isReady ? null : 'The track is still being unpacked.'} onClick={choose}>Send</Button>
          </div>
        )}
      </div>
      <UploadRows kind={kind} most={3} onArrived={() => void refresh('stems', track.id)} />
      {stems.error && <FaultNote fault={stems.error} what="The stems could not be loaded." again={() => void stems.refetch()} />}
      {items.length === 0 && !stems.error && <p className="soft xs none">Without them the studio splits the track itself: drums, bass, voice and the rest. A better split can be sent.</p>}
      {items.length > 0 && <ul className="stemlist">{items.map((one) => <StemRow key={one.id} stem={one} />)}</ul>}
    </section>
  )
}

function StemRow({ stem }: { stem: Stem }) {
  const isRefused = stem.state === 'refused'
  const told = isRefused ? stem.sentence : stem.state === 'checking' ? 'Being looked at' : [stem.original_name, stem.size_bytes ? fileSize(stem.size_bytes) : ''].filter(Boolean).join(', ')
  return (
    <li className="row" data-stem={stem.name} data-state={stem.state}>
      <Dot mood={isRefused ? 'danger' : stem.state === 'ready' ? 'ok' : 'busy'} />
      <span className="strong nowrap">{stem.name}</span>
      <span className={isRefused ? 'xs danger grow' : 'xs faint num grow clip'} title={told}>{told}</span>
      {stem.file_url && <IconButton small icon="download" label={`Download ${stem.name}`} href={stem.file_url} download />}
      {mayEdit() && <IconButton small icon="bin" label={`Put ${stem.name} in the bin`} onClick={() => binWithUndo(`/stems/${stem.id}`, stem.name, () => refresh('stems'))} />}
    </li>
  )
}
