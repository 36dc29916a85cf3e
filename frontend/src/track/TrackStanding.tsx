/** How far a track is: being read, being analysed, failed, or ready with warnings. Nothing when all is well. */
import { useStore } from '../lib/store'
import { mayEdit, projectId } from '../lib/page'
import { Button } from '../parts/Button'
import { Note } from '../parts/basics'
import { Bar, jobSentence, shareOf, SpokenProgress } from '../parts/Progress'
import { toastFault } from '../parts/toasts'
import { post } from '../wire/api'
import { queries, showThing, useAsk } from '../wire/query'
import type { Track } from '../wire/types'
import type { Desk } from './desk'

export function TrackStanding({ desk, track }: { desk: Desk; track: Track }) {
  const fault = useStore(desk.sound.fault)
  const again = (): void => void post<Track>(`/tracks/${track.id}/analyse`).then((now) => showThing('track', now)).catch((error: unknown) => toastFault(error))
  if (track.state === 'failed') {
    return (
      <div className="standing">
        <Note mood="danger" action={mayEdit() ? <Button small icon="again" onClick={again}>Try again</Button> : null}>
          {track.error || 'The analysis of this track failed.'}
        </Note>
      </div>
    )
  }
  if (track.state !== 'ready') return <Working track={track} />
  if (fault) return <div className="standing"><Note mood="danger" action={<Button small icon="again" onClick={() => desk.take(track)}>Try again</Button>}>{fault}</Note></div>
  if (track.warnings.length) return <div className="standing"><Note mood="warn">{track.warnings.join(' ')}</Note></div>
  return null
}

const WORDS: Record<string, string> = {
  uploaded: 'waits to be read. You can close this page.',
  decoding: 'is being read. The waveform comes first, then the sound.',
  analysing: 'is being analysed. It plays already, if the sound is there.',
}

function Working({ track }: { track: Track }) {
  const jobs = useAsk(queries.jobs(projectId()))
  const job = jobs.data?.items.find((one) => one.id === track.job_id)
  const share = job ? shareOf(job) : null
  return (
    <div className="standing working">
      <div className="row xs">
        <span className="grow"><b className="strong">“{track.name}”</b> <span className="soft">{WORDS[track.state]}</span></span>
        {job && <span className="num soft">{jobSentence(job)}</span>}
      </div>
      <Bar share={share} label={`Analysis of ${track.name}`} />
      <SpokenProgress name={`Analysis of ${track.name}`} share={share} />
    </div>
  )
}
