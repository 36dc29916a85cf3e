/** The projection that a scene draws with, and what to do about one of another network. */
import { useState } from 'react'
import { count } from '../lib/format'
import { address, mayEdit, projectId } from '../lib/page'
import { useStore } from '../lib/store'
import { Note, Select } from '../parts/basics'
import { Button } from '../parts/Button'
import { projectionQueries } from '../projection/queries'
import type { Projection } from '../projection/wire'
import { useAsk } from '../wire/query'
import type { Scene, Visualizer } from '../wire/types'
import type { Draft } from './draft'

/** Shown for visualizers that draw with one, and wherever one is chosen. */
export function isWanted(scene: Pick<Scene, 'projection_id'>, needs: boolean): boolean {
  return needs || scene.projection_id !== null
}

/** Those that can be drawn with, and the one that is chosen, whatever became of it. */
export function usable(all: readonly Pick<Projection, 'id' | 'name' | 'is_complete' | 'file_url' | 'frames_done'>[], scene: Pick<Scene, 'projection_id' | 'projection'>): { value: string; label: string }[] {
  const found = all.filter((one) => one.is_complete && one.file_url).map((one) => ({ value: one.id, label: `${one.name}, ${count(one.frames_done)} frames` }))
  const { projection_id: id, projection } = scene
  if (!id || found.some((one) => one.value === id)) return found
  return [...found, { value: id, label: projection?.name ?? all.find((one) => one.id === id)?.name ?? 'A projection' }]
}

export function ProjectionField({ draft, visualizer }: { draft: Draft; visualizer: Visualizer | undefined }) {
  const scene = useStore(draft.scene)
  const needs = visualizer?.needs_projection ?? false
  const fault = useStore(draft.faults).projection_id
  const list = useAsk({ ...projectionQueries.list(projectId()), enabled: isWanted(scene, needs) })
  const [tried, setTried] = useState<string | null>(null)
  if (!isWanted(scene, needs)) return null
  const choices = usable(list.data?.items ?? [], scene)
  const none = { value: '', label: choices.length > 0 ? 'Choose a projection' : 'None is finished yet' }
  const choose = (id: string, isForced = false): void => {
    setTried(id || null)
    draft.change({ projection_id: id || null, ...(isForced ? { force_projection: true } : {}) }, 'Projection')
  }
  const warning = scene.warnings.find((one) => one.field === 'projection_id')
  return (
    <div className="row projectionrow">
      <span className="label scene-label">Projection</span>
      <div className="grow">
        {mayEdit()
          ? <Select aria-label="Projection" value={scene.projection_id ?? ''} choices={scene.projection_id && needs ? choices : [none, ...choices]} onChange={(id) => choose(id)} />
          : <span className="strong">{scene.projection?.name ?? 'None'}</span>}
        {fault && (
          <div className="wrong-text" role="alert">
            {fault}
            {tried && mayEdit() && <div><Button small kind="line" onClick={() => choose(tried, true)}>Use it even so</Button></div>}
          </div>
        )}
        {!fault && warning && <Note mood="warn">{warning.sentence}{!scene.projection_id && mayEdit() && <> <a href={address.newProjection()}>Make one</a></>}</Note>}
      </div>
    </div>
  )
}
