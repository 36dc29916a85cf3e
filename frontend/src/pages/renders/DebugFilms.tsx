/** Debug films: a part of a scene beside plots of all its signals, while they are made and afterwards. */
import { useState } from 'react'
import { count, fileSize, frameRate, when } from '../../lib/format'
import { mayEdit, projectId } from '../../lib/page'
import { binWithUndo } from '../../network/deeds'
import { Dot } from '../../parts/basics'
import { Button, IconButton } from '../../parts/Button'
import { Bar } from '../../parts/Progress'
import { toastFault } from '../../parts/toasts'
import { useProjectEvents } from '../../shell/live'
import { get, post } from '../../wire/api'
import { refresh, useAsk } from '../../wire/query'
import type { components } from '../../wire/schema'
import type { Items } from '../../wire/types'

export type DebugFilm = components['schemas']['DebugFilmOut']

const debugFilms = (project: string) => ({
  queryKey: ['debug_films', project],
  queryFn: ({ signal }: { signal: AbortSignal }) => get<Items<DebugFilm>>(`/projects/${project}/debug-films`, signal),
})

/** "Frame 120 of 300", "Third in the queue", or why it failed. */
export function standing(one: Pick<DebugFilm, 'state' | 'sentence' | 'first_frame' | 'end_frame' | 'frames_done' | 'fps'>): string {
  const all = one.end_frame - one.first_frame
  if (one.state === 'running') return one.frames_done > 0 ? `Frame ${count(one.frames_done)} of ${count(all)}` : one.sentence || 'Starting'
  if (one.state === 'done') return `${count(all)} frames, ${frameRate(one.fps)} frames/s`
  return one.sentence || { queued: 'Waiting', failed: 'It failed.', cancelled: 'Stopped.' }[one.state]
}

export function DebugFilms() {
  const films = useAsk(debugFilms(projectId()))
  // A film that is being made tells of itself by its job.
  useProjectEvents(({ kind, payload }) => {
    if (kind.startsWith('job.') && films.data?.items.some((one) => one.job_id === payload.id)) void refresh('debug_films')
  })
  const items = films.data?.items ?? []
  if (items.length === 0) return null
  return (
    <section aria-label="Debug films" className="debugfilms">
      <div className="parthead"><h2>Debug films</h2><span className="soft xs">The picture beside every signal that moves it.</span></div>
      <div className="card">{items.map((one) => <Row key={one.id} one={one} />)}</div>
    </section>
  )
}

const moods = { queued: 'off', running: 'busy', done: 'ok', failed: 'danger', cancelled: 'off' } as const

function Row({ one }: { one: DebugFilm }) {
  const [isOpen, setOpen] = useState(false)
  const ask = (verb: 'cancel' | 'retry'): void => void post(`/jobs/${one.job_id}/${verb}`).then(() => refresh('debug_films')).catch((fault: unknown) => toastFault(fault))
  const all = Math.max(1, one.end_frame - one.first_frame)
  const isGoing = one.state === 'queued' || one.state === 'running'
  return (
    <div className="debugfilm" data-debug-film={one.state}>
      <div className="row">
        <Dot mood={moods[one.state]} />
        <span className="strong clip">{one.name}</span>
        <span className={`xs num grow clip ${one.state === 'failed' ? 'danger' : 'soft'}`} title={standing(one)}>{standing(one)}</span>
        <span className="xs faint num nowrap">{[one.film_size ? fileSize(one.film_size) : '', when(one.created_at)].filter(Boolean).join(' · ')}</span>
        {one.film_url && <Button small kind="quiet" icon={isOpen ? 'close' : 'play'} onClick={() => setOpen(!isOpen)}>{isOpen ? 'Close' : 'Play'}</Button>}
        {one.film_url && <IconButton small icon="download" label={`Download ${one.name}`} href={`${one.film_url}?download=true`} download />}
        {mayEdit() && isGoing && <Button small kind="quiet" icon="stop" onClick={() => ask('cancel')}>Stop</Button>}
        {mayEdit() && (one.state === 'failed' || one.state === 'cancelled') && <Button small kind="quiet" icon="again" onClick={() => ask('retry')}>Try again</Button>}
        {mayEdit() && <IconButton small icon="bin" label={`Put ${one.name} in the bin`} onClick={() => binWithUndo(`/debug-films/${one.id}`, one.name, () => refresh('debug_films'))} />}
      </div>
      {one.state === 'running' && <Bar share={one.frames_done / all} label={one.name} />}
      {isOpen && one.film_url && <video src={one.film_url} controls playsInline aria-label={one.name} />}
    </div>
  )
}
