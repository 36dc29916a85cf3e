/** Beside the picture: every signal of the scene's plan as a small plot, under a cursor that goes with the sound. */
import { useEffect, useRef, useState } from 'react'
import { useStore } from '../../lib/store'
import { useWidget } from '../../lib/widget'
import { Note, Select } from '../../parts/basics'
import { Button, IconButton } from '../../parts/Button'
import { Popover } from '../../parts/Menu'
import { Bar } from '../../parts/Progress'
import type { Desk } from '../../track/desk'
import type { Draft } from '../draft'
import { createLivePlots, type LivePlots } from './live_plots'
import type { SceneCurve } from './read_curves'
import { useSceneCurves, type SceneCurves } from './use_scene_curves'

const WINDOWS = [2, 5, 10, 30]
const HIDDEN_KEY = 'phosphene.curves-hidden'
const WINDOW_KEY = 'phosphene.curves-window'

/** Names that somebody has hidden, kept in this browser. */
export function readHidden(text: string | null): string[] {
  try {
    const read: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(read) ? read.filter((one): one is string => typeof one === 'string') : []
  } catch {
    return []
  }
}

export function CurvesPanel({ draft, desk, onClose }: { draft: Draft; desk: Desk; onClose: () => void }) {
  const scene = useStore(draft.scene)
  const found = useSceneCurves(scene.id, scene.revision, true)
  const [hidden, setHidden] = useState(() => readHidden(localStorage.getItem(HIDDEN_KEY)))
  const [span, setSpan] = useState(() => Number(localStorage.getItem(WINDOW_KEY)) || 5)
  const plots = useRef<LivePlots | null>(null)
  const box = useWidget<HTMLDivElement>((scope, parent) => {
    plots.current = createLivePlots(scope, parent, desk.player)
    scope.add(() => (plots.current = null))
  }, [desk])
  useEffect(() => plots.current?.setCurves(found.curves, hidden), [found.curves, hidden, desk])
  useEffect(() => plots.current?.setWindow(span), [span, desk])
  const hide = (names: string[]): void => {
    localStorage.setItem(HIDDEN_KEY, JSON.stringify(names))
    setHidden(names)
  }
  return (
    <section className="curvespanel" aria-label="Curves" data-curves={found.state}>
      <div className="row curveshead">
        <h3 className="grow">Curves</h3>
        <Chooser curves={found.curves} hidden={hidden} onHide={hide} />
        <Select small aria-label="Seconds that are seen" value={String(span)} choices={WINDOWS.map((one) => ({ value: String(one), label: `${one} s` }))} onChange={(value) => {
          localStorage.setItem(WINDOW_KEY, value)
          setSpan(Number(value))
        }} />
        <IconButton small icon="close" label="Hide the curves" onClick={onClose} />
      </div>
      <Standing found={found} />
      <div className="plotsbox" ref={box} />
    </section>
  )
}

function Standing({ found: { state, sentence, curves, again } }: { found: SceneCurves }) {
  if (state === 'failed') return <Note mood="danger" action={<Button small kind="quiet" icon="again" onClick={again}>Try again</Button>}>{sentence || 'The curves could not be made.'}</Note>
  if (state === 'ready') return curves.length === 0 ? <Note>This scene has no signals to show.</Note> : null
  return (
    <div className="col xs curveswait" role="status">
      <span className="soft">{sentence || (curves.length > 0 ? 'The curves are made anew. These are of before.' : 'The curves are being made.')}</span>
      <Bar share={null} label="Making the curves" />
    </div>
  )
}

function Chooser({ curves, hidden, onHide }: { curves: readonly SceneCurve[]; hidden: string[]; onHide: (names: string[]) => void }) {
  const all = curves.filter((one) => one.kind !== 'clamped')
  const shown = all.filter((one) => !hidden.includes(one.name)).length
  return (
    <Popover label="Which curves" button={<button type="button" className="btn quiet small num" aria-label="Which curves">{shown} of {all.length}</button>}>
      <div className="curvechoice">
        <div className="row"><Button small kind="quiet" onClick={() => onHide([])}>All</Button><Button small kind="quiet" onClick={() => onHide(all.map((one) => one.name))}>None</Button></div>
        {all.map((one) => (
          <label key={one.name} className="row xs">
            <input type="checkbox" checked={!hidden.includes(one.name)} onChange={() => onHide(hidden.includes(one.name) ? hidden.filter((name) => name !== one.name) : [...hidden, one.name])} />
            <span className="clip">{one.title}</span>
          </label>
        ))}
      </div>
    </Popover>
  )
}
