import { clock, frameRate, pictureSize, plural, when } from '../../lib/format'
import { address, mayEdit } from '../../lib/page'
import { Button } from '../../parts/Button'
import { newestThumb } from '../../parts/Film'
import { Overview } from '../../parts/Overview'
import type { Render, Scene, Track } from '../../wire/types'

/** Where the scene editor was left, in seconds, when this browser remembers it. */
export function placeInScene(sceneId: string): number | null {
  const kept = Number(window.localStorage.getItem(`phosphene.at.${sceneId}`) ?? Number.NaN)
  return Number.isFinite(kept) ? kept : null
}

/** The scene that was changed last: its picture, its sound, the way back to it. */
export function Stopped({ scene, track, renders }: { scene: Scene; track: Track | undefined; renders: readonly Render[] }) {
  const film = renders.find((one) => one.scene_id === scene.id && one.thumbs.length > 0)
  const picture = (film && newestThumb(film)) ?? scene.snapshots.at(-1)?.thumbnail_url ?? null
  const at = placeInScene(scene.id)
  const length = scene.track.duration_seconds
  const editor = at === null ? address.scene(scene.id) : `${address.scene(scene.id)}?t=${at.toFixed(1)}`
  return (
    <section className="card stopped" aria-label="Where you stopped">
      <a className="pic" href={editor} aria-label={`Open ${scene.name}`}>{picture && <img src={picture} alt="" />}</a>
      <div className="col">
        <div className="xs faint">Where you stopped, {when(scene.updated_at)}</div>
        <h2 className="clip">{scene.name}</h2>
        <div className="xs soft clip">
          Scene · {scene.visualizer} on <b className="strong">{scene.track.name}</b> · {plural(scene.snapshots.length, 'snapshot')} · {pictureSize(scene.width, scene.height)}, {frameRate(scene.fps)} fps
        </div>
        <div className="wave not-phone"><Overview peaks={track?.overview ?? null} played={at !== null && length ? at / length : null} height={52} /></div>
        <div className="row num xs faint not-phone"><span>{at === null ? '0:00.0' : clock(at, 1)}</span><span className="end">{length === null ? '' : clock(length, 1)}</span></div>
        <div className="row acts">
          <Button kind="primary" href={editor}>{mayEdit() ? 'Continue editing' : 'Open'}</Button>
          {film && <Button icon="film" href={address.render(film.id)}>Newest film</Button>}
          <Button kind="quiet" icon="track" className="not-phone" href={address.track(scene.track_id)}>Track</Button>
        </div>
      </div>
    </section>
  )
}
