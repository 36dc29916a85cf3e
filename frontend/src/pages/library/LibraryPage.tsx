/** Library: the project's datasets of portraits. */
import { useEffect, useState } from 'react'
import { count, plural, when } from '../../lib/format'
import { address, mayEdit, projectId } from '../../lib/page'
import { libraryQueries } from '../../library/queries'
import type { Dataset } from '../../library/wire'
import { putInBin, RenameDialog } from '../../parts/Bin'
import { Empty, FaultNote } from '../../parts/basics'
import { Button, IconButton } from '../../parts/Button'
import { Icon } from '../../parts/Icon'
import { Menu } from '../../parts/Menu'
import { useProjectEvents } from '../../shell/live'
import { Shell } from '../../shell/Shell'
import { refresh, useAsk } from '../../wire/query'
import { GridSkeleton } from '../scenes/ScenesPage'
import { NewDataset } from './NewDataset'
import { PortraitUploads, usePortraitDrop } from './PortraitUploads'

export function LibraryPage() {
  const datasets = useAsk(libraryQueries.datasets(projectId()))
  const [isNew, setNew] = useState(window.location.hash === '#new')
  const [renaming, setRenaming] = useState<Dataset | null>(null)
  const items = datasets.data?.items
  const isEditor = mayEdit()
  const drop = usePortraitDrop(items)
  useFreshCounts()
  const buttons = isEditor && (
    <div className="row wrap">
      <Button icon="upload" onClick={drop.choose}>Add photos</Button>
      <Button kind="primary" icon="plus" onClick={() => setNew(true)}>New dataset</Button>
    </div>
  )
  return (
    <Shell place="library">
      {drop.zone}
      <div className="middle">
        <header className="pagehead">
          <div className="grow"><h1>Library</h1><div className="lead">Datasets of portraits: cull them here, freeze versions for training.{isEditor ? ' Drop photos, folders or a zip anywhere on this page.' : ''}</div></div>
          {items && items.length > 0 && buttons}
        </header>
        <PortraitUploads kind={drop.kind} />
        {datasets.error && <FaultNote fault={datasets.error} what="The datasets could not be loaded." again={() => void datasets.refetch()} />}
        {datasets.isPending && <GridSkeleton />}
        {items?.length === 0 && <NoDataset buttons={buttons} />}
        <div className="films wide">
          {items?.map((one) => <DatasetCard key={one.id} dataset={one} onRename={() => setRenaming(one)} />)}
        </div>
      </div>
      {isNew && isEditor && <NewDataset taken={items ?? []} onClose={() => setNew(false)} />}
      <RenameDialog noun="dataset" thing={renaming} onClose={() => setRenaming(null)} />
    </Shell>
  )
}

/** Arrivals and decisions change what the cards count. */
function useFreshCounts(): void {
  const [last, setLast] = useState(0)
  useProjectEvents((event) => {
    if (event.kind.startsWith('portraits.')) setLast(Date.now())
  })
  useEffect(() => {
    if (last === 0) return
    const timer = setTimeout(() => void refresh('datasets'), 1500)
    return () => clearTimeout(timer)
  }, [last])
}

function NoDataset({ buttons }: { buttons: React.ReactNode }) {
  return (
    <Empty title="No portraits yet" action={mayEdit() ? <div className="row wrap">{buttons}<Button kind="line" icon="camera" href={address.place('capture')}>Pair a camera</Button></div> : null}>
      A dataset holds everything that a camera or a folder brought, however much. Every picture is scored as it arrives, so that culling is quick.
      {mayEdit() ? '' : ' Somebody who may edit adds the first pictures.'}
    </Empty>
  )
}

/** "8,180 picked, 11,644 left". */
function standing({ picked, unreviewed, all }: Dataset['counts']): string {
  if (all === 0) return 'No portrait yet'
  if (unreviewed === 0) return `${count(picked)} picked, all reviewed`
  return `${count(picked)} picked, ${count(unreviewed)} to review`
}

function DatasetCard({ dataset, onRename }: { dataset: Dataset; onRename: () => void }) {
  const { all, picked, rejected } = dataset.counts
  const href = address.dataset(dataset.id)
  return (
    <article className="filmcard datasetcard">
      <a className="plain" href={href} aria-label={dataset.name}>
        <div className="pic">
          {dataset.cover_url ? <img src={dataset.cover_url} alt="" loading="lazy" /> : <span className="faint blank"><Icon name="grid" size="big" /></span>}
        </div>
      </a>
      <CountsBar all={all} picked={picked} rejected={rejected} />
      <div className="row top">
        <div className="grow">
          <a className="plain strong clip block" href={href}>{dataset.name}</a>
          <div className="xs faint num clip">{plural(all, 'portrait')} in {plural(dataset.sessions, 'session')}</div>
          <div className="xs faint num clip">{standing(dataset.counts)} · {when(dataset.created_at)}</div>
        </div>
        {mayEdit() && (
          <Menu align="end" button={<IconButton small icon="more" label={`More about ${dataset.name}`} />} items={[
            { id: 'rename', label: 'Rename…', icon: 'edit', act: onRename },
            { id: 'bin', label: 'Put in the bin', icon: 'bin', danger: true, act: () => putInBin('dataset', dataset) },
          ]} />
        )}
      </div>
    </article>
  )
}

/** White is picked, red is rejected, grey is left. */
export function CountsBar({ all, picked, rejected }: { all: number; picked: number; rejected: number }) {
  const share = (value: number): string => `${all === 0 ? 0 : (100 * value) / all}%`
  return (
    <div className="countsbar" role="img" aria-label={`${count(picked)} picked, ${count(rejected)} rejected, ${count(all - picked - rejected)} left`}>
      <i className="picked" style={{ width: share(picked) }} />
      <i className="rejected" style={{ width: share(rejected) }} />
    </div>
  )
}
