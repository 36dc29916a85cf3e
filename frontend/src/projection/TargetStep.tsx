/** What is to be found again: a video or a picture that was sent, or a frozen version of a dataset. */
import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { plural } from '../lib/format'
import { address, projectId } from '../lib/page'
import { libraryQueries } from '../library/queries'
import { versionTitle } from '../library/versions'
import { Note } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { DropAnywhere, UploadRows, useFileChooser } from '../parts/Uploader'
import { targetKind } from '../wire/kinds'
import { queryClient, useAsk } from '../wire/query'
import type { Items } from '../wire/types'
import { binTarget } from './deeds'
import type { Draft } from './draft'
import { projectionQueries } from './queries'
import type { Target } from './wire'
import { targetWords } from './words'

interface StepProps {
  draft: Draft
  targets: readonly Target[]
  problem: string | null
  onChange: (next: Draft) => void
}

const FEW_VERSIONS = 4

export function TargetStep({ draft, targets, problem, onChange }: StepProps) {
  const project = projectId()
  const kind = useMemo(() => targetKind(), [])
  const choose = useFileChooser(kind)
  const datasets = useAsk(libraryQueries.datasets(project))
  const versions = useQueries({ queries: (datasets.data?.items ?? []).map((one) => libraryQueries.versions(one.id)) })
  const frozen = (datasets.data?.items ?? [])
    .flatMap((dataset, at) => (versions[at]?.data?.items ?? []).map((version) => ({ dataset, version })))
    .filter(({ version }) => version.is_frozen)
    .toSorted((a, b) => b.version.created_at.localeCompare(a.version.created_at))
  const shown = frozen.filter(({ version }, at) => at < FEW_VERSIONS || version.id === draft.version)
  const take = async (): Promise<void> => {
    const before = new Set(targets.map((one) => one.id))
    const { items } = await queryClient.fetchQuery<Items<Target>>({ ...projectionQueries.targets(project), staleTime: 0 })
    const fresh = items.find((one) => !before.has(one.id)) ?? items[0]
    if (fresh) onChange({ ...draft, target: fresh.id, version: null })
  }
  return (
    <section className="step" aria-label="What is looked for">
      <DropAnywhere kind={kind} title="Drop a video or a picture here">MP4, MOV, MKV, WebM, AVI, or JPEG, PNG, WebP. Faces are best cut as the network’s own pictures are.</DropAnywhere>
      <div className="steptitle"><h2>What is looked for</h2><span className="soft xs">A video, a picture, or a frozen version of portraits.</span><span className="grow" />{(datasets.data?.items.length ?? 0) > 0 && <Button small kind="quiet" icon="grid" href={address.place('library')}>Choose portraits</Button>}<Button small kind="line" icon="upload" onClick={choose}>Send a video or picture</Button></div>
      <UploadRows kind={kind} onArrived={() => void take()} />
      {targets.length === 0 && shown.length === 0 && <Note>Nothing is here yet. Send a video or a picture, or drop it anywhere on this page.</Note>}
      <div className="choices" role="radiogroup" aria-label="What is looked for">
        {targets.map((one) => <TargetCard key={one.id} target={one} isOn={one.id === draft.target} onChoose={() => onChange({ ...draft, target: one.id, version: null })} />)}
        {shown.map(({ dataset, version }) => (
          <button key={version.id} type="button" role="radio" aria-checked={version.id === draft.version} className={version.id === draft.version ? 'choice pictured on' : 'choice pictured'} data-version={version.id} onClick={() => onChange({ ...draft, version: version.id, target: null })}>
            <span className="pic">{dataset.cover_url && <img src={dataset.cover_url} alt="" loading="lazy" />}</span>
            <span className="strong clip">{dataset.name}</span>
            <span className="xs soft clip">{versionTitle(version)}</span>
            <span className="xs faint num clip">{plural(version.count, 'portrait')}, {version.recipe.size} px</span>
          </button>
        ))}
      </div>
      {problem && <div className="wrong-text" role="alert">{problem}</div>}
    </section>
  )
}

function TargetCard({ target, isOn, onChoose }: { target: Target; isOn: boolean; onChoose: () => void }) {
  const isRefused = target.state === 'refused'
  const told = isRefused ? target.sentence : target.state === 'looking' ? 'Being looked at' : targetWords(target)
  return (
    <div className="targetcard">
      <button type="button" role="radio" aria-checked={isOn} aria-disabled={isRefused || undefined} className={isOn ? 'choice pictured on' : 'choice pictured'} data-target={target.id} data-state={target.state} onClick={() => !isRefused && onChoose()}>
        <span className="pic">{target.thumbnail_url ? <img src={target.thumbnail_url} alt="" loading="lazy" /> : <span className="blank faint"><Icon name="film" size="big" /></span>}</span>
        <span className="strong clip" title={target.name}>{target.name}</span>
        <span className={`xs num ${isRefused ? 'danger' : 'soft'}`}>{told}</span>
        {target.notes.length > 0 && <span className="xs faint clip" title={target.notes.join(' ')}>{target.notes.join(' ')}</span>}
      </button>
      <IconButton small icon="bin" label={`Put “${target.name}” in the bin`} onClick={() => binTarget(target)} />
    </div>
  )
}
