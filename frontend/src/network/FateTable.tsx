/** The fate table: each file that was sent, as it goes its way: sent, read, kept or refused with the reason. */
import { useEffect, useState } from 'react'
import { fileSize } from '../lib/format'
import { address, mayEdit, projectId } from '../lib/page'
import { useStore } from '../lib/store'
import { Dot } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { Bar } from '../parts/Progress'
import { toastFault } from '../parts/toasts'
import { ServiceNote } from '../shell/ServiceNote'
import { post, remove } from '../wire/api'
import { queryClient, refresh, useAsk } from '../wire/query'
import type { Items } from '../wire/types'
import { goOn, onArrival, pauseUpload, removeUpload, takeUpAgain, uploads, type UploadKind } from '../wire/uploads'
import { factLine, factsOf, fatesOf, isOver, tally, type Fate } from './fates'
import { networkQueries } from './queries'
import type { Import } from './wire'

/** A drop of more files is told in this many rows, until one asks for all. */
const MOST_ROWS = 24
/** What went well is history after a day; what was refused stays until it is dismissed. */
const SHOWN_MS = 24 * 3600 * 1000
const openedAt = Date.now()

/** On a network's own page its older snapshots need no words about how they came. */
function isNews(one: Import, isHere: boolean): boolean {
  if (one.state !== 'kept' && one.state !== 'known') return true
  const at = Date.parse(one.created_at)
  return isHere ? at > openedAt - 60_000 : Date.now() - at < SHOWN_MS
}

/** `network` shows the files of that one alone. */
export function FateTable({ kind, network }: { kind: UploadKind; network?: string }) {
  const fates = useFates(kind, network)
  const [isWhole, setWhole] = useState(false)
  if (fates.length === 0) return null
  const shown = isWhole ? fates : fates.slice(0, MOST_ROWS)
  const over = fates.filter(isOver)
  const isWaiting = fates.some((one) => one.stage === 'waiting' || one.stage === 'reading')
  return (
    <section className="card fates" aria-label="Files">
      <header className="head">
        <h3 className="grow num" role="status">{tally(fates)}</h3>
        {mayEdit() && over.length > 1 && <Button small kind="quiet" onClick={() => over.forEach(dismiss)}>Dismiss all that are done</Button>}
      </header>
      {isWaiting && <ServiceNote waits="The files are read as soon as one is." />}
      <table className="dense" aria-label="What became of each file">
        <thead>
          <tr><th scope="col"><span className="unseen">Picture</span></th><th scope="col">File</th><th scope="col" className="num roomy">Size</th><th scope="col" className="roomy">Kind</th><th scope="col" className="num roomy">Pixels</th><th scope="col" className="num roomy">Classes</th><th scope="col" className="num roomy">z, w</th><th scope="col" className="num roomy">kimg</th><th scope="col">Fate</th><th scope="col"><span className="unseen">Acts</span></th></tr>
        </thead>
        <tbody>{shown.map((one) => <FateRow key={one.key} fate={one} isHere={network !== undefined} />)}</tbody>
      </table>
      {fates.length > shown.length && <div className="fatesmore"><Button small kind="quiet" onClick={() => setWhole(true)}>Show all {fates.length}</Button></div>}
    </section>
  )
}

function useFates(kind: UploadKind, network: string | undefined): Fate[] {
  const sent = useStore(uploads)
  const read = useAsk(networkQueries.imports(projectId()))
  useEffect(() => {
    void takeUpAgain(kind)
    // Once for each place that files go to.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [kind.kind, kind.project])
  // An upload that has arrived gives way to what the studio says about it.
  useEffect(() => onArrival((row) => {
    if (row.kind !== kind.kind) return
    void Promise.all([refresh('imports'), refresh('networks'), refresh('jobs')]).then(() => removeUpload(row.id))
  }), [kind.kind])
  const items = (read.data?.items ?? []).filter((one) => (network === undefined || one.network_id === network) && isNews(one, network !== undefined))
  return fatesOf(sent, items, kind.kind)
}

function dismiss(fate: Fate): void {
  if (fate.upload) {
    void removeUpload(fate.upload.id).catch((fault: unknown) => toastFault(fault))
    return
  }
  const id = fate.read?.id
  queryClient.setQueriesData<Items<Import>>({ queryKey: ['imports'] }, (old) => old && { ...old, items: old.items.filter((one) => one.id !== id) })
  remove(`/snapshot-imports/${id}`).catch((fault: unknown) => {
    void refresh('imports')
    toastFault(fault, `“${fate.name}” was not dismissed.`)
  })
}

function FateRow({ fate, isHere }: { fate: Fate; isHere: boolean }) {
  const { kind, pixels, classes, dims, kimg } = factsOf(fate)
  const picture = fate.read?.thumbnail_url
  return (
    <tr data-stage={fate.stage}>
      <td className="tight"><span className="fatepic">{picture && <img src={picture} alt="" loading="lazy" />}</span></td>
      <td className="name"><div className="clip strong" title={fate.name}>{fate.name}</div><div className="xs faint num clip narrow-facts">{factLine(fate)}</div></td>
      <td className="num roomy">{fileSize(fate.size)}</td>
      <td className="roomy">{kind}</td>
      <td className="num roomy">{pixels}</td>
      <td className="num roomy">{classes}</td>
      <td className="num roomy">{dims}</td>
      <td className="num roomy">{kimg}</td>
      <td className="fate">
        <FateWords fate={fate} isHere={isHere} />
        {fate.share !== undefined && <Bar share={fate.share} label={fate.name} />}
      </td>
      <td className="acts"><FateActs fate={fate} /></td>
    </tr>
  )
}

function FateWords({ fate, isHere }: { fate: Fate; isHere: boolean }) {
  const { stage, words, read } = fate
  if (stage === 'refused' || stage === 'failed') return <span className="sentence danger" role="alert">{words}</span>
  if (read && (stage === 'kept' || stage === 'known')) {
    const href = read.network_id && !isHere ? `${address.network(read.network_id)}${read.snapshot_id ? `?snapshot=${read.snapshot_id}` : ''}` : null
    return (
      <>
        <span className="row tight"><span className={stage === 'kept' ? 'ok' : 'faint'}><Icon name="check" size="small" /></span>
          {href ? <a href={href} className="clip">{read.network_name || 'Open'}</a> : stage === 'kept' ? 'Kept' : 'Known already'}
        </span>
        {words && <span className={read.warnings.length > 0 ? 'sentence warn' : 'sentence soft'}>{words}</span>}
      </>
    )
  }
  return <span className="row tight soft num">{stage === 'known' ? <Icon name="check" size="small" /> : stage !== 'waiting' && <Dot mood="busy" />}<span className="sentence">{words}</span></span>
}

function tryAgain(job: string): void {
  post(`/jobs/${job}/retry`)
    .then(() => Promise.all([refresh('imports'), refresh('jobs')]))
    .catch((fault: unknown) => toastFault(fault))
}

function FateActs({ fate }: { fate: Fate }) {
  if (!mayEdit()) return null
  const { upload } = fate
  return (
    <span className="row tight">
      {upload?.state === 'sending' && <Button small kind="quiet" onClick={() => pauseUpload(upload.id)}>Pause</Button>}
      {fate.stage === 'failed' && fate.read?.job_id && <Button small kind="quiet" icon="again" onClick={() => tryAgain(fate.read?.job_id ?? '')}>Try again</Button>}
      {upload?.state === 'paused' && <Button small kind="quiet" onClick={() => goOn(upload.id)}>Go on</Button>}
      {(upload || isOver(fate)) && <IconButton small icon="close" label={isOver(fate) ? `Dismiss ${fate.name}` : `Remove ${fate.name}`} onClick={() => dismiss(fate)} />}
    </span>
  )
}
