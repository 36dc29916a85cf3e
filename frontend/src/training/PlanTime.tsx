/** How long a run takes: as measured by a few real steps, as another run had it, or roughly from what is known of the machine. */
import { useEffect, useRef, useState } from 'react'
import { fileSize } from '../lib/format'
import { address, projectId } from '../lib/page'
import { Button } from '../parts/Button'
import { toastFault } from '../parts/toasts'
import { ServiceNote } from '../shell/ServiceNote'
import { post } from '../wire/api'
import { refresh } from '../wire/query'
import type { Estimate, Plan } from './wire'
import { basisWords, endsAt, estimateWords, figure, longTime, rangeWords } from './words'

export function PlanTime({ plan }: { plan: Plan }) {
  const [isBusy, setBusy] = useState(false)
  const { estimate } = plan
  useGauge(plan)
  const measure = (again: boolean): void => {
    setBusy(true)
    post(`/projects/${projectId()}/training/tries`, { config: plan.config, ...(again ? { again } : {}) })
      .then(() => refresh('training-plan'))
      .catch((fault: unknown) => toastFault(fault, 'The time was not measured.'))
      .finally(() => setBusy(false))
  }
  const going = estimate.state === 'waiting' || estimate.state === 'working'
  return (
    <div className="sect timeplan" data-estimate={estimate.state} data-basis={estimate.basis ?? 'none'}>
      <div className="row"><h3 className="grow">Time</h3>{estimate.state === 'ready' && <Button small kind="quiet" icon="again" busy={isBusy} onClick={() => measure(true)}>Measure again</Button>}</div>
      <Known estimate={estimate} />
      {estimate.state !== 'ready' && (
        <>
          {estimate.is_gauging && <div className="xs soft" role="status">A few small steps are tried on the machine, to know how fast it is. A rough time follows.</div>}
          {estimate.sentence && <div className={estimate.state === 'failed' ? 'xs danger' : 'xs soft'}>{estimate.sentence}</div>}
          {estimate.state === 'waiting' && <ServiceNote waits="It is measured as soon as one is." />}
          <div><Button small icon="activity" busy={isBusy || going} reason={going ? 'It is being measured.' : null} onClick={() => measure(estimate.state === 'failed')}>{going ? 'Measuring' : 'Measure with a few steps'}</Button></div>
        </>
      )}
    </div>
  )
}

/** Where nothing was ever measured on the machine, a few small steps are tried, once and without being asked. */
function useGauge(plan: Plan): void {
  const wanted = plan.estimate.wants_gauge && plan.config !== null
  const config = useRef(plan.config)
  useEffect(() => {
    config.current = plan.config
  })
  useEffect(() => {
    if (!wanted) return
    // Whoever does not get a rough time can still have it measured.
    post(`/projects/${projectId()}/training/tries`, { config: config.current, gauge: true }).then(() => refresh('training-plan')).catch(() => undefined)
  }, [wanted])
}

function Known({ estimate }: { estimate: Estimate }) {
  const { measured, seconds, low_seconds: low, high_seconds: high, run_id: run } = estimate
  const basis = basisWords(estimate)
  return (
    <>
      {seconds !== null && <div className="end-words"><span className="strong num">{longTime(seconds)}</span><span className="soft">, to {endsAt(seconds)}</span></div>}
      {low !== null && high !== null && <div className="end-words"><span className="strong num">{rangeWords(low, high)}</span></div>}
      {basis && <div className="xs soft">{basis}{run && <> <a href={address.run(run)}>See that run</a></>}</div>}
      {measured && (
        <div className="xs faint num" aria-label={estimateWords(estimate) ?? undefined}>
          {`${figure(measured.seconds_per_kimg)} s for a thousand pictures, ${fileSize(measured.peak_bytes)} of memory, on ${estimate.device || measured.device}${measured.precision ? ` in ${measured.precision}` : ''}`}
        </div>
      )}
    </>
  )
}
