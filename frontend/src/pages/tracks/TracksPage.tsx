/** Tracks: drop music, see it arrive, hear it, and how far its analysis is. */
import { useMemo, useRef } from 'react'
import { address, mayEdit, projectId } from '../../lib/page'
import { FaultNote, Skeleton } from '../../parts/basics'
import { Button } from '../../parts/Button'
import { DropAnywhere, DropCard, UploadRows, useFileChooser } from '../../parts/Uploader'
import { Shell } from '../../shell/Shell'
import { trackKind } from '../../wire/kinds'
import { queries, refresh, useAsk } from '../../wire/query'
import { TrackTable } from './TrackTable'

export function TracksPage() {
  const project = projectId()
  const tracks = useAsk(queries.tracks(project))
  const jobs = useAsk(queries.jobs(project))
  const kind = useMemo(trackKind, [])
  const choose = useFileChooser(kind)
  const scroller = useRef<HTMLDivElement>(null)
  const items = tracks.data?.items
  const isEditor = mayEdit()
  return (
    <Shell place="tracks">
      <DropAnywhere kind={isEditor ? kind : null} title="Drop music here">It is added to this project.</DropAnywhere>
      <div className="middle" ref={scroller}>
        <header className="pagehead">
          <div className="grow">
            <h1>Tracks</h1>
            <div className="lead">{isEditor ? 'Hear them, set cues. Drop files anywhere on this page.' : 'Hear them, see their beats, cues and curves.'}</div>
          </div>
          {isEditor && items && items.length > 0 && <Button kind="primary" icon="upload" onClick={choose}>Add tracks</Button>}
        </header>
        {isEditor && <UploadRows kind={kind} onArrived={() => void refresh('tracks')} />}
        {tracks.error && <FaultNote fault={tracks.error} what="The tracks could not be loaded." again={() => void tracks.refetch()} />}
        {tracks.isPending && <Skeleton rows={6} height={34} />}
        {items?.length === 0 && (isEditor ? (
          <DropCard title="Drop music here" choose={choose}>
            WAV, MP3, FLAC, OGG, Opus, M4A or AIFF. An upload that breaks off goes on where it stopped.
          </DropCard>
        ) : <p className="soft">There is no track yet. Somebody who may edit adds the first one. <a href={address.home()}>Home</a></p>)}
        {items && items.length > 0 && <TrackTable tracks={items} jobs={jobs.data?.items ?? []} scroller={scroller} />}
      </div>
    </Shell>
  )
}
