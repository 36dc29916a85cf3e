/** A dataset: cull any number of portraits, freeze versions. */
import { useMemo, useRef, useState } from 'react'
import { useCommands, withKey } from '../../lib/keys'
import { address, mayEdit, pageData, projectId } from '../../lib/page'
import { useStore } from '../../lib/store'
import { libraryCommands } from '../../library/commands'
import type { Desk } from '../../library/desk'
import { FilterBar } from '../../library/FilterBar'
import { FilterPanel } from '../../library/FilterPanel'
import type { Grid } from '../../library/grid'
import { GridBox } from '../../library/GridBox'
import { Loupe } from '../../library/Loupe'
import { libraryQueries } from '../../library/queries'
import { SessionsColumn } from '../../library/SessionsColumn'
import { sessionTitle } from '../../library/session_words'
import { useArrivals } from '../../library/use_arrivals'
import { stepWords } from '../../library/words'
import { useLibraryDesk } from '../../library/use_library'
import { VersionPanel } from '../../library/VersionPanel'
import type { Dataset } from '../../library/wire'
import { FaultNote, Skeleton } from '../../parts/basics'
import { Button, IconButton } from '../../parts/Button'
import { DropAnywhere, DropCard, useFileChooser } from '../../parts/Uploader'
import { isNothing, NothingHere, Shell } from '../../shell/Shell'
import { portraitKind } from '../../wire/kinds'
import { useAsk } from '../../wire/query'
import { PortraitUploads } from '../library/PortraitUploads'
import { DrawerButton } from '../../track/DrawerButton'

export function DatasetPage() {
  const id = pageData().ids.dataset ?? ''
  const dataset = useAsk(libraryQueries.dataset(id))
  const datasets = useAsk(libraryQueries.datasets(projectId()))
  const desk = useLibraryDesk(id)
  const grid = useRef<Grid | null>(null)
  // Above the shell, so that the library's undo stands before the page's own.
  useCommands(libraryCommands(desk, grid))
  const sittings = useAsk(libraryQueries.sessions(id))
  const { arrivals, curators } = useArrivals(desk, (session) => {
    const found = sittings.data?.items.find((one) => one.id === session)
    return found && sessionTitle(found)
  })
  if (dataset.error && isNothing(dataset.error)) return <NothingHere place="library" />
  const siblings = datasets.data?.items ?? []
  return (
    <Shell
      place="library"
      {...(dataset.data ? { thing: { name: dataset.data.name, siblings: siblings.map((one) => ({ id: one.id, name: one.name, href: address.dataset(one.id), isHere: one.id === id })) } } : {})}
      actions={desk && dataset.data && <PageActions desk={desk} curators={curators} />}
    >
      {dataset.error && <div className="middle"><FaultNote fault={dataset.error} what="This dataset could not be shown." again={() => void dataset.refetch()} /></div>}
      {!dataset.data && !dataset.error && <div className="middle"><Skeleton rows={8} height={44} /></div>}
      {dataset.data && desk && <LibraryOf desk={desk} dataset={dataset.data} siblings={siblings} grid={grid} arrivals={arrivals} />}
    </Shell>
  )
}

function PageActions({ desk, curators }: { desk: Desk; curators: string }) {
  const history = useAsk({ ...libraryQueries.history(desk.dataset), enabled: mayEdit() })
  return (
    <>
      {curators && <span className="saved not-phone" role="status">{curators}</span>}
      {mayEdit() && <IconButton small icon="undo" label={withKey(stepWords('Undo', history.data?.undo), 'page.undo')} onClick={() => void desk.undo()} />}
      {mayEdit() && <IconButton small icon="redo" label={withKey(stepWords('Redo', history.data?.redo), 'page.redo')} onClick={() => void desk.redo()} />}
    </>
  )
}

interface LibraryProps {
  desk: Desk
  dataset: Dataset
  siblings: readonly Dataset[]
  grid: React.RefObject<Grid | null>
  arrivals: ReadonlyMap<string, number>
}

function LibraryOf({ desk, dataset, siblings, grid, arrivals }: LibraryProps) {
  const { view, version } = useStore(desk.place)
  const sessions = useAsk(libraryQueries.sessions(dataset.id))
  const versions = useAsk(libraryQueries.versions(dataset.id))
  const kind = useMemo(() => portraitKind(dataset.id), [dataset.id])
  const choose = useFileChooser(kind)
  const [isInspecting, setInspecting] = useState(false)
  const [isListing, setListing] = useState(false)
  const items = useMemo(() => sessions.data?.items ?? [], [sessions.data])
  const names = useMemo(() => {
    const known = new Map(items.flatMap((one) => [[one.id, sessionTitle(one)], [one.device_id ?? '', one.device_name]] as [string, string][]))
    return (id: string) => known.get(id) ?? 'One session'
  }, [items])
  const isNew = dataset.counts.all === 0 && dataset.counts.binned === 0
  const nextVersion = Math.max(0, ...(versions.data?.items ?? []).map((one) => one.number)) + 1
  return (
    <div className={['librarypage', isInspecting && 'inspecting', isListing && 'listing'].filter(Boolean).join(' ')}>
      <DropAnywhere kind={mayEdit() ? kind : null} title={`Drop photos into “${dataset.name}”`}>Pictures, folders or a zip. The same picture is kept once.</DropAnywhere>
      <SessionsColumn desk={desk} dataset={dataset} siblings={siblings} onAdd={choose} arrivals={arrivals} onChosen={() => setListing(false)} />
      <section className="librarymain" inert={view !== 'grid'}>
        <FilterBar desk={desk} names={names} isListing={isListing} onList={setListing} />
        <div className="libraryuploads"><PortraitUploads kind={kind} dataset={dataset.id} /></div>
        {isNew ? <NewDatasetNote dataset={dataset} choose={choose} /> : <GridBox desk={desk} grid={grid} sessions={items} names={names} />}
      </section>
      <DrawerButton label="Counts, histograms and versions" isOpen={isInspecting} onChange={setInspecting} />
      <FilterPanel desk={desk} total={dataset.counts.all} nextVersion={nextVersion} />
      {view !== 'grid' && <Loupe desk={desk} />}
      {version && <VersionPanel desk={desk} id={version} onClose={() => desk.openVersion(null)} />}
    </div>
  )
}

function NewDatasetNote({ dataset, choose }: { dataset: Dataset; choose: () => void }) {
  return (
    <div className="middle">
      <div className="nothing-yet">
        <h1>Nothing in “{dataset.name}” yet</h1>
        <p className="soft">{mayEdit() ? 'Send photos from a camera, or add those that you have.' : 'Somebody who may edit adds the first pictures.'}</p>
        {mayEdit() && <DropCard title="Drop photos, a folder or a zip here" choose={choose}>JPEG, PNG, TIFF, WebP or HEIC, any number. An upload that breaks off goes on where it stopped.</DropCard>}
        {mayEdit() && <div className="row" style={{ marginTop: 16 }}><Button kind="line" icon="camera" href={address.place('capture')}>Pair a camera</Button></div>}
      </div>
    </div>
  )
}
