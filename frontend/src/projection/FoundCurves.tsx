/** Loss and steps of the found frames; at the end how quickly a frame comes near, with the step at which 80 % were gained. */
import { useMemo, useState } from 'react'
import { count } from '../lib/format'
import { Button } from '../parts/Button'
import { CurveBox } from '../training/CurveBox'
import { batchOf, stepAt } from './strip'
import type { Batch, Curves, Projection } from './wire'

interface CurvesProps {
  one: Projection
  curves: Curves
  batches: readonly Batch[]
  at: number
  onGo: (at: number) => void
}

const LOSS = [{ title: 'Loss', hue: 'blue' }]
const STEPS = [{ title: 'Steps', hue: 'violet' }]
const GAIN = [{ title: 'Gained', hue: 'green' }]
const MOSTLY = 0.8
const words = (value: number): string => count(Math.round(value))
const zoomless = (): void => undefined

export function FoundCurves({ one, curves, batches, at, onGo }: CurvesProps) {
  const [span, setSpan] = useState<readonly [number, number] | null>(null)
  // People count frames from 1.
  const x = useMemo(() => curves.frame.map((frame) => frame + 1), [curves])
  const [loss, steps] = useMemo(() => [[curves.loss], [curves.steps]], [curves])
  const { step, share } = one.convergence
  const gained = useMemo(() => [(share ?? []).map((value) => value * 100)], [share])
  const shared = { x, xTitle: 'frame', xWords: words, group: 'found', span, onZoom: setSpan, mark: batches[at]?.end ?? null, onPress: (frame: number) => onGo(batchOf(batches, Math.round(frame) - 1)) }
  const mostly = stepAt(one.convergence, MOSTLY)
  return (
    <section className="runcurves" aria-label="Curves">
      <div className="row curvesbar">
        <h2 className="grow">Curves</h2>
        {span && <Button small kind="quiet" icon="grow" onClick={() => setSpan(null)}>Show all</Button>}
        <span className="xs faint not-phone">Drag to zoom. A press shows its frame.</span>
      </div>
      <div className="curvegrid">
        <CurveBox {...shared} title="Loss of each frame" unit="" lines={LOSS} values={loss} nothing="Drawn from the first frames on." />
        <CurveBox {...shared} title="Steps of each frame" unit="" lines={STEPS} values={steps} nothing="Drawn from the first frames on." />
        {step && share && step.length > 0 && (
          <div data-convergence={mostly ?? ''}>
            <CurveBox title="Convergence" unit="%" lines={GAIN} x={step} values={gained} range={[0, 100]} xTitle="step" xWords={words} group="gain" span={null} onZoom={zoomless} mark={mostly} nothing="" />
            <div className="xs soft num">{mostly === null ? 'It never reached 80 % of what was gained.' : `80 % of what was gained was gained by step ${words(mostly)} of ${words(step.at(-1)!)}.`}</div>
          </div>
        )}
      </div>
    </section>
  )
}
