/** Projections: films, pictures and portraits that are found again in a network, now and before. */
import { useMemo, useState } from 'react'
import { when } from '../lib/format'
import { address, mayEdit, projectId } from '../lib/page'
import { Dot, Empty, FaultNote, Tag } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Menu } from '../parts/Menu'
import { Bar } from '../parts/Progress'
import { DropAnywhere, UploadRows, useFileChooser } from '../parts/Uploader'
import { GridSkeleton } from '../pages/scenes/ScenesPage'
import { Shell } from '../shell/Shell'
import { projectionKind } from '../wire/kinds'
import { refresh, useAsk } from '../wire/query'
import { binProjection } from './deeds'
import { projectionQueries } from './queries'
import { RenameProjection } from './RenameProjection'
import { useProgress } from './use_projection'
import type { Projection } from './wire'
import { isGoing, leftWords, moodOf, networkWords, progressWords, shareOf, standingWords } from './words'

export function ProjectionsPage() {
  const list = useAsk(projectionQueries.list(projectId()))
  const [renaming, setRenaming] = useState<Projection | null>(null)
  const kind = useMemo(() => projectionKind(), [])
  const choose = useFileChooser(kind)
  useProgress(projectId())
  const items = list.data?.items
  const buttons = mayEdit() && (
    <div className="row wrap">
      <Button icon="upload" onClick={choose}>Bring a projection</Button>
      <Button kind="primary" icon="plus" href={address.newProjection()}>Project a video</Button>
    </div>
  )
  return (
    <Shell place="projections">
      <DropAnywhere kind={mayEdit() ? kind : null} title="Drop projections here">HDF5 files, as GANce writes them. Each is looked through before it is kept.</DropAnywhere>
      <div className="middle">
        <header className="pagehead">
          <div className="grow"><h1>Projections</h1><div className="lead">A video, a picture or portraits, found again in a network: frame by frame the vector whose picture comes nearest.</div></div>
          {items && items.length > 0 && buttons}
        </header>
        <UploadRows kind={kind} onArrived={() => void refresh('projections')} />
        {list.error && <FaultNote fault={list.error} what="The projections could not be loaded." again={() => void list.refetch()} />}
        {list.isPending && <GridSkeleton />}
        {items?.length === 0 && (
          <Empty title="Nothing projected yet" action={buttons}>
            Choose a video and a snapshot. What is found is a film of vectors: a scene can blend it with the music, so that a person speaks and sings as the network draws them.
          </Empty>
        )}
        <div className="runs">
          {items?.map((one) => <Card key={one.id} one={one} onRename={() => setRenaming(one)} />)}
        </div>
      </div>
      {renaming && <RenameProjection one={renaming} onClose={() => setRenaming(null)} />}
    </Shell>
  )
}

function Card({ one, onRename }: { one: Projection; onRename: () => void }) {
  const facts = [one.source?.name, networkWords(one), one.config?.space === 'w+' && 'W+'].filter(Boolean)
  const right = leftWords(one) ?? ''
  const said = one.state === 'failed' ? one.sentence : [`${one.created_by_name || 'Somebody'}, ${when(one.created_at)}`, (one.state === 'waiting' || (one.state === 'done' && !one.is_complete)) && one.sentence].filter(Boolean).join(' · ')
  return (
    <article className="card runcard projectioncard" data-projection={one.id}>
      <a className="plain pic" href={address.projection(one.id)} aria-label={one.name} tabIndex={-1}>
        {one.picture_url ? <img src={one.picture_url} alt="" loading="lazy" /> : <span className="blank faint xs">{isGoing(one) ? 'Its first frames come soon' : 'No picture'}</span>}
      </a>
      <div className="col runwords">
        <div className="row">
          <a className="plain strong clip runname" href={address.projection(one.id)}>{one.name}</a>
          {one.is_imported && <Tag>Brought</Tag>}
          <span className="grow" />
          {mayEdit() && (
            <Menu align="end" button={<IconButton small icon="more" label={`More about ${one.name}`} />} items={[
              ...(one.file_url ? [{ id: 'file', label: 'Download HDF5', icon: 'download' as const, act: () => window.location.assign(one.file_url!) }] : []),
              { id: 'rename', label: 'Rename…', icon: 'edit', act: onRename },
              { id: 'bin', label: 'Put in the bin', icon: 'bin', danger: true, act: () => binProjection(one) },
            ]} />
          )}
        </div>
        <div className="xs faint num clip">{facts.join(' · ') || 'Brought as a file'}</div>
        <div className="row xs"><span className="row tight soft nowrap" data-state={one.state}><Dot mood={moodOf(one)} />{standingWords(one)}</span><span className="num grow clip">{progressWords(one)}</span><span className="num soft nowrap">{right}</span></div>
        <Bar share={one.state === 'checking' ? null : shareOf(one)} label={`${one.name}: ${progressWords(one)}`} />
        <div className={`xs num ${one.state === 'failed' ? 'danger' : 'faint clip'}`} title={one.sentence || undefined}>{said}</div>
      </div>
    </article>
  )
}
