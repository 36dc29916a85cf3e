/** What would come of a draft: pictures, disk, memory, how long; what is wrong; and the button that starts it. */
import { useState, type FormEvent } from 'react'
import { count, fileSize } from '../lib/format'
import { FaultNote, Note, Skeleton, TextField } from '../parts/basics'
import { Button } from '../parts/Button'
import type { Draft } from './draft'
import { PlanTime } from './PlanTime'
import type { Planned } from './use_draft'
import type { Offer, Plan, PlanField } from './wire'
import { kimgWords, snapshotsOf } from './words'

interface PanelProps {
  draft: Draft
  planned: Planned
  hasWrongText: boolean
  onChange: (part: Partial<Draft>) => void
  onStart: (draft: Draft, plan: Plan, name: string) => Promise<void>
}

export function PlanPanel({ draft, planned, hasWrongText, onChange, onStart }: PanelProps) {
  const { plan, fault, isStale } = planned
  const [name, setName] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<unknown>(null)
  const proposed = plan ? nameFor(plan) : ''
  const begin = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!plan || reason || isBusy) return
    setBusy(true)
    setRefusal(null)
    try {
      await onStart(draft, plan, name.trim() || proposed)
    } catch (why) {
      setRefusal(why)
      setBusy(false)
    }
  }
  const reason = reasonOf(draft, planned, hasWrongText)
  return (
    <aside className={isStale ? 'aside plan stale' : 'aside plan'} aria-label="Plan" data-region="inspector" data-planned={plan && !isStale ? 'true' : 'false'}>
      <div className="head"><h3>Plan</h3></div>
      {!draft.version && !draft.upload && <div className="sect soft xs">Choose the pictures first: then all else has a sense, and this says how long it takes and what it needs.</div>}
      {fault && <div className="sect"><FaultNote fault={fault} what="It could not be planned." again={planned.again} /></div>}
      {(draft.version ?? draft.upload) && !plan && !fault && <div className="sect"><Skeleton rows={5} height={18} /></div>}
      {plan && <Problems plan={plan} fields={planned.fields} onOffer={(offer) => onChange({ fit: offer.fit, size: offer.size })} />}
      {plan && <PlanFacts plan={plan} draft={draft} onExact={() => onChange({ fit: 'exact' })} />}
      {plan?.config && <PlanTime plan={plan} />}
      <form className="sect startrow" onSubmit={(event) => void begin(event)}>
        {refusal !== null && <FaultNote fault={refusal} what="It was not started." />}
        <TextField label="Name" value={name} onChange={setName} placeholder={proposed} maxLength={255} />
        <Button kind="primary" type="submit" icon="play" className="fill" reason={reason} busy={isBusy}>Start training</Button>
      </form>
    </aside>
  )
}

function nameFor(plan: Plan): string {
  const what = plan.version?.dataset_name || plan.version?.name.replace(/\.zip$/i, '') || 'network'
  return plan.start ? `${plan.start.network_name}, on ${what}` : `${what} ${plan.size ?? ''}`.trim()
}

/** Why it cannot start now. */
export function reasonOf(draft: Draft, { plan, isStale }: Planned, hasWrongText: boolean): string | null {
  if (!draft.version && !draft.upload) return 'Choose the pictures first.'
  if (hasWrongText) return 'A setting holds what is no value. It is marked.'
  if (!plan || isStale) return 'It is being planned.'
  if (plan.problems.length > 0) return plan.problems[0]!.sentence
  return plan.config ? null : 'The settings do not fit together.'
}

function Problems({ plan, fields, onOffer }: { plan: Plan; fields: readonly PlanField[]; onOffer: (offer: Offer) => void }) {
  if (plan.problems.length === 0 && plan.offers.length === 0 && plan.warnings.length === 0) return null
  return (
    <div className="sect problems">
      {plan.problems.map((one) => <Note key={`${one.field} ${one.sentence}`} mood="danger" action={fields.some((field) => field.name === one.field) && <Button small kind="quiet" onClick={() => showSetting(one.field)}>Show</Button>}>{one.sentence}</Note>)}
      {plan.offers.length > 0 && <div className="row wrap" role="group" aria-label="How pictures are made to fit">{plan.offers.map((one) => <Button key={`${one.fit}${one.size}`} small on={plan.fit === one.fit} onClick={() => onOffer(one)}>{plan.offers.length === 1 ? 'Scale' : one.fit === 'pad' ? 'Pad' : 'Crop'} to {one.size} × {one.size}</Button>)}</div>}
      {plan.warnings.map((one) => <Note key={one} mood="warn">{one}</Note>)}
    </div>
  )
}

function showSetting(name: string): void {
  const field = document.querySelector<HTMLElement>(`[data-setting="${name}"]`)
  field?.scrollIntoView({ block: 'center' })
  field?.querySelector<HTMLElement>('input, select, button')?.focus()
}

function PlanFacts({ plan, draft, onExact }: { plan: Plan; draft: Draft; onExact: () => void }) {
  const kimg = Number(plan.config?.kimg ?? 0)
  const lines: [string, string][] = [
    ['Pictures', `${count(plan.pictures)}${plan.version ? `, ${plan.version.width} × ${plan.version.height}` : ''}`],
    ...(plan.size ? [['Size', `${plan.size} × ${plan.size}`] as [string, string]] : []),
    ...(kimg > 0 ? [['Length', `${kimgWords(kimg)} kimg${plan.pictures > 0 ? `, each picture ${count(Math.round((kimg * 1000) / plan.pictures))} ×` : ''}`] as [string, string]] : []),
    ...(plan.config ? [['Snapshots', `${count(snapshotsOf(kimg, Number(plan.config.snapshot_kimg)))}, every ${kimgWords(Number(plan.config.snapshot_kimg))} kimg`] as [string, string]] : []),
    ...(plan.disk_bytes !== null ? [['Disk', `about ${fileSize(plan.disk_bytes)}`] as [string, string]] : []),
    ...(plan.memory_bytes !== null ? [['Memory', `about ${fileSize(plan.memory_bytes)}`] as [string, string]] : []),
  ]
  return (
    <div className="sect planfacts">
      <dl className="facts">{lines.map(([name, value]) => [<dt key={`${name}n`}>{name}</dt>, <dd key={`${name}v`}>{value}</dd>])}</dl>
      {draft.fit !== 'exact' && <div className="row xs"><span className="grow soft">{plan.offers.length === 1 ? 'Pictures are scaled.' : draft.fit === 'pad' ? 'Pictures are padded to a square.' : 'Pictures are cropped to a square.'}{draft.fit === 'pad' && plan.aspect ? ' Renders show nothing of the padding.' : ''}</span><Button small kind="quiet" onClick={onExact}>Undo</Button></div>}
      {plan.needs_export && <div className="xs faint">The version’s files for training are made first.</div>}
    </div>
  )
}
