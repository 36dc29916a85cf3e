/** A version: what it holds, how it differs from another one, its files for training. */
import { useEffect, useState } from 'react'
import { count, fileSize, shortHash, when } from '../lib/format'
import { address, mayEdit, projectId } from '../lib/page'
import { FaultNote, Note, Select, Skeleton, Tag } from '../parts/basics'
import { Button } from '../parts/Button'
import { Dialog } from '../parts/Dialog'
import { Bar, jobSentence, shareOf } from '../parts/Progress'
import { toastFault } from '../parts/toasts'
import { TrainedRow } from '../training/Mentions'
import { queries, refresh, useAsk } from '../wire/query'
import type { Job } from '../wire/types'
import type { Desk } from './desk'
import { filterFrom } from './filter'
import { libraryQueries } from './queries'
import { cropNames, exportNames, leftOutWords, makeExport, versionTitle, type ExportKind, type Version } from './versions'

export function VersionPanel({ desk, id, onClose }: { desk: Desk; id: string; onClose: () => void }) {
  const version = useAsk(libraryQueries.version(id))
  const versions = useAsk(libraryQueries.versions(desk.dataset))
  const others = (versions.data?.items ?? []).filter((one) => one.id !== id && one.is_frozen)
  const data = version.data
  return (
    <Dialog title={data ? `Version ${data.number}${data.name ? `, ${data.name}` : ''}` : 'Version'} isOpen onClose={onClose} wide className="versionpanel">
      {version.error && <FaultNote fault={version.error} what="This version could not be shown." again={() => void version.refetch()} />}
      {version.isPending && <Skeleton rows={5} height={24} />}
      {data && (
        <>
          <Standing version={data} />
          <VersionFacts desk={desk} version={data} onClose={onClose} />
          {data.is_frozen && others.length > 0 && <Difference version={data} others={others} />}
          {data.is_frozen && <Exports version={data} />}
        </>
      )}
      <div className="feet">
        {data?.is_frozen && mayEdit() && <Button icon="training" href={address.newRun(`?version=${id}`)}>Train a network…</Button>}
        {data?.is_frozen && mayEdit() && <Button kind="line" icon="projection" href={address.newProjection(`?version=${id}`)}>Find it again in a network…</Button>}
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  )
}

/** The job as the list of jobs has it by now, where it is there. */
function useFreshJob(job: Job | null | undefined): Job | null {
  const jobs = useAsk(queries.jobs(projectId()))
  if (!job) return null
  return jobs.data?.items.find((one) => one.id === job.id) ?? job
}

function Standing({ version }: { version: Version }) {
  const job = useFreshJob(version.job)
  if (version.is_frozen) return null
  if (job?.state === 'failed') return <Note mood="danger">{jobSentence(job)}</Note>
  return (
    <div className="col standing-row">
      <div className="row xs"><span className="grow">Freezing: each portrait is measured for its cut</span><span className="num soft">{job ? jobSentence(job) : 'Waiting'}</span></div>
      <Bar share={job ? shareOf(job) : null} label="Freezing" />
    </div>
  )
}

function VersionFacts({ desk, version, onClose }: { desk: Desk; version: Version; onClose: () => void }) {
  const { recipe } = version
  const saved = filterFrom((version.selection.filter as Record<string, unknown> | undefined) ?? {})
  const cut = `${cropNames[recipe.crop]}, ${recipe.aspect === 'keep' ? 'aspect kept' : 'square'}, ${recipe.size} px, ${recipe.resampling}${recipe.crop === 'face' ? `, ${Math.round(recipe.margin * 100)} % room` : ''}`
  const show = (): void => {
    onClose()
    desk.show({ verdict: 'any', ...saved, descending: true })
  }
  return (
    <section>
      <dl className="facts left">
        <dt>Portraits</dt><dd>{count(version.count)}</dd>
        <dt>Cut</dt><dd>{cut}</dd>
        {version.left_out.length > 0 && <><dt>Left out</dt><dd>{leftOutWords(version.left_out)}</dd></>}
        <dt>Made</dt><dd>{version.created_by ? `by ${version.created_by}, ` : ''}{when(version.created_at)}</dd>
        {version.found_by.length > 0 && <><dt>Faces found by</dt><dd>{version.found_by.join(', ')}</dd></>}
        {version.fingerprint && <><dt>Fingerprint</dt><dd className="mono" title={version.fingerprint}>{shortHash(version.fingerprint)}</dd></>}
        <TrainedRow version={version.id} />
        {version.note && <><dt>Note</dt><dd className="written">{version.note}</dd></>}
      </dl>
      {Object.keys(saved).length > 0 && <Button small kind="quiet" icon="filter" onClick={show}>Show what its filter matches today</Button>}
    </section>
  )
}

const parts = [
  { name: 'added', title: 'only here' },
  { name: 'removed', title: 'only there' },
  { name: 'recut', title: 'cut differently' },
  { name: 'same', title: 'the same' },
] as const

function Difference({ version, others }: { version: Version; others: readonly Version[] }) {
  const before = others.find((one) => one.number < version.number) ?? others[0]!
  const [chosen, setChosen] = useState(before.id)
  const diff = useAsk(libraryQueries.diff(chosen, version.id))
  return (
    <section>
      <div className="row parthead"><h3>Beside</h3><Select small aria-label="The version beside it" value={chosen} choices={others.map((one) => ({ value: one.id, label: versionTitle(one) }))} onChange={setChosen} /></div>
      {diff.error && <FaultNote fault={diff.error} what="The two could not be compared." again={() => void diff.refetch()} />}
      {diff.data && (
        <div className="diff">
          {parts.map(({ name, title }) => (
            <div key={name} className="col">
              <div className="num"><b className="strong">{count(diff.data[name])}</b> <span className="soft xs">{title}</span></div>
              <div className="diffthumbs">
                {(name === 'same' ? [] : diff.data.samples[name]).slice(0, 6).map((one) => <span key={one.id} className="tile">{one.thumb_url && <img src={one.thumb_url} alt="" loading="lazy" />}</span>)}
              </div>
            </div>
          ))}
        </div>
      )}
    </section>
  )
}

function Exports({ version }: { version: Version }) {
  return (
    <section>
      <div className="parthead"><h3>Files for training</h3></div>
      <div className="card">
        {(Object.keys(exportNames) as ExportKind[]).map((kind) => <ExportRow key={kind} version={version} kind={kind} />)}
      </div>
    </section>
  )
}

function ExportRow({ version, kind }: { version: Version; kind: ExportKind }) {
  const made = version.exports.find((one) => one.kind === kind)
  const job = useFreshJob(made?.job)
  const isReady = made?.url !== null && made !== undefined
  const isDone = job?.state === 'done'
  useEffect(() => {
    if (isDone && !isReady) void refresh('version', version.id)
  }, [isDone, isReady, version.id])
  const isGoing = made !== undefined && !isReady && job?.state !== 'failed' && job?.state !== 'cancelled'
  const { title, about } = exportNames[kind]
  const make = (): void => {
    makeExport(version.id, kind)
      .then(() => Promise.all([refresh('version', version.id), refresh('jobs')]))
      .catch((fault: unknown) => toastFault(fault, `The ${title.toLowerCase()} was not made.`))
  }
  return (
    <div className="exportrow">
      <div className="row">
        <div className="grow"><div className="strong">{title} {isReady && made?.bytes ? <Tag>{fileSize(made.bytes)}</Tag> : null}</div><div className="xs faint">{about}</div></div>
        {isReady && <Button small icon="download" href={made.url ?? undefined} download>Download</Button>}
        {isGoing && <span className="xs soft num">{job ? jobSentence(job) : 'Waiting'}</span>}
        {!isReady && !isGoing && mayEdit() && <Button small kind="line" onClick={make}>Make</Button>}
      </div>
      {job?.state === 'failed' && <div className="xs danger" role="alert">{jobSentence(job)}</div>}
      {isGoing && <Bar share={job ? shareOf(job) : null} label={title} />}
    </div>
  )
}
