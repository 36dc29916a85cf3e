/** Scenes: picture, parameters and track in one; open one or make one. */
import { useEffect, useState } from 'react'
import { frameRate, pictureSize, when } from '../../lib/format'
import { address, mayEdit, projectId } from '../../lib/page'
import { putInBin, RenameDialog } from '../../parts/Bin'
import { Empty, FaultNote, Late } from '../../parts/basics'
import { Button, IconButton } from '../../parts/Button'
import { download } from '../../parts/downloads'
import { newestThumb } from '../../parts/Film'
import { Icon } from '../../parts/Icon'
import { Menu } from '../../parts/Menu'
import { toastFault } from '../../parts/toasts'
import { Shell } from '../../shell/Shell'
import { post } from '../../wire/api'
import { queries, refresh, useAsk } from '../../wire/query'
import type { Scene } from '../../wire/types'
import { ImportScene } from './ImportScene'
import { NewScene } from './NewScene'

export function ScenesPage() {
  const project = projectId()
  const scenes = useAsk(queries.scenes(project))
  const renders = useAsk(queries.renders(project))
  const [isNew, setNew] = useState(window.location.hash === '#new')
  const [isImporting, setImporting] = useState(window.location.hash === '#import')
  const [renaming, setRenaming] = useState<Scene | null>(null)
  const wished = new URLSearchParams(window.location.search)
  const isEditor = mayEdit()
  useEffect(() => {
    const open = (): void => {
      setNew(window.location.hash === '#new')
      setImporting(window.location.hash === '#import')
    }
    window.addEventListener('hashchange', open)
    return () => window.removeEventListener('hashchange', open)
  }, [])
  const close = (): void => {
    window.history.replaceState(null, '', window.location.pathname)
    setNew(false)
    setImporting(false)
  }
  const items = scenes.data?.items
  const pictureOf = (scene: Scene): string | null => {
    const film = renders.data?.items.find((one) => one.scene_id === scene.id && one.thumbs.length > 0)
    return (film && newestThumb(film)) ?? scene.snapshots.at(-1)?.thumbnail_url ?? null
  }
  const newButton = <Button kind="primary" icon="plus" onClick={() => setNew(true)}>New scene</Button>
  return (
    <Shell place="scenes">
      <div className="middle">
        <header className="pagehead">
          <div className="grow"><h1>Scenes</h1><div className="lead">A track, a visualizer, snapshots and parameters: what can be watched and rendered.</div></div>
          {isEditor && items && <Button onClick={() => setImporting(true)}>Import…</Button>}
          {isEditor && items && items.length > 0 && newButton}
        </header>
        {scenes.error && <FaultNote fault={scenes.error} what="The scenes could not be loaded." again={() => void scenes.refetch()} />}
        {scenes.isPending && <GridSkeleton />}
        {items?.length === 0 && <Empty title="No scene yet" action={isEditor && newButton}>A scene joins a track with a network. Its picture moves with the sound while you change it.</Empty>}
        <div className="films wide">
          {items?.map((one) => <SceneCard key={one.id} scene={one} picture={pictureOf(one)} onRename={() => setRenaming(one)} />)}
        </div>
      </div>
      {isNew && isEditor && <NewScene trackId={wished.get('track')} snapshotIds={wished.get('snapshots')?.split(',') ?? []} onClose={close} />}
      {isImporting && isEditor && <ImportScene onClose={close} />}
      <RenameDialog noun="scene" thing={renaming} onClose={() => setRenaming(null)} />
    </Shell>
  )
}

export function GridSkeleton() {
  return (
    <Late>
      <div className="films wide" aria-busy="true" aria-label="Loading">
        {Array.from({ length: 8 }, (_, at) => <div key={at} className="skeleton" style={{ aspectRatio: '16 / 12' }} />)}
      </div>
    </Late>
  )
}

function SceneCard({ scene, picture, onRename }: { scene: Scene; picture: string | null; onRename: () => void }) {
  const copy = (): void => void post<Scene>(`/scenes/${scene.id}/duplicate`).then(() => refresh('scenes')).catch((fault: unknown) => toastFault(fault))
  return (
    <article className="filmcard">
      <a className="plain" href={address.scene(scene.id)} tabIndex={-1} aria-hidden="true">
        <div className="pic">{picture ? <img src={picture} alt="" loading="lazy" /> : <span className="faint blank"><Icon name="scene" size="big" /></span>}</div>
      </a>
      <div className="row top">
        <div className="grow">
          <a className="plain strong clip block" href={address.scene(scene.id)}>{scene.name}</a>
          <div className="xs faint clip">{scene.visualizer} on {scene.track.name}</div>
          <div className="xs faint num clip">{pictureSize(scene.width, scene.height)}, {frameRate(scene.fps)} fps · {when(scene.updated_at)}</div>
        </div>
        {mayEdit() && (
          <Menu align="end" button={<IconButton small icon="more" label={`More about ${scene.name}`} />} items={[
            { id: 'rename', label: 'Rename…', icon: 'edit', act: onRename },
            { id: 'copy', label: 'Duplicate', icon: 'copy', act: copy },
            { id: 'yaml', label: 'Scene as YAML', icon: 'download', act: () => download(`/scenes/${scene.id}/scene.yaml`) },
            { id: 'bin', label: 'Put in the bin', icon: 'bin', danger: true, act: () => putInBin('scene', scene) },
          ]} />
        )}
      </div>
    </article>
  )
}
