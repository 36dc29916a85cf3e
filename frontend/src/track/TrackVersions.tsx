/** The tab of versions: keep the grid and the cues under a name, see what changed since, go back; and another file. */
import { useMemo, useState, type FormEvent } from 'react'
import { plural, when } from '../lib/format'
import { mayEdit } from '../lib/page'
import { FaultNote } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { toast, toastFault, toastUndo } from '../parts/toasts'
import { UploadRows, useFileChooser } from '../parts/Uploader'
import { get, post, remove } from '../wire/api'
import { trackKind } from '../wire/kinds'
import { refresh, useAsk } from '../wire/query'
import type { EditAnswer, Items, Track } from '../wire/types'
import type { Desk } from './desk'
import { moves } from './moves'
import { differenceWords, diffSentence, type TrackVersion, type VersionDiff } from './versions'

const versionsOf = (track: string, isBinned = false) => ({
  queryKey: ['track_versions', track, isBinned],
  queryFn: ({ signal }: { signal: AbortSignal }) => get<Items<TrackVersion>>(`/tracks/${track}/versions${isBinned ? '?binned=true' : ''}`, signal),
})
const refreshVersions = (track: string): Promise<void> => refresh('track_versions', track)

export function TrackVersions({ desk, track }: { desk: Desk; track: Track }) {
  const versions = useAsk(versionsOf(track.id))
  const binned = useAsk({ ...versionsOf(track.id, true), enabled: mayEdit() }).data?.items ?? []
  const [showsBin, setShowsBin] = useState(false)
  const items = versions.data?.items ?? []
  return (
    <div className="scrolling" role="tabpanel">
      <section aria-label="Versions" className="versions">
        <div className="head">
          <h3>Versions</h3><span className="num xs faint">{items.length || ''}</span>
          {binned.length > 0 && <div className="end"><Button small kind="quiet" on={showsBin} onClick={() => setShowsBin(!showsBin)}>{binned.length} in the bin</Button></div>}
        </div>
        {mayEdit() && <KeepVersion track={track} />}
        {versions.error && <FaultNote fault={versions.error} what="The versions could not be fetched." again={() => void versions.refetch()} />}
        {items.length === 0 && !versions.error && <p className="soft xs none">A version keeps the beat grid and the cues as they are now. You can work on and come back to it.</p>}
        <ul className="versionlist">{items.map((version) => <VersionRow key={version.id} version={version} desk={desk} track={track} />)}</ul>
        {showsBin && binned.length > 0 && (
          <ul className="versionlist" aria-label="Versions in the bin">{binned.map((version) => <BinnedRow key={version.id} version={version} />)}</ul>
        )}
      </section>
      {mayEdit() && <AnotherFile track={track} />}
    </div>
  )
}

function KeepVersion({ track }: { track: Track }) {
  const [name, setName] = useState('')
  const [isBusy, setBusy] = useState(false)
  const keep = (event: FormEvent): void => {
    event.preventDefault()
    if (!name.trim() || isBusy) return
    setBusy(true)
    post<TrackVersion>(`/tracks/${track.id}/versions`, { name })
      .then(() => setName(''))
      .then(() => refreshVersions(track.id))
      .catch((fault: unknown) => toastFault(fault))
      .finally(() => setBusy(false))
  }
  return (
    <form className="sect row tight" onSubmit={keep}>
      <input className="field small grow" aria-label="Name of the version" placeholder="Name, such as “As mixed”" maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />
      <Button small kind="line" type="submit" reason={name.trim() ? null : 'Give the version a name first.'}>Keep</Button>
    </form>
  )
}

function VersionRow({ version, desk, track }: { version: TrackVersion; desk: Desk; track: Track }) {
  const [isOpen, setOpen] = useState(false)
  const path = `/tracks/${track.id}/versions/${version.id}`
  const bringBack = (): void => void post<EditAnswer>(`${path}/restore`)
    .then((answer) => {
      desk.edits.adopt(answer)
      toast(`Grid and cues are those of “${version.name}” again.`)
      return refresh('track_version_diff', version.id)
    })
    .catch((fault: unknown) => toastFault(fault))
  const bin = (): void => void remove(path)
    .then(() => refreshVersions(track.id))
    .then(() => toastUndo(`The version “${version.name}” is in the bin.`, () => unbin(version)))
    .catch((fault: unknown) => toastFault(fault))
  return (
    <li data-version={version.name}>
      <VersionFacts version={version} />
      <div className="row tight">
        <Button small kind="quiet" on={isOpen} onClick={() => setOpen(!isOpen)}>Compare</Button>
        {mayEdit() && <Button small kind="line" onClick={bringBack}>Bring back</Button>}
        {mayEdit() && <IconButton small icon="bin" label={`Delete the version ${version.name}`} onClick={bin} />}
      </div>
      {isOpen && <Differences path={path} version={version} desk={desk} />}
    </li>
  )
}

function VersionFacts({ version }: { version: TrackVersion }) {
  return (
    <div className="grow clip">
      <div className="strong clip" title={version.name}>{version.name}</div>
      <div className="xs faint num clip">{plural(version.cues, 'cue')}, {when(version.created_at)}{version.created_by && `, ${version.created_by.name}`}</div>
    </div>
  )
}

function unbin(version: TrackVersion): void {
  void post(`/tracks/${version.track_id}/versions/${version.id}/unbin`)
    .then(() => refreshVersions(version.track_id))
    .catch((fault: unknown) => toastFault(fault))
}

function BinnedRow({ version }: { version: TrackVersion }) {
  return (
    <li className="row" data-binned={version.name}>
      <VersionFacts version={version} />
      <Button small kind="line" onClick={() => unbin(version)}>Put back</Button>
    </li>
  )
}

function Differences({ path, version, desk }: { path: string; version: TrackVersion; desk: Desk }) {
  const diff = useAsk({ queryKey: ['track_version_diff', version.id], queryFn: ({ signal }: { signal: AbortSignal }) => get<VersionDiff>(`${path}/diff`, signal) })
  if (diff.error) return <FaultNote fault={diff.error} what="It could not be compared." again={() => void diff.refetch()} />
  if (!diff.data) return <p className="xs soft">Comparing…</p>
  const all = [diff.data.cues, diff.data.markers].reduce((sum, one) => sum + one.added + one.removed + one.changed, 0)
  return (
    <div className="differences" aria-live="polite">
      <p className="xs">{diffSentence(diff.data)}</p>
      <ul>
        {diff.data.items.map((item) => (
          <li key={item.id}><button type="button" className="link xs" onClick={() => moves(desk).go(item.seconds)}>{differenceWords(item)}</button></li>
        ))}
      </ul>
      {all > diff.data.items.length && <p className="xs faint">And {all - diff.data.items.length} more.</p>}
    </div>
  )
}

/** A longer or a mended file in the place of the present one. */
function AnotherFile({ track }: { track: Track }) {
  const kind = useMemo(() => ({ ...trackKind(), extra: { track: track.id } }), [track.id])
  const choose = useFileChooser(kind)
  const isBusy = track.incoming_name !== ''
  return (
    <section aria-label="File of the track" className="versions">
      <div className="head">
        <h3>File</h3>
        <div className="end"><Button small kind="line" icon="upload" reason={isBusy ? 'A new file is being read already.' : null} onClick={choose}>Replace</Button></div>
      </div>
      <UploadRows kind={kind} most={1} onArrived={() => void refresh('track', track.id)} />
      <p className="soft xs none">
        {isBusy
          ? `“${track.incoming_name}” is being read. What you hear and see stays until that is done.`
          : 'Another file in its place: grid, cues and scenes stay. Cues behind the end of a shorter one are kept.'}
      </p>
    </section>
  )
}
