/** The parts of a track, each alone or left out: its stems, and what the studio splits off it. */
import { useEffect } from 'react'
import { mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { Button } from '../parts/Button'
import { Bar } from '../parts/Progress'
import { toastFault } from '../parts/toasts'
import { useProjectEvents } from '../shell/live'
import { get, post } from '../wire/api'
import { refresh, useAsk } from '../wire/query'
import type { components } from '../wire/schema'
import type { Items } from '../wire/types'
import type { Desk } from './desk'

type Part = components['schemas']['PartOut']

const partsOf = (track: string) => ({
  queryKey: ['parts', track],
  queryFn: ({ signal }: { signal: AbortSignal }) => get<Items<Part>>(`/tracks/${track}/parts`, signal),
})

export function PartLevels({ desk }: { desk: Desk }) {
  const asked = useAsk(partsOf(desk.trackId))
  const parts = asked.data?.items ?? []
  useProjectEvents((event) => {
    if (event.kind === 'parts.changed' || event.kind.startsWith('stem.')) void refresh('parts', desk.trackId)
  })
  useEffect(() => {
    const ready = (asked.data?.items ?? []).filter(({ url }) => url !== null)
    desk.stems.show(ready.map(({ id, name, url, stem_id: stem }) => ({ id, name, url: url ?? '', family: stem ? 'stems' : 'split' })))
  }, [desk, asked.data])
  const order = (split: boolean): void => {
    post<Items<Part>>(`/tracks/${desk.trackId}/parts`, { split }).then(() => refresh('parts', desk.trackId), (fault: unknown) => toastFault(fault))
  }
  const isSplit = parts.some(({ stem_id: stem, state }) => stem === null && state !== 'failed')
  return (
    <div className="stem-levels" role="group" aria-label="Parts of the track">
      {parts.map((part) => <PartRow key={part.id} desk={desk} part={part} />)}
      {mayEdit() && (
        <div className="row tight">
          <span className="grow xs soft">Listen to</span>
          {!isSplit && <Button small kind="line" onClick={() => order(true)}>Harmonic and percussive</Button>}
          <Button small kind="quiet" onClick={() => order(false)}>Own stems</Button>
        </div>
      )}
      {!mayEdit() && parts.length === 0 && <p className="xs faint">This track has no parts to listen to yet.</p>}
    </div>
  )
}

function PartRow({ desk, part }: { desk: Desk; part: Part }) {
  const { isSolo, isMuted } = useStore(desk.stems.states)[part.id] ?? { isSolo: false, isMuted: false }
  return (
    <div className="row tight" data-part-row={part.name}>
      <span className="grow clip">{part.name}</span>
      {part.state === 'ready' && (
        <>
          <Button small on={isSolo} aria-label={`Solo ${part.name}`} onClick={() => desk.stems.set(part.id, { isSolo: !isSolo })}>S</Button>
          <Button small on={isMuted} aria-label={`Mute ${part.name}`} onClick={() => desk.stems.set(part.id, { isMuted: !isMuted })}>M</Button>
        </>
      )}
      {part.state === 'failed' && <span className="xs danger clip" title={part.sentence}>{part.sentence}</span>}
      {(part.state === 'waiting' || part.state === 'working') && <Bar share={part.state === 'working' ? part.share : null} label={`${part.name} is being made`} />}
    </div>
  )
}
