/** The inspector of a scene: parameters and cues. */
import { useEffect, useState } from 'react'
import { mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { Note, Select, Skeleton } from '../parts/basics'
import { CueEditor } from '../track/CueEditor'
import { CueList } from '../track/CueList'
import type { Desk } from '../track/desk'
import type { Track, Visualizer, VisualizerList } from '../wire/types'
import { Bends } from './Bends'
import { CueActions } from './CueActions'
import type { Draft } from './draft'
import { FilmFields } from './FilmFields'
import { ParameterForm } from './ParameterForm'
import { Presets } from './Presets'
import { ProjectionField } from './ProjectionField'
import { RoutesTab } from './routes/RoutesTab'
import { Signals } from './signals/Signals'
import { Snapshots } from './Snapshots'

interface InspectorProps {
  draft: Draft
  desk: Desk
  visualizers: VisualizerList | undefined
  visualizer: Visualizer | undefined
  tracks: Track[]
}

export function Inspector(props: InspectorProps) {
  const [tab, setTab] = useState<'parameters' | 'routes' | 'cues'>('parameters')
  const cues = useStore(props.desk.cues.cues)
  const { routes } = useStore(props.draft.scene)
  // A cue that is named from the lane is named in the list.
  const isRenaming = useStore(props.desk.renaming) !== null
  useEffect(() => {
    if (isRenaming) setTab('cues')
  }, [isRenaming])
  const tabProps = (name: typeof tab) => ({
    type: 'button' as const, role: 'tab', 'aria-selected': tab === name, className: tab === name ? 'on' : '', onClick: () => setTab(name),
  })
  return (
    <aside className="panel right inspector scene-inspector" data-region="inspector">
      <div className="tabs">
        <div className="row plain-tabs" role="tablist" aria-label="Scene">
          <button {...tabProps('parameters')}>Parameters</button>
          <button {...tabProps('routes')}>Routes <span className="num faint">{routes.length}</span></button>
          <button {...tabProps('cues')}>Cues <span className="num faint">{cues.length}</span></button>
        </div>
        {props.visualizer && mayEdit() && <Presets draft={props.draft} visualizer={props.visualizer} />}
      </div>
      {tab === 'parameters' && <Parameters {...props} />}
      {tab === 'routes' && <RoutesTab />}
      {tab === 'cues' && (
        <>
          <CueList desk={props.desk} />
          <CueEditor desk={props.desk} />
          <CueActions />
        </>
      )}
    </aside>
  )
}

function Parameters({ draft, visualizers, visualizer, tracks }: InspectorProps) {
  const scene = useStore(draft.scene)
  const faults = useStore(draft.faults)
  return (
    <div className="scrolling" role="tabpanel">
      <section className="sect scene-facts">
        <ChoiceRow label="Visualizer" value={scene.visualizer} shown={visualizer?.title ?? scene.visualizer} fault={faults.visualizer}
          choices={(visualizers?.items ?? []).map((one) => ({ value: one.name, label: one.needs_projection ? `${one.title}, needs a projection` : one.title }))} onChange={(value) => draft.change({ visualizer: value }, 'Visualizer')} />
        <Snapshots draft={draft} visualizer={visualizer} />
        <ProjectionField draft={draft} visualizer={visualizer} />
        <ChoiceRow label="Track" value={scene.track_id} shown={scene.track.name} fault={faults.track_id}
          choices={tracks.map((one) => ({ value: one.id, label: one.name }))} onChange={(value) => draft.change({ track_id: value }, 'Track')} />
      </section>
      {visualizer && <ParameterForm draft={draft} visualizer={visualizer} />}
      {visualizer && <Bends draft={draft} visualizer={visualizer} />}
      {visualizer && <Signals draft={draft} visualizer={visualizer} />}
      {!visualizer && visualizers && <div className="sect"><Note mood="warn">No render service has announced “{scene.visualizer}” yet. Its parameters show when one is attached.</Note></div>}
      {!visualizers && <div className="sect"><Skeleton rows={8} height={32} /></div>}
      <FilmFields draft={draft} />
    </div>
  )
}

interface ChoiceRowProps {
  label: string
  value: string
  shown: string
  fault: string | undefined
  choices: { value: string; label: string }[]
  onChange: (value: string) => void
}

function ChoiceRow({ label, value, shown, fault, choices, onChange }: ChoiceRowProps) {
  const known = choices.some((choice) => choice.value === value) ? choices : [{ value, label: shown }, ...choices]
  return (
    <div className="row">
      <span className="label scene-label">{label}</span>
      <div className="grow">
        {mayEdit() ? <Select aria-label={label} value={value} choices={known} onChange={onChange} /> : <span className="strong">{shown}</span>}
        {fault && <div className="wrong-text" role="alert">{fault}</div>}
      </div>
    </div>
  )
}

