/** New scene with this track: a visualizer, a network, a name; then its editor opens. */
import { useState } from 'react'
import { address, projectId } from '../lib/page'
import { Button } from '../parts/Button'
import { ChoiceField, Note, TextField } from '../parts/basics'
import { FormDialog } from '../parts/Dialog'
import { toastFault } from '../parts/toasts'
import { post } from '../wire/api'
import { queries, useAsk } from '../wire/query'
import type { Network, Scene, Track, Visualizer } from '../wire/types'

export function NewSceneButton({ track }: { track: Track }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button small kind="line" icon="scene" onClick={() => setOpen(true)}><span className="not-narrow">New scene with this track</span></Button>
      {isOpen && <NewScene track={track} onClose={() => setOpen(false)} />}
    </>
  )
}

/** As many snapshots as the visualizer takes, from simple to complex. */
export function snapshotsFor(visualizer: Visualizer | undefined, network: Network | undefined): string[] {
  const most = visualizer?.snapshots.max ?? 1
  return [...(network?.snapshots ?? [])].sort((one, other) => one.order - other.order).slice(0, Math.max(0, most)).map((one) => one.id)
}

function NewScene({ track, onClose }: { track: Track; onClose: () => void }) {
  const visualizers = useAsk(queries.visualizers())
  const networks = useAsk(queries.networks(projectId()))
  const scenes = useAsk(queries.scenes(projectId()))
  const [name, setName] = useState<string | null>(null)
  const [chosen, setChosen] = useState({ visualizer: '', preset: '', network: '' })
  const [isBusy, setBusy] = useState(false)
  const visualizer = visualizers.data?.items.find((one) => one.name === chosen.visualizer) ?? visualizers.data?.items[0]
  const usable = (networks.data?.items ?? []).filter((one) => one.snapshots.length > 0)
  const network = usable.find((one) => one.id === chosen.network) ?? usable[0]
  const preset = chosen.preset || visualizer?.presets[0]?.name || ''
  const firstName = freeName(track.name, (scenes.data?.items ?? []).map((one) => one.name))
  const send = (): void => {
    if (!visualizer) return
    setBusy(true)
    post<Scene>(`/projects/${projectId()}/scenes`, {
      name: (name ?? firstName).trim(), track_id: track.id, visualizer: visualizer.name,
      snapshot_ids: snapshotsFor(visualizer, network), ...(preset ? { preset } : {}),
    })
      .then((scene) => window.location.assign(address.scene(scene.id)))
      .catch((fault: unknown) => {
        setBusy(false)
        toastFault(fault)
      })
  }
  return (
    <FormDialog title={`New scene with “${track.name}”`} act="Make scene" isOpen isBusy={isBusy} onClose={onClose} onSend={send} reason={reasonNot(visualizer, network, name)}>
      <TextField label="Name" value={name ?? firstName} maxLength={255} onChange={setName} />
      {visualizer && (
        <ChoiceField label="Visualizer" value={visualizer.name} hint={visualizer.summary}
          choices={(visualizers.data?.items ?? []).map((one) => ({ value: one.name, label: one.title }))}
          onChange={(value) => setChosen((now) => ({ ...now, visualizer: value, preset: '' }))} />
      )}
      {visualizer && visualizer.presets.length > 1 && (
        <ChoiceField label="Preset" value={preset} hint={visualizer.presets.find((one) => one.name === preset)?.summary}
          choices={visualizer.presets.map((one) => ({ value: one.name, label: one.title }))}
          onChange={(value) => setChosen((now) => ({ ...now, preset: value }))} />
      )}
      {usable.length > 0 && (
        <ChoiceField label="Network" value={network?.id ?? ''} choices={usable.map((one) => ({ value: one.id, label: one.name }))}
          onChange={(value) => setChosen((now) => ({ ...now, network: value }))} />
      )}
      {visualizers.data && !visualizer && <Note mood="warn">No render service has announced its visualizers yet. Attach one, then make the scene.</Note>}
      {networks.data && usable.length === 0 && (
        <Note mood="warn">This project has no network yet. <a href={address.place('networks')}>Make or import one</a> first.</Note>
      )}
    </FormDialog>
  )
}

function reasonNot(visualizer: Visualizer | undefined, network: Network | undefined, name: string | null): string | null {
  if (!visualizer) return 'There is no visualizer yet.'
  if (!network && visualizer.snapshots.min > 0) return 'There is no network yet.'
  return name?.trim() === '' ? 'Write a name.' : null
}

const PASSES = ['', ', second pass', ', third pass', ', fourth pass', ', fifth pass']

/** "Undertow", then "Undertow, second pass" … */
export function freeName(base: string, taken: string[]): string {
  const free = PASSES.map((pass) => base + pass).find((name) => !taken.includes(name))
  return free ?? `${base}, ${taken.length + 1}`
}
