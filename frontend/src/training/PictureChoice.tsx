/** The pictures of a new run: a frozen version of a dataset, or a zip or folder in the standard form. */
import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'
import { count, fileSize, plural, when } from '../lib/format'
import { address, projectId } from '../lib/page'
import { libraryQueries } from '../library/queries'
import { versionTitle, type Version } from '../library/versions'
import type { Dataset } from '../library/wire'
import { FaultNote, Note, Skeleton } from '../parts/basics'
import { Button } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { DropAnywhere, UploadRows, useFileChooser } from '../parts/Uploader'
import { queryClient, useAsk } from '../wire/query'
import type { Items } from '../wire/types'
import { ComingNote, useComing } from './ComingPictures'
import type { Draft } from './draft'
import { FolderRows } from './FolderRows'
import { trainingQueries } from './queries'
import { useFolders } from './use_folders'
import type { Uploaded } from './wire'

const FEW = 6

interface PictureChoiceProps {
  draft: Draft
  problem: string | null
  onChange: (part: Partial<Draft>) => void
}

export function PictureChoice({ draft, problem, onChange }: PictureChoiceProps) {
  const project = projectId()
  const { kind, rows, drop } = useFolders()
  const choose = useFileChooser(kind)
  const chooseFolder = useFileChooser(kind, true)
  const [isWhole, setWhole] = useState(false)
  const datasets = useAsk(libraryQueries.datasets(project))
  const uploaded = useAsk(trainingQueries.uploaded(project))
  const versions = useQueries({ queries: (datasets.data?.items ?? []).map((one) => libraryQueries.versions(one.id)) })
  const all = (datasets.data?.items ?? []).flatMap((dataset, at) => (versions[at]?.data?.items ?? []).map((version) => ({ dataset, version })))
  const coming = useComing(all)
  const ordered = all.filter(({ version }) => version.is_frozen).toSorted((a, b) => b.version.created_at.localeCompare(a.version.created_at))
  const shown = isWhole ? ordered : ordered.filter(({ version }, at) => at < FEW || version.id === draft.version)
  const zips = uploaded.data?.items ?? []
  const isLoading = datasets.isPending || versions.some((one) => one.isPending)
  const take = async (): Promise<void> => {
    const before = new Set(zips.map((one) => one.id))
    const { items } = await queryClient.fetchQuery<Items<Uploaded>>({ ...trainingQueries.uploaded(project), staleTime: 0 })
    const fresh = items.find((one) => !before.has(one.id)) ?? items[0]
    if (fresh) onChange({ upload: fresh.id, version: null })
  }
  return (
    <section className="step" aria-label="Pictures">
      <DropAnywhere kind={kind} title="Drop a folder or a zip of pictures here">PNG or JPEG pictures of one size, with dataset.json where there are labels.</DropAnywhere>
      <div className="steptitle"><h2>Pictures</h2><span className="soft xs">A frozen version of a dataset, or a folder or zip in the standard form.</span><span className="grow" /><Button small kind="line" icon="upload" onClick={chooseFolder}>Send a folder</Button><Button small kind="line" icon="upload" onClick={choose}>Send a zip</Button></div>
      <FolderRows rows={rows} drop={drop} />
      <UploadRows kind={kind} onArrived={() => void take()} />
      {datasets.error && <FaultNote fault={datasets.error} what="The datasets could not be loaded." again={() => void datasets.refetch()} />}
      {isLoading && <Skeleton rows={2} height={64} />}
      {coming.length > 0 && <div className="col coming">{coming.map((one) => <ComingNote key={one.id} coming={one} />)}</div>}
      {!isLoading && ordered.length === 0 && zips.length === 0 && coming.length === 0 && (
        <Note action={<Button small href={address.place('library')}>Open the library</Button>}>No version is frozen yet. A version is a fixed choice of portraits, cut to one size: pick portraits in the library, then press Freeze.</Note>
      )}
      <div className="choices" role="radiogroup" aria-label="Pictures">
        {shown.map(({ dataset, version }) => <VersionCard key={version.id} dataset={dataset} version={version} isOn={version.id === draft.version} onChoose={() => onChange({ version: version.id, upload: null })} />)}
        {zips.map((one) => <ZipCard key={one.id} zip={one} isOn={one.id === draft.upload} onChoose={() => onChange({ upload: one.id, version: null })} />)}
      </div>
      {ordered.length > shown.length && <div className="choicesmore"><Button small kind="quiet" onClick={() => setWhole(true)}>All {count(ordered.length)} versions</Button></div>}
      {problem && <div className="wrong-text" role="alert">{problem}</div>}
    </section>
  )
}

function VersionCard({ dataset, version, isOn, onChoose }: { dataset: Dataset; version: Version; isOn: boolean; onChoose: () => void }) {
  return (
    <button type="button" role="radio" aria-checked={isOn} className={isOn ? 'choice pictured on' : 'choice pictured'} data-version={version.id} onClick={onChoose}>
      <span className="pic">{dataset.cover_url && <img src={dataset.cover_url} alt="" loading="lazy" />}</span>
      <span className="strong clip">{dataset.name}</span>
      <span className="xs soft clip" title={versionTitle(version)}>{versionTitle(version)}</span>
      <span className="xs faint num clip">{plural(version.count, 'portrait')}, {version.recipe.size} px · {when(version.created_at)}</span>
    </button>
  )
}

function ZipCard({ zip, isOn, onChoose }: { zip: Uploaded; isOn: boolean; onChoose: () => void }) {
  const size = zip.is_mixed ? 'several sizes' : `${zip.width} × ${zip.height}`
  return (
    <button type="button" role="radio" aria-checked={isOn} className={isOn ? 'choice pictured on' : 'choice pictured'} data-upload={zip.id} onClick={onChoose}>
      <span className="pic"><span className="blank faint"><Icon name="grid" size="big" /></span></span>
      <span className="strong clip">{zip.name}</span>
      <span className="xs faint num clip">{plural(zip.count, 'picture')}, {size}{zip.num_classes > 0 ? `, ${plural(zip.num_classes, 'class', 'classes')}` : ''} · {fileSize(zip.size_bytes)}</span>
    </button>
  )
}
