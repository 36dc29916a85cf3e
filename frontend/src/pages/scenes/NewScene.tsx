/** New scene: a track, a visualizer with a preset, snapshots in their order, size and frame rate. */
import { useState } from 'react'
import { frameRate } from '../../lib/format'
import { address, projectId } from '../../lib/page'
import { ChoiceField, FaultNote, Note, Skeleton, TextField } from '../../parts/basics'
import { FormDialog } from '../../parts/Dialog'
import { ApiError, post } from '../../wire/api'
import { queries, useAsk } from '../../wire/query'
import type { Network, Scene, Track, Visualizer } from '../../wire/types'
import { aspectOf, frameRates, sizeOf, sizes, wrongSize, type Size } from './size'
import { SnapshotChoice } from './SnapshotChoice'

interface NewSceneProps {
  /** Chosen before, by "New scene with this track". */
  trackId: string | null
  /** Chosen before, by "Use in scene". */
  snapshotIds?: readonly string[]
  onClose: () => void
}

export function NewScene({ trackId, snapshotIds = [], onClose }: NewSceneProps) {
  const project = projectId()
  const tracks = useAsk(queries.tracks(project))
  const networks = useAsk(queries.networks(project))
  const visualizers = useAsk(queries.visualizers())
  const fault = tracks.error ?? networks.error ?? visualizers.error
  if (tracks.data && networks.data && visualizers.data) {
    return <NewSceneForm trackId={trackId} snapshotIds={snapshotIds} tracks={tracks.data.items} networks={networks.data.items} visualizers={visualizers.data.items} onClose={onClose} />
  }
  return (
    <FormDialog title="New scene" act="Make it" isOpen reason="What it is made of is still loading." onSend={() => undefined} onClose={onClose}>
      {fault ? <FaultNote fault={fault} what="What a scene is made of could not be loaded." /> : <Skeleton rows={5} height={32} />}
    </FormDialog>
  )
}

interface FormProps extends NewSceneProps {
  tracks: Track[]
  networks: Network[]
  visualizers: Visualizer[]
}

/** The snapshots a new scene begins with: those of the newest network that the visualizer reads. */
export function firstSnapshots(networks: readonly Network[], visualizer: Visualizer | undefined): string[] {
  if (!visualizer) return []
  const { max, kinds } = visualizer.snapshots
  const network = networks.find((one) => kinds.includes(one.kind) && one.snapshots.length > 0)
  const ordered = (network?.snapshots ?? []).toSorted((a, b) => a.order - b.order)
  return ordered.slice(0, max).map((one) => one.id)
}

/** The first visualizer that draws with the kind of the wished snapshots. */
export function visualizerFor(visualizers: readonly Visualizer[], networks: readonly Network[], wished: readonly string[]): Visualizer | undefined {
  const kind = networks.find((one) => one.snapshots.some((snapshot) => wished.includes(snapshot.id)))?.kind
  return (kind === undefined ? undefined : visualizers.find((one) => one.snapshots.max > 0 && one.snapshots.kinds.includes(kind))) ?? visualizers[0]
}

/** The wished snapshots as far as the visualizer takes them, the newest rather than the oldest; else those of the newest network. */
export function wishedSnapshots(networks: readonly Network[], visualizer: Visualizer | undefined, wished: readonly string[]): string[] {
  const fitting = networks.filter((one) => visualizer?.snapshots.kinds.includes(one.kind)).flatMap((one) => one.snapshots.map((snapshot) => snapshot.id))
  const taken = wished.filter((id) => fitting.includes(id)).slice(-(visualizer?.snapshots.max ?? 0) || wished.length)
  return taken.length > 0 && (visualizer?.snapshots.max ?? 0) > 0 ? taken : firstSnapshots(networks, visualizer)
}

function NewSceneForm({ trackId, snapshotIds = [], tracks, networks, visualizers, onClose }: FormProps) {
  const [name, setName] = useState('')
  const [track, setTrack] = useState(tracks.find((one) => one.id === trackId)?.id ?? tracks.find((one) => one.state === 'ready')?.id ?? tracks[0]?.id ?? '')
  const start = visualizerFor(visualizers, networks, snapshotIds)
  const [visualizer, setVisualizer] = useState(start)
  const [preset, setPreset] = useState(start?.presets[0]?.name ?? '')
  const [snapshots, setSnapshots] = useState(() => wishedSnapshots(networks, start, snapshotIds))
  const [size, setSize] = useState<Size>(() => sizeOf(aspectOf(networks.flatMap((one) => one.snapshots.filter(({ id }) => snapshots.includes(id)))), 512))
  const [fps, setFps] = useState('30')
  const [fault, setFault] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)

  const chooseVisualizer = (wanted: string): void => {
    const next = visualizers.find((one) => one.name === wanted)
    setVisualizer(next)
    setPreset(next?.presets[0]?.name ?? '')
    setSnapshots(wishedSnapshots(networks, next, snapshotIds))
  }
  const send = async (): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      const made = await post<Scene>(`/projects/${projectId()}/scenes`, {
        name: name.trim() || nameFor(tracks.find((one) => one.id === track)), track_id: track, visualizer: visualizer?.name,
        ...(preset ? { preset } : {}), snapshot_ids: snapshots, ...size, fps,
      })
      window.location.assign(address.scene(made.id))
    } catch (refusal) {
      setFault(refusal)
      setBusy(false)
    }
  }
  const reason = reasonOf({ tracks, track, visualizer, snapshots, size })
  const field = fault instanceof ApiError ? fault.field : null
  const presets = visualizer?.presets ?? []
  return (
    <FormDialog title="New scene" act="Make it" wide isOpen isBusy={isBusy} reason={reason} onSend={() => void send()} onClose={onClose}>
      {fault !== null && <FaultNote fault={fault} what="The scene was not made." />}
      {visualizers.length === 0 && <Note mood="warn">No visualizer is known yet: they come with the first render service that attaches.</Note>}
      <TextField label="Name" value={name} onChange={setName} placeholder={nameFor(tracks.find((one) => one.id === track))} wrong={field === 'name' ? String((fault as Error).message) : null} autoFocus maxLength={255} />
      <div className="two">
        <ChoiceField label="Track" value={track} onChange={setTrack} choices={tracks.map((one) => ({ value: one.id, label: one.name }))} hint={tracks.length === 0 ? <>There is no track yet. <a href={address.place('tracks')}>Add one</a></> : undefined} />
        <ChoiceField label="Visualizer" value={visualizer?.name ?? ''} onChange={chooseVisualizer} choices={visualizers.map((one) => ({ value: one.name, label: one.title }))} hint={visualizer?.needs_projection ? <>{visualizer.summary} It draws with a projection, which you choose in the scene. <a href={address.newProjection()}>Make one</a></> : visualizer?.summary} />
      </div>
      {presets.length > 0 && (
        <ChoiceField label="Preset" value={preset} onChange={setPreset} choices={presets.map((one) => ({ value: one.name, label: one.title }))} hint={presets.find((one) => one.name === preset)?.summary} />
      )}
      {visualizer && visualizer.snapshots.max > 0 && <SnapshotChoice networks={networks} visualizer={visualizer} chosen={snapshots} onChange={setSnapshots} />}
      <div className="two">
        <SizeField size={size} onChange={setSize} />
        <ChoiceField label="Frame rate" value={fps} onChange={setFps} choices={frameRates.map((one) => ({ value: one, label: `${frameRate(one)} frames/s` }))} />
      </div>
    </FormDialog>
  )
}

function nameFor(track: Track | undefined): string {
  return track ? track.name.replace(/\.\w{2,4}$/, '') : 'New scene'
}

function reasonOf({ tracks, track, visualizer, snapshots, size }: { tracks: Track[]; track: string; visualizer: Visualizer | undefined; snapshots: string[]; size: Size }): string | null {
  if (tracks.length === 0 || !track) return 'A scene needs a track. Add one first.'
  if (!visualizer) return 'A scene needs a visualizer. They come with a render service.'
  const { min } = visualizer.snapshots
  if (snapshots.length < min) return `${visualizer.title} needs ${min === 1 ? 'a snapshot' : `${min} snapshots`}. Choose above.`
  return wrongSize(size)
}

export function SizeField({ size, onChange }: { size: Size; onChange: (size: Size) => void }) {
  const known = sizes.find((one) => one.width === size.width && one.height === size.height)
  const [isOwn, setOwn] = useState(!known)
  const choose = (value: string): void => {
    setOwn(value === 'own')
    const next = sizes.find((one) => one.label === value)
    if (next) onChange({ width: next.width, height: next.height })
  }
  const side = (key: 'width' | 'height', label: string) => (
    <input className="field num" type="number" min={64} max={2048} step={2} aria-label={label} value={size[key]} onChange={(event) => onChange({ ...size, [key]: Number(event.target.value) })} />
  )
  return (
    <div className="col">
      <ChoiceField label="Size" value={isOwn ? 'own' : (known?.label ?? 'own')} onChange={choose} choices={[...sizes.map((one) => ({ value: one.label, label: one.label })), { value: 'own', label: 'Another size' }]} />
      {isOwn && <div className="row">{side('width', 'Width')}<span className="faint">×</span>{side('height', 'Height')}</div>}
      {isOwn && wrongSize(size) && <div className="wrong-text">{wrongSize(size)}</div>}
    </div>
  )
}
