/** Beneath the film: how far it is, its segments, its pictures as they come, and what can be done. */
import { useState } from 'react'
import { clock, count, duration, fileSize, percent, queuePlace, timeLeft, timeOfDay } from '../../lib/format'
import { mayEdit } from '../../lib/page'
import { AskDialog } from '../../parts/Dialog'
import { Dot, Note } from '../../parts/basics'
import { Button } from '../../parts/Button'
import { isGoing } from '../../parts/Film'
import { firstName, usePersonOf } from '../../parts/people'
import { Blocks, SpokenProgress } from '../../parts/Progress'
import type { Render } from '../../wire/types'

interface MakingOfProps {
  render: Render
  onCancel: () => void
  onRetry: () => void
  onPicture: (seconds: number) => void
}

export function MakingOf({ render, onCancel, onRetry, onPicture }: MakingOfProps) {
  const kept = render.segments.filter((one) => one.state === 'done').length
  const share = render.frames_done / Math.max(1, render.frames_total)
  return (
    <section className="makingof" aria-label="How far it is">
      <Standing render={render} share={share} onCancel={onCancel} onRetry={onRetry} kept={kept} />
      {render.state !== 'done' && <Blocks segments={render.segments} framesDone={render.frames_done} hasFailed={render.state === 'failed'} />}
      <Footing render={render} kept={kept} />
      <SpokenProgress name={render.name} share={isGoing(render) ? share : null} />
      <Pictures render={render} onPicture={onPicture} />
      {render.film_url && <div className="only-phone"><Button icon="download" className="fill" href={`${render.film_url}?download=1`} download>Download</Button></div>}
    </section>
  )
}

function Standing({ render, share, kept, onCancel, onRetry }: { render: Render; share: number; kept: number; onCancel: () => void; onRetry: () => void }) {
  const [isAsking, setAsking] = useState(false)
  const isEditor = mayEdit()
  if (render.state === 'done') {
    return <div className="row howstands"><h2 className="grow num">{render.seconds_taken === null ? 'Done' : `Done in ${duration(render.seconds_taken)}`}</h2><span className="soft num">{count(render.frames_total)} frames{render.film_size ? `, ${fileSize(render.film_size)}` : ''}</span></div>
  }
  if (render.state === 'failed') {
    return <Note mood="danger" action={isEditor && <Button small icon="again" onClick={onRetry}>Try again</Button>}>{render.error || 'The render failed.'} {kept > 0 && !render.error.includes('kept') && `${kept} of ${render.segments.length} segments are kept.`}</Note>
  }
  if (render.state === 'cancelled') {
    return <Note icon="stop" action={isEditor && <Button small icon="play" onClick={onRetry}>Go on</Button>}>{render.message || `Stopped at frame ${count(render.frames_done)}.`} {kept > 0 && `${kept} of ${render.segments.length} segments are kept.`}</Note>
  }
  const isMeasured = share >= 0.05 && render.seconds_left !== null
  return (
    <div className="row howstands">
      <div className="grow row wrap">
        <h2 className="num">{render.state === 'queued' ? queueWords(render) : render.state === 'joining' ? 'Joining the segments' : `Frame ${count(render.frames_done)} of ${count(render.frames_total)}`}</h2>
        {render.state === 'running' && render.frames_per_second !== null && <span className="soft num">{render.frames_per_second.toFixed(1)} frames/s</span>}
      </div>
      {render.state === 'running' && <span className="num strong only-phone">{percent(share)}</span>}
      {render.state === 'running' && <span className="num strong">{isMeasured ? timeLeft(render.seconds_left ?? 0) : 'Measuring speed'}</span>}
      {isEditor && <Button kind="line" small icon="close" onClick={() => (kept > 0 ? setAsking(true) : onCancel())}>Cancel</Button>}
      <AskDialog title="Stop this render?" act="Stop" keep="Keep rendering" isOpen={isAsking} onClose={() => setAsking(false)} onAct={onCancel}>
        {kept} of {render.segments.length} segments are kept, so it can go on later.
      </AskDialog>
    </div>
  )
}

function queueWords(render: Render): string {
  return render.queue_place ? queuePlace(render.queue_place) : 'Waiting'
}

function Footing({ render, kept }: { render: Render; kept: number }) {
  const personOf = usePersonOf()
  const by = firstName(personOf(render.created_by))
  const started = `${render.started_at ? `started ${timeOfDay(render.started_at)}` : `ordered ${timeOfDay(render.created_at)}`} by ${by}`
  const going = isGoing(render)
  return (
    <div className="row xs faint num footing">
      <span>
        {going && !render.attached && 'No render service is attached. The render waits and starts by itself when one is. '}
        {going && render.attached && `${kept} of ${render.segments.length} segments kept. You can close this page; the render goes on.`}
      </span>
      <span className="end">{started}</span>
    </div>
  )
}

function Pictures({ render, onPicture }: { render: Render; onPicture: (seconds: number) => void }) {
  const start = render.thumbs[0]?.seconds ?? 0
  return (
    <div className="filmstrip" role="group" aria-label="Pictures of the film">
      {render.thumbs.map((one) => {
        // Thumbs are named by their place in the track; the film begins at its own first frame.
        const place = Math.max(0, one.seconds - Math.min(start, one.seconds))
        return (
          <button type="button" className="pic" key={one.frame} aria-label={`Go to ${clock(place, 0)}`} onClick={() => onPicture(place)}>
            <img src={one.url} alt="" loading="lazy" />
            <span className="over bl num">{clock(one.seconds, 0)}</span>
          </button>
        )
      })}
      {render.state === 'running' && <div className="pic skeleton next"><Dot mood="busy" /></div>}
    </div>
  )
}
