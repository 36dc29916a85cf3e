/** Home: where I stopped, what runs, what is finished, who did what. */
import { useMemo } from 'react'
import { plural } from '../../lib/format'
import { address, isOwner, mayEdit, pageData, projectId } from '../../lib/page'
import { FaultNote, Skeleton } from '../../parts/basics'
import { Button } from '../../parts/Button'
import { FilmCard } from '../../parts/Film'
import { DropAnywhere, UploadRows, useFileChooser } from '../../parts/Uploader'
import { Shell } from '../../shell/Shell'
import { trackKind } from '../../wire/kinds'
import { queries, refresh, useAsk } from '../../wire/query'
import { TrackTable } from '../tracks/TrackTable'
import { HomeAside } from './HomeAside'
import { NothingYet } from './NothingYet'
import { Stopped } from './Stopped'

const [TRACKS, FILMS] = [6, 4]

export function HomePage() {
  const project = projectId()
  const tracks = useAsk(queries.tracks(project))
  const scenes = useAsk(queries.scenes(project))
  const renders = useAsk(queries.renders(project))
  const jobs = useAsk(queries.jobs(project))
  const kind = useMemo(trackKind, [])
  const choose = useFileChooser(kind)
  const [trackList, sceneList, renderList] = [tracks.data?.items, scenes.data?.items, renders.data?.items]
  const isEmpty = trackList?.length === 0 && sceneList?.length === 0 && renderList?.length === 0
  const stopped = sceneList?.toSorted((a, b) => b.updated_at.localeCompare(a.updated_at))[0]
  const finished = (renderList ?? []).filter((one) => one.state === 'done')
  const isEditor = mayEdit()
  const drop = <DropAnywhere kind={isEditor ? kind : null} title="Drop music here">It is added to this project.</DropAnywhere>
  if (isEmpty) {
    return (
      <Shell place="home" actions={isOwner() && <Button kind="quiet" small icon="invite" className="not-phone" href={`${address.place('settings')}#people`}>Invite</Button>}>
        {drop}
        <NothingYet kind={kind} choose={choose} />
      </Shell>
    )
  }
  return (
    <Shell place="home">
      {drop}
      <div className="with-aside">
        <div className="middle">
          <HomeHead counts={[trackList?.length, sceneList?.length, finished.length]} choose={choose} isStopped={Boolean(stopped)} />
          {isEditor && <UploadRows kind={kind} onArrived={() => void refresh('tracks')} />}
          {stopped && <Stopped scene={stopped} track={trackList?.find((one) => one.id === stopped.track_id)} renders={renderList ?? []} />}
          <PartHead title="Tracks" all={trackList && allOf(trackList.length, 'track')} href={address.place('tracks')} />
          {tracks.error && <FaultNote fault={tracks.error} what="The tracks could not be loaded." again={() => void tracks.refetch()} />}
          {tracks.isPending && <Skeleton rows={4} height={34} />}
          {trackList && trackList.length > 0 && <TrackTable tracks={trackList.slice(0, TRACKS)} jobs={jobs.data?.items ?? []} isShort />}
          {trackList?.length === 0 && <p className="soft">No track is left here.</p>}
          <PartHead title="Finished films" all={renderList && allOf(renderList.length, 'render')} href={address.place('renders')} />
          {renders.error && <FaultNote fault={renders.error} what="The renders could not be loaded." again={() => void renders.refetch()} />}
          {renderList && finished.length === 0 && <p className="soft">None yet.{isEditor && ' Open a scene and press Render film.'}</p>}
          <div className="films">{finished.slice(0, FILMS).map((one) => <FilmCard key={one.id} render={one} />)}</div>
        </div>
        <HomeAside />
      </div>
    </Shell>
  )
}

function HomeHead({ counts: [tracks, scenes, films], choose, isStopped }: { counts: (number | undefined)[]; choose: () => void; isStopped: boolean }) {
  const words = tracks === undefined || scenes === undefined ? '' : `${plural(tracks, 'track')}, ${plural(scenes, 'scene')}, ${plural(films ?? 0, 'film')}.`
  return (
    <header className="pagehead">
      <div className="grow"><h1>{pageData().project?.name}</h1><div className="lead">{words || '\u00a0'}</div></div>
      <span className="row not-phone">
        {isOwner() && <Button kind="line" icon="invite" href={`${address.place('settings')}#people`}>Invite</Button>}
        {mayEdit() && <Button icon="upload" onClick={choose}>Add track</Button>}
        {mayEdit() && <Button kind={isStopped ? 'plain' : 'primary'} icon="plus" href={`${address.place('scenes')}#new`}>New scene</Button>}
      </span>
    </header>
  )
}

function allOf(count: number, noun: string): string | undefined {
  return count > 1 ? `All ${plural(count, noun)}` : undefined
}

function PartHead({ title, all, href }: { title: string; all: string | undefined; href: string }) {
  return <div className="parthead"><h2 className="grow">{title}</h2>{all && <a className="xs" href={href}>{all}</a>}</div>
}
