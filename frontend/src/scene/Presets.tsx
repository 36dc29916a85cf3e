/** Presets: those of the visualizer, and those that this project has saved; and the scene as a file. */
import { useMemo, useState, type ChangeEvent } from 'react'
import { address, projectId } from '../lib/page'
import { useStore } from '../lib/store'
import { Select } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { download } from '../parts/downloads'
import { Popover } from '../parts/Menu'
import { toast, toastFault } from '../parts/toasts'
import { get, patch, post, request } from '../wire/api'
import { refresh, useAsk } from '../wire/query'
import type { Items, Scene, ScenePreset, Visualizer } from '../wire/types'
import type { Draft } from './draft'
import { groupsOf, isInForce } from './schema'

const KINDS: Record<ScenePreset['kind'], string> = { scene: 'Everything', parameters: 'Parameters', routes: 'Routes and cue actions', bends: 'Bends', signals: 'Signals' }

export function Presets({ draft, visualizer }: { draft: Draft; visualizer: Visualizer }) {
  const [isOpen, setOpen] = useState(false)
  const { parameters } = useStore(draft.scene)
  const fields = useMemo(() => groupsOf(visualizer.schema).flatMap((group) => group.fields), [visualizer])
  return (
    <span className="end">
      <Popover label="Presets" open={isOpen} onOpenChange={setOpen} button={<button type="button" className="btn quiet small">Presets<Icon name="down" size="small" /></button>}>
        <div className="presets">
          {visualizer.presets.map((preset) => {
            const isOn = isInForce(preset.values, parameters, fields)
            return <button key={preset.name} type="button" aria-pressed={isOn} className={isOn ? 'on' : ''} onClick={() => {
              draft.change({ preset: preset.name }, `Preset ${preset.title}`)
              setOpen(false)
            }}>
              <span className="row"><span className="strong grow">{preset.title}</span>{isOn && <Icon name="check" size="small" />}</span>
              <span className="xs soft">{preset.summary}</span>
            </button>
          })}
        </div>
        <Saved draft={draft} hasBends={'bends' in visualizer.schema.properties} onDone={() => setOpen(false)} />
      </Popover>
    </span>
  )
}

function Saved({ draft, hasBends, onDone }: { draft: Draft; hasBends: boolean; onDone: () => void }) {
  const scene = useStore(draft.scene)
  const saved = useAsk({ queryKey: ['presets', projectId()], queryFn: ({ signal }) => get<Items<ScenePreset>>(`/projects/${projectId()}/presets`, signal) })
  const [name, setName] = useState('')
  const [kind, setKind] = useState<string>('scene')
  const again = (): void => void refresh('presets')
  const save = (): void => {
    post<ScenePreset>(`/projects/${projectId()}/presets`, { name: name.trim(), kind, scene_id: scene.id })
      .then((preset) => {
        setName('')
        again()
        toast(`Saved “${preset.name}”.`)
      })
      .catch(toastFault)
  }
  const use = (preset: ScenePreset): void => {
    post<{ scene: Scene; left_out: string[] }>(`/scenes/${scene.id}/presets/${preset.id}`, { revision: draft.scene.get().revision })
      .then(({ scene: next, left_out }) => {
        draft.take(next)
        toast(`“${preset.name}” is in force.`, { more: left_out.join(' '), action: { label: 'Undo', act: draft.undo } })
        onDone()
      })
      .catch(toastFault)
  }
  return (
    <section className="saved-presets" aria-label="Saved presets">
      <div className="caption">Saved in this project</div>
      {saved.data?.items.map((preset) => <SavedRow key={preset.id} preset={preset} onUse={() => use(preset)} onChanged={again} />)}
      {saved.data?.items.length === 0 && <p className="soft xs none">Nothing yet. What stands here now can be kept under a name, for other scenes too.</p>}
      <form className="row" onSubmit={(event) => {
        event.preventDefault()
        if (name.trim()) save()
      }}>
        <input className="field small grow" aria-label="Name of the new preset" placeholder="Save as" maxLength={255} value={name} onChange={(event) => setName(event.target.value)} />
        <Select small aria-label="What to save" value={kind} onChange={setKind}
          choices={Object.entries(KINDS).filter(([one]) => hasBends || (one !== 'bends' && one !== 'signals')).map(([value, label]) => ({ value, label }))} />
        <Button small type="submit" reason={name.trim() ? null : 'Give it a name'}>Save</Button>
      </form>
      <div className="row files">
        <FileButton label="Import a preset" accept=".json" onText={(text) => {
          readJson(text).then((file) => post<ScenePreset>(`/projects/${projectId()}/presets/import`, { file })).then(again).catch(toastFault)
        }} />
        <a className="btn quiet small end" href={`${address.place('scenes')}#import`}>Import a scene</a>
        <Button small kind="quiet" onClick={() => download(`/scenes/${scene.id}/scene.yaml`)}>Scene as YAML</Button>
      </div>
    </section>
  )
}

async function readJson(text: string): Promise<unknown> {
  try {
    return await Promise.resolve(JSON.parse(text) as unknown)
  } catch {
    throw new Error('This file holds no preset. Choose a .preset.json file that a studio has exported.')
  }
}

/** A button that asks for a file and hands on its text. */
export function FileButton({ label, accept, onText }: { label: string; accept: string; onText: (text: string, name: string) => void }) {
  const take = (event: ChangeEvent<HTMLInputElement>): void => {
    const file = event.target.files?.[0]
    event.target.value = ''
    file?.text().then((text) => onText(text, file.name), toastFault)
  }
  return <label className="btn quiet small file-button">{label}<input type="file" accept={accept} aria-label={label} onChange={take} /></label>
}

function SavedRow({ preset, onUse, onChanged }: { preset: ScenePreset; onUse: () => void; onChanged: () => void }) {
  const [isNaming, setNaming] = useState(false)
  const rename = (name: string): void => {
    setNaming(false)
    if (name.trim() && name.trim() !== preset.name) patch<ScenePreset>(`/presets/${preset.id}`, { name: name.trim(), revision: preset.revision }).then(onChanged).catch(toastFault)
  }
  const bin = (): void => {
    request<ScenePreset>('DELETE', `/presets/${preset.id}`)
      .then(() => {
        onChanged()
        toast(`“${preset.name}” is in the bin.`, { action: { label: 'Undo', act: () => void post(`/presets/${preset.id}/restore`).then(onChanged).catch(toastFault) } })
      })
      .catch(toastFault)
  }
  return (
    <div className="row saved-row" data-preset={preset.id}>
      {isNaming ? (
        <input className="field small grow" autoFocus aria-label="Name of the preset" defaultValue={preset.name} onBlur={(event) => rename(event.target.value)}
          onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()} />
      ) : <button type="button" className="grow" onClick={onUse}><span className="strong clip">{preset.name}</span><span className="xs soft">{KINDS[preset.kind]}</span></button>}
      <IconButton small icon="edit" label={`Rename ${preset.name}`} onClick={() => setNaming(true)} />
      <IconButton small icon="download" label={`Export ${preset.name}`} href={`/api/v1/presets/${preset.id}/file`} download />
      <IconButton small icon="bin" label={`Remove ${preset.name}`} onClick={bin} />
    </div>
  )
}
