/** Directions: what a network changes by itself, found by SeFa in its weights or by GANSpace in its vectors; named by hand. */
import { useState } from 'react'
import { mayEdit, projectId } from '../lib/page'
import { FaultNote, Note } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Bar, shareOf } from '../parts/Progress'
import { Tip } from '../parts/Tooltip'
import { toastFault } from '../parts/toasts'
import { patch, post } from '../wire/api'
import { queries, refresh, useAsk } from '../wire/query'
import { Group } from './Group'
import { Knob, knob } from './Knob'
import { networkQueries } from '../network/queries'
import type { Directions } from '../network/wire'
import { ALL_ROWS, FARTHEST, stepOf, withStep } from './recipe'
import { RowsButton } from './RowStrip'
import { useExplored, useExplorer, useSnapshot } from './use_explorer'

const METHODS = [
  { method: 'sefa' as const, title: 'Directions, SeFa', tip: 'The directions that the weights themselves amplify most' },
  { method: 'ganspace' as const, title: 'Directions, GANSpace', tip: 'The directions in which random vectors differ most' },
]
const SHOWN_FIRST = 6

export function DirectionKnobs() {
  const snapshot = useSnapshot()
  const { vector } = useExplored()
  const asked = useAsk({ ...networkQueries.directions(snapshot?.id ?? ''), enabled: Boolean(snapshot) })
  const all = asked.data?.items ?? []
  const others = vector.steps.filter((step) => asked.data && !all.some((one) => one.sha256 === step.file))
  return (
    <>
      {asked.error && <section className="sect"><FaultNote what="The directions could not be loaded." fault={asked.error} again={() => void asked.refetch()} /></section>}
      {METHODS.map(({ method, title, tip }) => <MethodGroup key={method} snapshotId={snapshot?.id ?? ''} method={method} title={title} tip={tip} found={all.filter((one) => one.method === method)} />)}
      {others.length > 0 && (
        <Group title="Directions of other snapshots">
          {others.map((step) => <DirectionKnob key={`${step.file} ${step.index}`} file={step.file} index={step.index} name={`Direction ${step.index + 1} of ${step.file.slice(0, 4)}…`} />)}
        </Group>
      )}
    </>
  )
}

interface MethodGroupProps {
  snapshotId: string
  method: Directions['method']
  title: string
  tip: string
  found: Directions[]
}

function MethodGroup({ snapshotId, method, title, tip, found }: MethodGroupProps) {
  const { vector } = useExplored()
  const [isAsked, setAsked] = useState(false)
  const ready = found.filter((one) => one.sha256 !== null)
  const working = found.find((one) => one.sha256 === null)
  const moved = vector.steps.filter((step) => ready.some((one) => one.sha256 === step.file)).length
  const find = (): void => {
    setAsked(true)
    post(`/snapshots/${snapshotId}/directions`, { method })
      .then(() => refresh('directions'), (fault: unknown) => toastFault(fault, 'The directions were not looked for.'))
      .finally(() => setAsked(false))
  }
  const isBusy = isAsked || working?.state === 'waiting' || working?.state === 'working'
  return (
    <Group title={title} summary={moved > 0 ? `${moved} on` : ''} startsOpen={method === 'sefa'}
      actions={mayEdit() && ready.length > 0 && !isBusy && <IconButton small icon="plus" label={`Find them again. ${tip}.`} onClick={find} />}>
      {isBusy && <Finding jobId={working?.job_id ?? null} />}
      {working?.state === 'failed' && <Note mood="danger">{working.sentence || 'The directions could not be found. Activity says why.'}</Note>}
      {ready.length === 0 && !isBusy && (
        mayEdit()
          ? <div className="row first-part"><Tip text={tip}><Button small kind="line" icon="search" onClick={find}>Find directions</Button></Tip><span className="xs faint">{method === 'sefa' ? 'In closed form, within seconds' : 'From 10,000 samples'}</span></div>
          : <p className="xs faint">Nobody has looked for them yet.</p>
      )}
      {ready.map((one) => one.sha256 !== null && <FoundDirections key={one.id} found={one} file={one.sha256} />)}
    </Group>
  )
}

function Finding({ jobId }: { jobId: string | null }) {
  const jobs = useAsk(queries.jobs(projectId()))
  const job = jobs.data?.items.find((one) => one.id === jobId)
  return <div className="col first-part"><span className="xs soft">{job?.message || 'Looking for directions'}</span><Bar share={job ? shareOf(job) : null} label="Looking for directions" /></div>
}

function FoundDirections({ found, file }: { found: Directions; file: string }) {
  const { vector } = useExplored()
  const [isWhole, setWhole] = useState(false)
  const places = Array.from({ length: found.count }, (_, index) => index)
  const isShown = (index: number): boolean => isWhole || index < SHOWN_FIRST || Boolean(found.names[index]) || stepOf(vector, file, index) !== undefined
  const hidden = places.filter((index) => !isShown(index)).length
  return (
    <>
      {places.filter(isShown).map((index) => (
        <DirectionKnob key={index} file={file} index={index} name={found.names[index] || `Direction ${index + 1}`} isNamed={Boolean(found.names[index])} found={found} share={found.shares[index]} />
      ))}
      {(hidden > 0 || isWhole) && <button type="button" className="link accent xs" onClick={() => setWhole(!isWhole)}>{isWhole ? 'Fewer' : `${hidden} more`}</button>}
    </>
  )
}

interface DirectionKnobProps {
  file: string
  index: number
  name: string
  isNamed?: boolean
  /** Where its name can be changed. */
  found?: Directions
  share?: number | undefined
}

function DirectionKnob({ file, index, name, isNamed = true, found, share }: DirectionKnobProps) {
  const { desk } = useExplorer()
  const { vector } = useExplored()
  const many = useSnapshot()?.num_ws ?? 1
  const step = stepOf(vector, file, index)
  const field = knob({ title: name, default: 0, from: -FARTHEST, to: FARTHEST, step: 0.1, typed: [-100, 100] })
  // Rows that were chosen before the direction is walked wait for its first step.
  const [waiting, setWaiting] = useState(ALL_ROWS)
  const rows = step?.rows ?? waiting
  return (
    <Knob
      field={field} value={step?.amount ?? 0} name={<DirectionName name={name} isNamed={isNamed} isMoved={step !== undefined} found={found} index={index} share={share} />}
      onMove={(amount) => desk.moveVector((now) => withStep(now, file, index, { amount, rows }))} onSet={(amount) => desk.setVector((now) => withStep(now, file, index, { amount, rows }), name)}
      beside={many > 1 && (
        <RowsButton label="Rows it acts on" rows={rows} many={many} onMove={(next) => desk.moveVector((now) => withStep(now, file, index, { rows: next }))}
          onSet={(next) => {
            setWaiting(next)
            desk.setVector((now) => withStep(now, file, index, { rows: next }), `Rows of ${name}`)
          }} />
      )}
    />
  )
}

/** A click on the name lets it be written. */
function DirectionName({ name, isNamed, isMoved, found, index, share }: { name: string; isNamed: boolean; isMoved: boolean; found: Directions | undefined; index: number; share: number | undefined }) {
  const [text, setText] = useState<string | null>(null)
  const words = share === undefined ? '' : `${(share * 100).toFixed(1)} % of the change`
  const keep = (): void => {
    const next = text?.trim()
    setText(null)
    if (!found || next === undefined || next === (isNamed ? name : '')) return
    patch(`/directions/${found.id}`, { names: { [index]: next } })
      .then(() => refresh('directions'), (fault: unknown) => toastFault(fault, 'The name was not kept.'))
  }
  if (text !== null) {
    return (
      <input className="field small direction-name" aria-label={`Name of direction ${index + 1}`} autoFocus value={text} maxLength={60} onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)} onBlur={keep} onKeyDown={(event) => {
          if (event.key === 'Enter') keep()
          if (event.key === 'Escape') setText(null)
        }} />
    )
  }
  const label = <span className={`name clip${isMoved ? ' changed' : ''}`}>{name}{!isNamed && <span className="faint">, unnamed</span>}</span>
  if (!found || !mayEdit()) return words ? <Tip text={words}>{label}</Tip> : label
  return (
    <Tip text={`${words ? `${words}. ` : ''}Click to name it.`}>
      <button type="button" className="name-button clip" aria-label={`${name}. Name it`} onClick={() => setText(isNamed ? name : '')}>{label}</button>
    </Tip>
  )
}
