/** The signals of a visualizer that listens: shipped and saved sets, and each output as a chain of functions. */
import { useState } from 'react'
import { mayEdit, projectId } from '../../lib/page'
import { useStore } from '../../lib/store'
import { Select } from '../../parts/basics'
import { Button } from '../../parts/Button'
import { toast, toastFault } from '../../parts/toasts'
import { SPLIT_STEMS } from '../../track/stems'
import { get, post } from '../../wire/api'
import { refresh, useAsk } from '../../wire/query'
import type { Items, ScenePreset, Visualizer } from '../../wire/types'
import type { Draft } from '../draft'
import { OwnFieldRow } from '../OwnField'
import { parameterOf, type Root } from '../own_schema'
import { fieldFrom } from '../schema'
import { useRouteDesk } from '../routes/context'
import { bendsRenamed, freeName, languageOf, outputsOf, setInForce, type Drive, type Signal, type SignalSet } from './language'
import { SignalEditor } from './SignalEditor'
import { SignalsText } from './SignalsText'

const STEMS = ['mix', ...SPLIT_STEMS]
const OWN = ''

export function Signals({ draft, visualizer }: { draft: Draft; visualizer: Visualizer }) {
  const root = visualizer.schema as Root
  const found = parameterOf(root, 'signals')
  const { parameters } = useStore(draft.scene)
  const value = found && (parameters[found.name] as SignalSet | null)
  return found && value && typeof value === 'object' ? <SetForm draft={draft} root={root} name={found.name} set={value} shipped={(found.rule.examples ?? []) as SignalSet[]} /> : null
}

interface SetFormProps {
  draft: Draft
  root: Root
  name: string
  set: SignalSet
  shipped: SignalSet[]
}

function SetForm({ draft, root, name, set, shipped }: SetFormProps) {
  const faults = useStore(draft.faults)
  const stems = [...new Set([...STEMS, ...(useRouteDesk()?.stems ?? [])])]
  const language = languageOf(root)
  const put = (next: SignalSet, title: string): void => draft.set({ [name]: next }, title)
  const move = (next: SignalSet): void => draft.move({ [name]: next })
  const drives = Array.isArray(set.drives) ? set.drives : []
  const withDrive = (place: number, drive: Drive | null): SignalSet => ({ ...set, drives: drives.flatMap((one, at) => (at === place ? (drive ?? []) : one)) })
  const rename = (place: number, next: string): void => {
    const from = drives[place]!.name
    const bends = draft.scene.get().parameters.bends
    draft.set({ [name]: withDrive(place, { ...drives[place]!, name: next }), ...(Array.isArray(bends) ? { bends: bendsRenamed(bends, from, next) } : {}) }, `Rename drive “${from}”`)
  }
  const counted = root.$defs?.SignalSet?.properties?.counted_at
  const field = counted && { ...fieldFrom('counted_at', counted, root), help: 'Keywords that count frames count so many a second; 0 counts the film’s own.' }
  return (
    <section className="sect signals" aria-label="Signals">
      <div className="title">Signals<span className="faint xs end clip">{set.name}</span></div>
      {mayEdit() && <Sets draft={draft} name={name} set={set} shipped={shipped} />}
      {outputsOf(root).map((output) => (
        <SignalEditor key={output.name} name={output.name} title={output.title} signal={set[output.name] as Signal} language={language} stems={stems}
          onMove={(signal) => move({ ...set, [output.name]: signal })} onSet={(signal, words) => put({ ...set, [output.name]: signal }, words)} />
      ))}
      <div className="row"><span className="label grow">Drives of bends</span>
        {mayEdit() && <Button small kind="quiet" icon="plus" onClick={() => put({ ...set, drives: [...drives, { ...newDrive(drives, set), name: freeName(drives) }] }, 'Add drive')}>Add</Button>}
      </div>
      {drives.map((drive, place) => (
        <SignalEditor key={place} name={`drive ${drive.name}`} title={drive.name} signal={drive} language={language} stems={stems}
          onMove={(signal) => move(withDrive(place, { ...drive, ...signal }))} onSet={(signal, words) => put(withDrive(place, { ...drive, ...signal }), words)}
          onRename={(next) => rename(place, next)} onRemove={() => put(withDrive(place, null), `Remove drive “${drive.name}”`)} />
      ))}
      {drives.length === 0 && <p className="xs faint none">None. Bends are driven by routes alone.</p>}
      {field && <OwnFieldRow field={field} value={set.counted_at} onMove={(next) => move({ ...set, counted_at: Number(next) })} onSet={(next) => put({ ...set, counted_at: Number(next) }, 'Frames counted at')} />}
      {Object.entries(faults).filter(([at]) => at.startsWith(name)).map(([at, fault]) => <div key={at} className="wrong-text" role="alert">{fault}</div>)}
      {mayEdit() && <SignalsText key={JSON.stringify(set)} value={set} onSet={(next) => draft.set({ [name]: next }, 'Signals')} />}
    </section>
  )
}

/** As the last drive, else as what the film's mix hears. */
function newDrive(drives: readonly Drive[], set: SignalSet): Signal {
  return drives.at(-1) ?? (set.mix as Signal)
}

function Sets({ draft, name, set, shipped }: Omit<SetFormProps, 'root'>) {
  const saved = useAsk({ queryKey: ['presets', projectId()], queryFn: ({ signal }) => get<Items<ScenePreset>>(`/projects/${projectId()}/presets`, signal) })
  const [title, setTitle] = useState('')
  const own = (saved.data?.items ?? []).filter((preset) => preset.kind === 'signals').map((preset) => ({ name: `saved ${preset.id}`, label: `Saved: ${preset.name}`, value: preset.parameters[name] as SignalSet }))
  const sets = [...shipped.map((one) => ({ name: one.name, label: one.name, value: one })), ...own]
  const here = setInForce(sets, set)
  const save = (): void => {
    post<ScenePreset>(`/projects/${projectId()}/presets`, { name: title.trim(), kind: 'signals', scene_id: draft.scene.get().id })
      .then((preset) => {
        setTitle('')
        void refresh('presets')
        toast(`Saved “${preset.name}”.`, { action: { label: 'Export', act: () => window.location.assign(`/api/v1/presets/${preset.id}/file`) } })
      })
      .catch(toastFault)
  }
  return (
    <>
      <div className="row source-row"><span className="label grow">Set</span>
        <Select small aria-label="Set of signals" value={here ?? OWN} choices={[...(here === null ? [{ value: OWN, label: 'Changed' }] : []), ...sets.map((one) => ({ value: one.name, label: one.label }))]}
          onChange={(chosen) => {
            const one = sets.find((known) => known.name === chosen)
            if (one) draft.set({ [name]: one.value }, `Signals “${one.label}”`)
          }} />
      </div>
      {here === null && (
        <form className="row" onSubmit={(event) => {
          event.preventDefault()
          if (title.trim()) save()
        }}>
          <input className="field small grow" aria-label="Name of the new set" placeholder="Save as preset" maxLength={255} value={title} onChange={(event) => setTitle(event.target.value)} />
          <Button small type="submit" reason={title.trim() ? null : 'Give it a name'}>Save</Button>
        </form>
      )}
    </>
  )
}
