/** The paths of a network: which one is on the bar, its name, and the scene it is used in. */
import { useEffect, useState } from 'react'
import { address, mayEdit, projectId } from '../lib/page'
import { useStore } from '../lib/store'
import { ChoiceField, TextField } from '../parts/basics'
import { Button } from '../parts/Button'
import { FormDialog } from '../parts/Dialog'
import { Icon } from '../parts/Icon'
import { Menu, type MenuItem } from '../parts/Menu'
import { toast, toastFault, toastUndo } from '../parts/toasts'
import { ApiError, patch, post, remove } from '../wire/api'
import { queries, refresh, useAsk } from '../wire/query'
import { saving } from '../wire/saving'
import type { Scene } from '../wire/types'
import type { Desk } from './desk'
import { newPath, type PathDraft } from './path'
import { draftOf, explorerQueries, keptPart, type SavedPath } from './queries'
import { useExplorer } from './use_explorer'
import { wander } from './wander'

const SAVE_AFTER_MS = 600

export function PathMenu() {
  const { desk, network } = useExplorer()
  const path = useStore(desk.path)
  const paths = useAsk(explorerQueries.paths(network.id))
  const [isNaming, setNaming] = useState(false)
  useSavedPath(desk)
  const throwAway = (): void => {
    const { id, name } = path
    if (!id) return desk.takePath(newPath())
    remove(`/paths/${id}`)
      .then(() => {
        desk.takePath(newPath())
        void refresh('paths')
        toastUndo(`Removed path “${name}”.`, () => void post<SavedPath>(`/paths/${id}/restore`).then((back) => desk.takePath(draftOf(back)), toastFault).finally(() => void refresh('paths')))
      })
      .catch((fault: unknown) => toastFault(fault))
  }
  const items: MenuItem[] = [
    ...(paths.data?.items ?? []).map((one) => ({ id: one.id, label: one.name || 'Unnamed path', on: one.id === path.id, act: () => desk.takePath(draftOf(one)) })),
    { id: 'new', label: 'New path', icon: 'plus', line: (paths.data?.items.length ?? 0) > 0, act: () => desk.takePath(newPath()) },
    { id: 'wander', label: 'Wander from here', icon: 'dice', keys: 'W', act: () => wander(desk) },
    ...(mayEdit() ? [
      { id: 'save', label: path.id ? 'Rename…' : 'Save…', icon: 'edit' as const, reason: path.waypoints.length === 0 ? 'empty' : null, act: () => setNaming(true) },
      { id: 'remove', label: path.id ? 'Remove' : 'Clear', icon: 'bin' as const, danger: true, act: throwAway },
    ] : []),
  ]
  return (
    <>
      <Menu items={items} button={<button type="button" className="btn quiet small pathname"><span className="strong clip">{path.name ? `Path “${path.name}”` : path.id ? 'Unnamed path' : 'New path'}</span><Icon name="down" size="small" /></button>} />
      {isNaming && <NameDialog onClose={() => setNaming(false)} />}
    </>
  )
}

/** A path with an id is saved as it changes; a later change of somebody else gives way to this hand's. */
function useSavedPath(desk: Desk): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let before = desk.path.get()
    const stop = desk.path.subscribe(() => {
      const now = desk.path.get()
      const isSame = now.id !== before.id || JSON.stringify(keptPart(now)) === JSON.stringify(keptPart(before))
      before = now
      if (isSame || !now.id || now.waypoints.length === 0 || !mayEdit()) return
      clearTimeout(timer)
      timer = setTimeout(() => void saving.save(`path ${now.id}`, () => sendPath(desk)).catch((fault: unknown) => toastFault(fault, 'The path was not saved.')), SAVE_AFTER_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [desk])
}

async function sendPath(desk: Desk): Promise<void> {
  const now = desk.path.get()
  if (!now.id) return
  const send = (revision: number): Promise<SavedPath> => patch<SavedPath>(`/paths/${now.id}`, { ...keptPart(now), revision })
  const saved = await send(now.revision).catch((fault: unknown) => {
    if (fault instanceof ApiError && fault.isConflict && fault.current) return send((fault.current as SavedPath).revision)
    throw fault
  })
  if (desk.path.get().id === saved.id) desk.path.set({ ...desk.path.get(), revision: saved.revision })
  await refresh('paths')
}

async function keepPath(desk: Desk, networkId: string, name: string): Promise<PathDraft> {
  const now = desk.path.get()
  const body = { ...keptPart(now), name }
  const saved = now.id
    ? await patch<SavedPath>(`/paths/${now.id}`, { name, revision: now.revision })
    : await post<SavedPath>(`/networks/${networkId}/paths`, { ...body, snapshot_id: desk.explored.get().snapshotId })
  const draft = { ...desk.path.get(), id: saved.id, name: saved.name, revision: saved.revision, snapshot_id: saved.snapshot_id }
  desk.path.set(draft)
  await refresh('paths')
  return draft
}

function NameDialog({ onClose }: { onClose: () => void }) {
  const { desk, network } = useExplorer()
  const [name, setName] = useState(desk.path.get().name)
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const send = (): void => {
    setBusy(true)
    keepPath(desk, network.id, name.trim()).then(onClose, (fault: unknown) => setWrong((fault as Error).message)).finally(() => setBusy(false))
  }
  return (
    <FormDialog title="What is this path called?" act="Save" isOpen isBusy={isBusy} reason={name.trim() ? null : 'Write a name.'} onSend={send} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} wrong={wrong} autoFocus maxLength={255} onFocus={(event) => event.target.select()} />
    </FormDialog>
  )
}

/** Save, and use in a scene. */
export function PathActions() {
  const { desk } = useExplorer()
  const path = useStore(desk.path)
  const [open, setOpen] = useState<'none' | 'name' | 'scene'>('none')
  if (!mayEdit()) return null
  const reason = path.waypoints.length === 0 ? 'Drop a pin first.' : null
  return (
    <>
      {!path.id && <Button small kind="line" className="savepath" reason={reason} onClick={() => setOpen('name')}>Save…</Button>}
      <Button small icon="scene" reason={reason} onClick={() => setOpen('scene')}>Use in scene</Button>
      {open === 'name' && <NameDialog onClose={() => setOpen('none')} />}
      {open === 'scene' && <SceneDialog onClose={() => setOpen('none')} />}
    </>
  )
}

const NEW = 'new'

function SceneDialog({ onClose }: { onClose: () => void }) {
  const { desk, network } = useExplorer()
  const scenes = useAsk(queries.scenes(projectId()))
  const tracks = useAsk(queries.tracks(projectId()))
  const [scene, setScene] = useState(NEW)
  const [track, setTrack] = useState('')
  const [name, setName] = useState(desk.path.get().name || 'Path')
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const trackId = track || (tracks.data?.items[0]?.id ?? '')
  const isNamed = desk.path.get().id !== null
  const send = (): void => {
    setBusy(true)
    const bring = async (): Promise<void> => {
      const { id } = isNamed ? desk.path.get() : await keepPath(desk, network.id, name.trim())
      const made = await post<Scene>(`/paths/${id}/scene`, scene !== NEW ? { scene_id: scene } : trackId ? { track_id: trackId } : {})
      await refresh('scenes')
      toast(`“${made.name}” goes along this path now.`)
      location.assign(address.scene(made.id))
    }
    bring().catch((fault: unknown) => {
      setWrong((fault as Error).message)
      setBusy(false)
    })
  }
  const needsTrack = scene === NEW && tracks.data !== undefined && tracks.data.items.length === 0
  return (
    <FormDialog title="Where is the path used?" act="Use in scene" isOpen isBusy={isBusy} reason={needsTrack ? 'This project has no track yet.' : null} onSend={send} onClose={onClose}>
      {!isNamed && <TextField label="The path’s name" value={name} onChange={setName} maxLength={255} />}
      <ChoiceField label="Scene" value={scene} onChange={setScene} wrong={wrong}
        choices={[{ value: NEW, label: 'A new scene' }, ...(scenes.data?.items ?? []).map((one) => ({ value: one.id, label: `${one.name}: its picture becomes this path` }))]} />
      {scene === NEW && <ChoiceField label="Track" value={trackId} onChange={setTrack} choices={(tracks.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))} hint={needsTrack ? 'This project has no track yet. Bring one on the page “Tracks” first.' : 'A beat of the path lasts as long as a beat of the track.'} />}
    </FormDialog>
  )
}
