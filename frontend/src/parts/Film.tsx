/** Film: a render in a grid: its picture, how long it is, where it stands. */
import { clock, duration, framesPerSecond, frameRate, percent, pictureSize, queuePlace, when } from '../lib/format'
import { address } from '../lib/page'
import type { Render } from '../wire/types'
import { Bar } from './Progress'

export function filmSeconds(render: Pick<Render, 'frames_total' | 'fps'>): number {
  return render.frames_total / framesPerSecond(render.fps)
}

export function isGoing(render: Pick<Render, 'state'>): boolean {
  return render.state === 'queued' || render.state === 'running' || render.state === 'joining'
}

/** "Done yesterday", "Rendering, 48 %", "Third in the queue". */
export function renderState(render: Render): string {
  switch (render.state) {
    case 'queued':
      return render.queue_place ? queuePlace(render.queue_place) : 'Waiting'
    case 'running':
      return `Rendering, ${percent(render.frames_done / Math.max(1, render.frames_total))}`
    case 'joining':
      return 'Joining the segments'
    case 'done':
      return `Done ${render.finished_at ? when(render.finished_at) : ''}`.trim()
    case 'failed':
      return 'Failed'
    case 'cancelled':
      return 'Stopped'
  }
}

/** "Took 5 min 19 s". */
export function tookWords(render: Render): string {
  return render.seconds_taken === null ? '' : `Took ${duration(render.seconds_taken)}`
}

export function newestThumb(render: Pick<Render, 'thumbs'>): string | null {
  return render.thumbs[Math.floor(render.thumbs.length / 2)]?.url ?? null
}

export function FilmCard({ render }: { render: Render }) {
  const picture = newestThumb(render)
  return (
    <a className="plain filmcard" href={address.render(render.id)}>
      <div className="pic">
        {picture && <img src={picture} alt="" loading="lazy" />}
        <span className="over br num">{clock(filmSeconds(render), 0)}</span>
      </div>
      {isGoing(render) && <Bar share={render.state === 'queued' ? 0 : render.frames_done / Math.max(1, render.frames_total)} label={render.name} />}
      <div className="strong clip">{render.name}</div>
      <div className={`xs num clip ${render.state === 'failed' ? 'danger' : 'faint'}`}>
        {pictureSize(render.width, render.height)}, {frameRate(render.fps)} fps{render.quality === 'draft' ? ', draft' : ''} · {renderState(render)}
      </div>
    </a>
  )
}
