/** Directions of a snapshot: ways to walk from any vector, found in its weights (SeFa) or in its vectors (GANSpace). */
import { percent, when } from '../lib/format'
import { mayEdit } from '../lib/page'
import { Empty, FaultNote, Skeleton } from '../parts/basics'
import { Button } from '../parts/Button'
import { Bar } from '../parts/Progress'
import { toastFault } from '../parts/toasts'
import { ServiceNote } from '../shell/ServiceNote'
import { patch, post } from '../wire/api'
import { refresh, useAsk } from '../wire/query'
import type { Snapshot } from '../wire/types'
import { EditableText } from './EditableText'
import { snapshotTitle } from './growth'
import { networkQueries } from './queries'
import type { Directions as Found, Method } from './wire'

export const methodNames: Record<string, string> = { sefa: 'SeFa', ganspace: 'GANSpace' }

const methods: Method[] = ['sefa', 'ganspace']

const methodWords: Record<string, string> = {
  sefa: 'From the weights themselves: the directions of w that change the styles most.',
  ganspace: 'From 10,000 vectors: the directions of w along which they differ most.',
}

export function Directions({ snapshot }: { snapshot: Snapshot }) {
  const found = useAsk(networkQueries.directions(snapshot.id))
  const find = (method: Method): void => {
    post(`/snapshots/${snapshot.id}/directions`, { method })
      .then(() => Promise.all([refresh('directions', snapshot.id), refresh('jobs')]))
      .catch((fault: unknown) => toastFault(fault, 'The directions were not looked for.'))
  }
  if (found.error) return <FaultNote fault={found.error} what="The directions could not be loaded." again={() => void found.refetch()} />
  if (!found.data) return <Skeleton rows={4} height={44} />
  const { items } = found.data
  const missing = methods.filter((method) => !items.some((one) => one.method === method && one.state !== 'failed'))
  const buttons = mayEdit() && missing.length > 0 && (
    <div className="row wrap">{missing.map((method) => <Button key={method} icon="search" title={methodWords[method]} onClick={() => find(method)}>Find by {methodNames[method]}</Button>)}</div>
  )
  if (items.length === 0) {
    return (
      <Empty title={`No directions of ${snapshotTitle(snapshot)} yet`} action={buttons}>
        A direction is a slider of the explorer: it turns a head, ages a face or changes the light. SeFa finds them at once in the weights, GANSpace in seconds from 10,000 vectors.
      </Empty>
    )
  }
  return (
    <div className="col directions">
      <div className="row"><span className="grow soft">Directions of {snapshotTitle(snapshot)}. Names that you give them stand at the explorer's sliders.</span>{buttons}</div>
      {items.map((one) => <OneFind key={one.id} found={one} />)}
    </div>
  )
}

function OneFind({ found }: { found: Found }) {
  const title = methodNames[found.method] ?? found.method
  const rename = (index: number, name: string): void => {
    patch(`/directions/${found.id}`, { names: { [index]: name } })
      .then(() => refresh('directions'))
      .catch((fault: unknown) => toastFault(fault, 'The name was not kept.'))
  }
  return (
    <section className="card" aria-label={`Directions by ${title}`}>
      <header className="head"><h3>{title}</h3><span className="xs faint grow clip">{methodWords[found.method]}</span><span className="xs faint">{when(found.created_at)}</span></header>
      {found.state === 'ready' ? (
        <ol className="shares">
          {found.shares.map((share, index) => (
            <li key={index} className="row">
              <span className="num faint xs place">{index + 1}</span>
              <EditableText className="grow" value={found.names[index] ?? ''} placeholder={`Direction ${index + 1}`} label={`Name of direction ${index + 1}`} mayBeEmpty onSave={(name) => rename(index, name)} />
              <span className="sharebar" aria-hidden="true"><i style={{ width: `${(100 * share) / Math.max(...found.shares, 1e-9)}%` }} /></span>
              <span className="num xs soft sharenum" title="Share of the whole variance">{share < 0.0995 ? `${(share * 100).toFixed(1)} %` : percent(share)}</span>
            </li>
          ))}
        </ol>
      ) : <Standing found={found} />}
    </section>
  )
}

function Standing({ found }: { found: Found }) {
  if (found.state === 'failed') return <p className="quietline danger xs">{found.sentence || 'They could not be found.'}</p>
  return (
    <div className="quietline col">
      <span className="xs soft">{found.state === 'waiting' ? 'Waiting' : 'Being found'}</span>
      <Bar share={null} label={`Directions by ${methodNames[found.method]}`} />
      <ServiceNote waits="They are found as soon as one is." />
    </div>
  )
}
