/** A new projection: what is to be found again, in which snapshot, how; beside it what it would cost, always up to date. */
import { address, mayEdit, projectId } from '../lib/page'
import { Note } from '../parts/basics'
import { Shell } from '../shell/Shell'
import { post } from '../wire/api'
import { useAsk } from '../wire/query'
import { planBody, type Draft } from './draft'
import { PlanPanel } from './PlanPanel'
import { projectionQueries } from './queries'
import { Settings } from './Settings'
import { SnapshotStep } from './SnapshotStep'
import { TargetStep } from './TargetStep'
import { useDraft, usePlan } from './use_draft'
import type { Plan, Projection } from './wire'

const THING = { name: 'Project a video' }

export function NewProjectionPage() {
  const [draft, setDraft] = useDraft()
  const targets = useAsk(projectionQueries.targets(projectId()))
  const target = targets.data?.items.find((one) => one.id === draft.target)
  const planned = usePlan(draft, target?.state === 'looking')
  if (!mayEdit()) return <Shell place="projections" thing={THING}><div className="middle"><Note>Only who may edit this project can start a projection.</Note></div></Shell>
  return (
    <Shell place="projections" thing={THING}>
      <div className="with-aside newrun">
        <div className="middle">
          <header className="pagehead"><div className="grow"><h1>Project a video</h1><div className="lead">For each frame the network’s nearest picture is searched. It survives restarts, and what is found is kept frame by frame.</div></div></header>
          <TargetStep draft={draft} targets={targets.data?.items ?? []} problem={problemAt(planned.plan, 'target_id')} onChange={setDraft} />
          <SnapshotStep draft={draft} problem={problemAt(planned.plan, 'snapshot_id')} onChange={setDraft} />
          <Settings draft={draft} target={target} plan={planned.plan} onChange={setDraft} />
        </div>
        <PlanPanel draft={draft} planned={planned} name={target?.name.replace(/\.\w{2,5}$/, '') ?? (draft.version ? 'Portraits' : '')} onStart={start} />
      </div>
    </Shell>
  )
}

export function problemAt(plan: Plan | undefined, field: string): string | null {
  return plan?.problems.find((one) => one.field === field)?.sentence ?? null
}

/** Starts it and goes to its page. Fails with a sentence. */
async function start(draft: Draft, name: string): Promise<void> {
  const made = await post<Projection>(`/projects/${projectId()}/projections`, { ...planBody(draft), name })
  window.location.assign(address.projection(made.id))
}
