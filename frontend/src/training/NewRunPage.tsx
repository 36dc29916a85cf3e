/** A new run: pictures, start, preset, settings; beside them what would come of it, always up to date. */
import { useState } from 'react'
import { address, mayEdit, projectId } from '../lib/page'
import { FaultNote, Note } from '../parts/basics'
import { isNothing, Shell } from '../shell/Shell'
import { ApiError, post } from '../wire/api'
import { useAsk } from '../wire/query'
import { planBody, withChange, type Draft } from './draft'
import { PlanPanel } from './PlanPanel'
import { PictureChoice } from './PictureChoice'
import { PresetChoice } from './PresetChoice'
import { trainingQueries } from './queries'
import { Settings } from './Settings'
import { StartChoice } from './StartChoice'
import { useDraft, usePlan } from './use_draft'
import type { Plan, Run } from './wire'

export function NewRunPage() {
  const { draft, change, like } = useDraft()
  const presets = useAsk(trainingQueries.presets())
  const planned = usePlan(draft)
  const [wrongTexts, setWrongTexts] = useState<Readonly<Record<string, string>>>({})
  const { plan, fields } = planned
  const wrong = (name: string, sentence: string | null): void => setWrongTexts(({ [name]: _before, ...rest }) => (sentence === null ? rest : { ...rest, [name]: sentence }))
  const set = (name: string, value: unknown): void => {
    const byDefault = fields.find((one) => one.name === name)?.default
    if (name === 'size') change({ size: typeof value === 'number' ? value : null })
    else change(withChange(draft, name, value, byDefault))
  }
  if (!mayEdit()) return <Shell place="training" thing={{ name: 'Train a network' }}><div className="middle"><Note>Only who may edit this project can start a training.</Note></div></Shell>
  return (
    <Shell place="training" thing={{ name: 'Train a network' }}>
      <div className="with-aside newrun">
        <div className="middle">
          <header className="pagehead"><div className="grow"><h1>Train a network</h1><div className="lead">{like ? `As “${like.name}” was; change what you like.` : 'It learns from pictures for hours or days. It survives restarts, and its snapshots can be used while it goes on.'}</div></div></header>
          <PictureChoice draft={draft} problem={problemAt(plan, 'version')} onChange={change} />
          <StartChoice draft={draft} problem={problemAt(plan, 'start')} start={plan?.start ?? null} onChange={change} />
          <PresetChoice presets={presets.data?.items ?? []} chosen={draft.preset} onChange={(preset) => change({ preset, changes: {}, size: draft.size })} />
          {presets.error && <FaultNote fault={presets.error} what="The presets could not be loaded." again={() => void presets.refetch()} />}
          {plan && <Settings plan={plan} fields={fields} wrongTexts={wrongTexts} onWrong={wrong} onSet={set} onReset={() => change({ changes: {} })} />}
        </div>
        <PlanPanel draft={draft} planned={planned} hasWrongText={Object.keys(wrongTexts).length > 0} onChange={change} onStart={start} />
      </div>
    </Shell>
  )
}

function problemAt(plan: Plan | undefined, field: string): string | null {
  return plan?.problems.find((one) => one.field === field)?.sentence ?? null
}

/** Starts it and goes to its page. Fails with a sentence. */
async function start(draft: Draft, plan: Plan, name: string): Promise<void> {
  const { preset: _preset, size: _size, changes: _changes, ...about } = planBody(draft)
  try {
    const run = await post<Run>(`/projects/${projectId()}/training/runs`, { ...about, name, config: plan.config })
    window.location.assign(address.run(run.id))
  } catch (fault) {
    if (fault instanceof ApiError && isNothing(fault)) throw new ApiError('The pictures or the snapshot are not there any more. Choose again.', fault.status)
    throw fault
  }
}
