/** Preview: the newest snapshots of a run with a track, in a scene of their own that is made once and kept up to date. */
import { address, projectId } from '../lib/page'
import { visualizerFor } from '../pages/scenes/NewScene'
import { inOrder } from '../network/growth'
import { sizeOf } from '../pages/scenes/size'
import { patch, post } from '../wire/api'
import { queries, queryClient } from '../wire/query'
import type { Network, Scene, Visualizer } from '../wire/types'
import type { Run } from './wire'

function sceneName(run: Pick<Run, 'name'>): string {
  return `${run.name}, preview`
}

/** The newest snapshots that a visualizer takes, oldest first, so that the music goes from rough to fine. */
export function newestOnes(network: Pick<Network, 'snapshots'>, most: number): string[] {
  const ordered = inOrder(network.snapshots).map((one) => one.id)
  return most > 0 ? ordered.slice(-most) : ordered
}

/** A scene of this run's, where there is one: by its name and by what it draws with. */
export function sceneOf<T extends Pick<Scene, 'name' | 'snapshot_ids'>>(scenes: readonly T[], run: Pick<Run, 'name'>, network: Pick<Network, 'snapshots'>): T | undefined {
  const own = new Set(network.snapshots.map((one) => one.id))
  return scenes.find((one) => one.name === sceneName(run) && one.snapshot_ids.some((id) => own.has(id)))
}

/** Its longer side in the scene, px: no smaller than one can look at, no larger than a preview is quick. */
export function previewSide(resolution: number): number {
  return Math.min(512, Math.max(256, resolution))
}

/** Opens the run's scene with its newest snapshots; makes it where there is none. Fails with a sentence. */
export async function openPreview(run: Run): Promise<void> {
  if (!run.network_id) throw new Error('This run has no snapshot yet. The first one comes soon after it starts.')
  const project = projectId()
  const [network, scenes, tracks, visualizers] = await Promise.all([
    queryClient.fetchQuery({ ...queries.network(run.network_id), staleTime: 0 }), queryClient.fetchQuery({ ...queries.scenes(project), staleTime: 0 }), queryClient.fetchQuery(queries.tracks(project)), queryClient.fetchQuery(queries.visualizers()),
  ])
  const [first] = network.snapshots
  if (!first) throw new Error('This run has no snapshot yet. The first one comes soon after it starts.')
  const known = sceneOf(scenes.items, run, network)
  if (known) {
    const most = visualizers.items.find((one) => one.name === known.visualizer)?.snapshots.max ?? known.snapshot_ids.length
    await patch(`/scenes/${known.id}`, { snapshot_ids: newestOnes(network, most), revision: known.revision })
    window.location.assign(address.scene(known.id))
    return
  }
  const track = tracks.items.find((one) => one.state === 'ready') ?? tracks.items[0]
  if (!track) throw new Error('A preview needs a track, and this project has none. Add one under Tracks.')
  const made = await post<Scene>(`/projects/${project}/scenes`, sceneBody(run, network, track.id, visualizers.items))
  window.location.assign(address.scene(made.id))
}

function sceneBody(run: Run, network: Network, track: string, visualizers: readonly Visualizer[]): Record<string, unknown> {
  const ids = network.snapshots.map((one) => one.id)
  const visualizer = visualizerFor(visualizers, [network], ids)
  if (!visualizer || !visualizer.snapshots.kinds.includes(network.kind)) throw new Error('No visualizer that draws with this network is known yet. They come with a render service.')
  const size = sizeOf(run.aspect, previewSide(network.snapshots[0]?.resolution ?? 256))
  const preset = visualizer.presets[0]?.name
  return { name: sceneName(run), track_id: track, visualizer: visualizer.name, ...(preset ? { preset } : {}), snapshot_ids: newestOnes(network, visualizer.snapshots.max), ...size, fps: '30' }
}
