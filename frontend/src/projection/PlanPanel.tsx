/** What would come of a draft: frames, evaluations, how long; what is wrong; and the button that starts it. */
import { useState, type FormEvent } from 'react'
import { count, frameRate } from '../lib/format'
import { FaultNote, Note, Skeleton, TextField } from '../parts/basics'
import { Button } from '../parts/Button'
import { ServiceNote } from '../shell/ServiceNote'
import { endsAt } from '../training/words'
import { isReady, type Draft } from './draft'
import type { Planned } from './use_draft'
import type { Plan } from './wire'
import { costWords, evaluationWords } from './words'

interface PanelProps {
  draft: Draft
  planned: Planned
  /** What it is called where nobody says. */
  name: string
  onStart: (draft: Draft, name: string) => Promise<void>
}

export function PlanPanel({ draft, planned, name: proposed, onStart }: PanelProps) {
  const { plan, fault, isStale } = planned
  const [name, setName] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<unknown>(null)
  const reason = reasonOf(draft, planned)
  const begin = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (reason || isBusy) return
    setBusy(true)
    setRefusal(null)
    try {
      await onStart(draft, name.trim() || proposed)
    } catch (why) {
      setRefusal(why)
      setBusy(false)
    }
  }
  return (
    <aside className={isStale ? 'aside plan stale' : 'aside plan'} aria-label="Plan" data-region="inspector" data-planned={plan && !isStale ? 'true' : 'false'}>
      <div className="head"><h3>Plan</h3></div>
      {!isReady(draft) && <div className="sect soft xs">Choose what is looked for and a snapshot: then this says how much work it is.</div>}
      {fault && <div className="sect"><FaultNote fault={fault} what="It could not be planned." again={planned.again} /></div>}
      {isReady(draft) && !plan && !fault && <div className="sect"><Skeleton rows={4} height={18} /></div>}
      {plan && (plan.problems.length > 0 || plan.warnings.length > 0) && (
        <div className="sect problems">
          {plan.problems.map((one) => <Note key={one.field + one.sentence} mood="danger">{one.sentence}</Note>)}
          {plan.warnings.map((one) => <Note key={one} mood="warn">{one}</Note>)}
        </div>
      )}
      {plan && plan.frames > 0 && <Cost plan={plan} />}
      <form className="sect startrow" onSubmit={(event) => void begin(event)}>
        {refusal !== null && <FaultNote fault={refusal} what="It was not started." />}
        <TextField label="Name" value={name} onChange={setName} placeholder={proposed} maxLength={255} />
        <Button kind="primary" type="submit" icon="play" className="fill" reason={reason} busy={isBusy}>Start projecting</Button>
      </form>
    </aside>
  )
}

/** Why it cannot start now. */
export function reasonOf(draft: Draft, { plan, fault, isStale }: Pick<Planned, 'plan' | 'fault' | 'isStale'>): string | null {
  if (!draft.target && !draft.version) return 'Choose what is looked for first.'
  if (!draft.snapshot) return 'Choose a snapshot first.'
  if (fault) return 'It could not be planned.'
  if (!plan || isStale) return 'It is being planned.'
  return plan.problems[0]?.sentence ?? null
}

function Cost({ plan }: { plan: Plan }) {
  const { estimate } = plan
  const cost = costWords(estimate)
  const seconds = estimate.seconds_likely ?? estimate.seconds_most
  return (
    <>
      <div className="sect planfacts"><dl className="facts"><dt>Frames</dt><dd>{count(plan.frames)}</dd>{plan.fps && <><dt>Frame rate</dt><dd>{frameRate(plan.fps)} frames/s</dd></>}</dl></div>
      <div className="sect" data-estimate>
        <h3>Work</h3>
        {cost && <div className="end-words"><span className="strong num">{cost}</span>{seconds !== null && <span className="soft">. Begun now, it ends {endsAt(seconds)}.</span>}</div>}
        <div className="xs soft num">{evaluationWords(estimate)}{cost && estimate.device ? `, on ${estimate.device}` : ''}.</div>
        {!cost && <div className="xs faint">How long that takes is measured with the first of them, as soon as it runs, and known from then on.</div>}
        <ServiceNote waits="It waits and starts by itself when one is." />
      </div>
    </>
  )
}
