/** What cues do: by label, a list of actions with their fields. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { mayEdit, projectId } from '../lib/page'
import { useStore } from '../lib/store'
import { Select } from '../parts/basics'
import { IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { Menu } from '../parts/Menu'
import { get } from '../wire/api'
import type { CueAction, OfferedPin } from '../wire/types'
import { newId } from './driven'
import { fitting, pinChoices, whyNone } from './pins'
import { targetTitle, useRouteDesk, type RouteDesk } from './routes/context'
import { knob, NumberRow } from './routes/RouteDetails'
import { ACTION_TITLES } from './routes/sources'

type Kind = CueAction['kind']

const SECONDS = knob('seconds', 'Acts for', 0, 10, { most: 3600, unit: 's' })
const GLIDE = knob('glide_seconds', 'Glide', 0, 5, { most: 60, unit: 's' })
const AMOUNT = knob('amount', 'Amount', -1, 1, { least: -4, most: 4, default: 0.5 })
const ATTACK = knob('attack_seconds', 'Attack', 0, 2, { most: 30, unit: 's' })
const RELEASE = knob('release_seconds', 'Release', 0, 5, { most: 30, unit: 's', default: 0.3 })
const FIELDS: Record<Kind, typeof SECONDS[]> = {
  snapshot: [SECONDS, GLIDE], vector: [SECONDS, GLIDE], envelope: [AMOUNT, SECONDS, ATTACK, RELEASE], hold: [SECONDS], seed: [SECONDS],
}

export function CueActions() {
  const about = useRouteDesk()
  return about && <Actions about={about} />
}

function Actions({ about }: { about: RouteDesk }) {
  const scene = useStore(about.draft.scene)
  const asked = scene.snapshot_ids.map((id) => `snapshot_ids=${id}`).join('&')
  const offered = useQuery({
    queryKey: ['pins', projectId(), asked], enabled: about.takesVectors && asked !== '', placeholderData: keepPreviousData,
    queryFn: ({ signal }) => get<{ items: OfferedPin[] }>(`/projects/${projectId()}/pins/offered?${asked}`, signal),
  })
  const pins = offered.data?.items ?? []
  const labels = [...new Set([...about.labels, ...scene.actions.map(({ label }) => label)])]
  if (labels.length === 0) return null
  const addable = (label: string) => kindsFor(about, pins).map((kind) => ({
    id: kind, label: ACTION_TITLES[kind], reason: kind === 'vector' ? whyNone(pins) : null,
    act: () => {
      const action = newAction(label, kind, about, pins)
      about.draft.setDriven({ actions: { [action.id]: action } }, `${ACTION_TITLES[kind]} at “${label}”`)
    },
  }))
  return (
    <section className="cue-actions" aria-label="What cues do">
      <div className="head"><h3>What cues do</h3><span className="num xs faint">{scene.actions.length}</span></div>
      {labels.map((label) => (
        <div key={label} className="cue-action-label" data-cue-label={label}>
          <div className="row">
            <span className="grow xs soft clip">When a “{label}” cue comes:</span>
            {mayEdit() && <Menu align="end" button={<button type="button" className="mini" aria-label={`Add an action to “${label}” cues`}><Icon name="plus" /></button>} items={addable(label)} />}
          </div>
          {scene.actions.filter((action) => action.label === label).map((action) => <Action key={action.id} action={action} about={about} pins={pins} />)}
        </div>
      ))}
    </section>
  )
}

/** Only what this scene can do: two snapshots to cut between, a pin to go to, a slider to move. */
function kindsFor({ draft, fields, takesVectors }: RouteDesk, pins: readonly OfferedPin[]): Kind[] {
  const scene = draft.scene.get()
  return [
    ...(scene.snapshot_ids.length > 1 ? ['snapshot' as const] : []),
    ...(takesVectors && pins.length > 0 ? ['vector' as const] : []),
    ...(fields.size > 0 ? ['envelope' as const] : []),
    'hold',
    ...('seed' in scene.parameters ? ['seed' as const] : []),
  ]
}

function newAction(label: string, kind: Kind, { fields }: RouteDesk, pins: readonly OfferedPin[]): CueAction {
  return {
    id: newId(), label, kind, seconds: kind === 'hold' ? 1 : 0, glide_seconds: 0, amount: 0.5, attack_seconds: 0, release_seconds: 0.3,
    snapshot: kind === 'snapshot' ? 0 : null, parameter: kind === 'envelope' ? ([...fields.keys()][0] ?? null) : null,
    vector: kind === 'vector' ? (fitting(pins)[0]?.vector ?? null) : null, seed: null,
  }
}

function Action({ action, about, pins }: { action: CueAction; about: RouteDesk; pins: readonly OfferedPin[] }) {
  const scene = useStore(about.draft.scene)
  const faults = useStore(about.draft.faults)
  const title = ACTION_TITLES[action.kind]
  const put = (change: Partial<CueAction>): void => about.draft.setDriven({ actions: { [action.id]: { ...action, ...change } } }, `${title} at “${action.label}”`)
  const fault = Object.entries(faults).find(([name]) => name.startsWith(`actions.${action.id}.`))?.[1]
  const warning = scene.warnings.find(({ field }) => field === `actions.${action.id}`)?.sentence
  const words = targetTitle(action.parameter ?? '', about.fields, scene.routes)
  return (
    <div className="cue-action" data-action={action.id}>
      <div className="row">
        <span className="strong xs grow clip">{title}</span>
        {mayEdit() && <What action={action} about={about} pins={pins} onPut={put} />}
        {!mayEdit() && action.kind === 'envelope' && <span className="xs soft">{words}</span>}
        {mayEdit() && <IconButton small icon="bin" label={`Remove: ${title}`} onClick={() => about.draft.setDriven({ actions: { [action.id]: null } }, `Remove: ${title}`)} />}
      </div>
      {FIELDS[action.kind].map((field) => (
        <NumberRow key={field.name} field={field} value={(action as unknown as Record<string, number>)[field.name] ?? 0}
          onMove={(value) => about.draft.moveDriven({ actions: { [action.id]: { ...action, [field.name]: value } } })} onSet={(value) => put({ [field.name]: value })} />
      ))}
      {action.kind !== 'envelope' && action.seconds === 0 && <p className="xxs faint none">0 s: until the next cue that does this, or to the end. A span acts as long as it lasts.</p>}
      {warning && <div className="row xxs warn clamped"><Icon name="warning" size="small" /><span>{warning}</span></div>}
      {fault && <div className="wrong-text" role="alert">{fault}</div>}
    </div>
  )
}

function What({ action, about, pins, onPut }: { action: CueAction; about: RouteDesk; pins: readonly OfferedPin[]; onPut: (change: Partial<CueAction>) => void }) {
  const scene = useStore(about.draft.scene)
  if (action.kind === 'snapshot') {
    return <Select small aria-label="Snapshot" value={String(action.snapshot ?? 0)} onChange={(value) => onPut({ snapshot: Number(value) })}
      choices={scene.snapshot_ids.map((id, place) => ({ value: String(place), label: `${place + 1} ${scene.snapshots.find((one) => one.id === id)?.name ?? ''}`.trim() }))} />
  }
  if (action.kind === 'envelope') {
    return <Select small aria-label="Parameter" value={action.parameter ?? ''} onChange={(parameter) => onPut({ parameter })}
      choices={[...about.fields.values()].map((field) => ({ value: field.name, label: field.title }))} />
  }
  if (action.kind === 'vector') {
    return <Select small aria-label="Pin" {...pinChoices(pins, action.vector ?? null)}
      onChange={(id) => onPut({ vector: pins.find((pin) => pin.id === id)?.vector ?? action.vector ?? null })} />
  }
  if (action.kind === 'seed') {
    return <input className="field small num" aria-label="Seed; empty is a new one at each cue" placeholder="new each time" size={12} defaultValue={action.seed ?? ''} key={String(action.seed)}
      onBlur={(event) => {
        const seed = event.target.value.trim() === '' ? null : Math.floor(Number(event.target.value))
        if (seed !== action.seed && (seed === null || (seed >= 0 && seed < 2 ** 31))) onPut({ seed })
      }} />
  }
  return null
}
