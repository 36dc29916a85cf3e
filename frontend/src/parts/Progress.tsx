/** Progress: count of real units, rate, time left. A bar for known amounts, a moving bar for unknown ones. */
import { useEffect, useRef, useState } from 'react'
import { count, duration, percent, queuePlace, timeLeft } from '../lib/format'
import type { Job, Segment } from '../wire/types'

export function Bar({ share, label }: { share: number | null; label: string }) {
  if (share === null) {
    return (
      <div className="bar unknown" role="progressbar" aria-label={label}>
        <i />
      </div>
    )
  }
  const whole = Math.round(Math.min(1, Math.max(0, share)) * 100)
  return (
    <div className="bar" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={whole}>
      <i style={{ width: `${whole}%` }} />
    </div>
  )
}

export function shareOf(job: Pick<Job, 'state' | 'done' | 'total'>): number | null {
  if (job.state === 'done') return 1
  return job.total > 0 ? job.done / job.total : null
}

const unitNames: Record<string, string> = { frame: 'Frame', frames: 'Frame' }

/** One sentence on where a job stands: "Frame 6,412 of 13,320, 41.8 frames/s, 2 min 45 s left". */
export function jobSentence(job: Job): string {
  if (job.state === 'failed') return job.error || 'It failed.'
  if (job.state === 'cancelled') return job.message || 'Stopped.'
  if (job.state === 'done') return job.started_at && job.finished_at ? `Done in ${duration(secondsBetween(job.started_at, job.finished_at))}` : 'Done'
  if (job.state === 'queued') return job.queue_place ? queuePlace(job.queue_place) : job.message || 'Waiting'
  const share = shareOf(job)
  const parts: string[] = []
  const unit = unitNames[job.unit]
  if (job.total > 0 && unit) parts.push(`${unit} ${count(job.done)} of ${count(job.total)}`)
  else if (job.message) parts.push(job.message)
  if (job.rate && unit) parts.push(`${job.rate.toFixed(1)} frames/s`)
  if (share !== null && share >= 0.05 && job.seconds_left !== null) parts.push(timeLeft(job.seconds_left))
  else if (unit) parts.push('measuring speed')
  return parts.join(', ') || 'Running'
}

export function secondsBetween(from: string, to: string): number {
  return (new Date(to).getTime() - new Date(from).getTime()) / 1000
}

/** Says progress aloud at 25, 50, 75 and 100 %, never oftener than every 5 s. */
export function SpokenProgress({ name, share }: { name: string; share: number | null }) {
  const [said, setSaid] = useState('')
  const last = useRef({ quarter: 0, at: 0 })
  useEffect(() => {
    if (share === null) return
    const quarter = Math.floor(share * 4)
    if (last.current.quarter === 0 && last.current.at === 0) last.current = { quarter, at: 1 }
    if (quarter <= last.current.quarter || (Date.now() - last.current.at < 5000 && quarter < 4)) return
    last.current = { quarter, at: Date.now() }
    setSaid(`${name}: ${percent(quarter / 4)}`)
  }, [name, share])
  return <span className="unseen" role="status" aria-live="polite">{said}</span>
}

type Block = Pick<Segment, 'index' | 'state' | 'first_frame' | 'end_frame' | 'done'>

/**
 * How far each segment that is drawn has come, 0 to 1, by its index. Frames that are told of the whole film before they
 * are told of their segment are shared out among those being drawn.
 */
export function filledShares(segments: readonly Block[], framesDone: number): Map<number, number> {
  const length = (one: Block): number => one.end_frame - one.first_frame
  const running = segments.filter((one) => one.state === 'running')
  const known = segments.reduce((sum, one) => sum + (one.state === 'done' ? length(one) : one.state === 'running' ? one.done : 0), 0)
  const extra = Math.max(0, framesDone - known) / Math.max(1, running.length)
  return new Map(running.map((one) => [one.index, Math.min(1, (one.done + extra) / length(one))]))
}

/** A render's segments, one block each; those that are drawn fill up. A block is red where the film failed. */
export function Blocks({ segments, framesDone, hasFailed }: { segments: readonly Block[]; framesDone: number; hasFailed: boolean }) {
  const filled = filledShares(segments, framesDone)
  return (
    <div className="blocks" role="img" aria-label={`${count(segments.filter((one) => one.state === 'done').length)} of ${count(segments.length)} segments kept`}>
      {segments.map((one) => (
        <i key={one.index} className={hasFailed && one.state === 'failed' ? 'failed' : ''} title={`Segment ${one.index + 1}`}>
          <b style={{ width: one.state === 'done' ? '100%' : `${Math.round((filled.get(one.index) ?? 0) * 100)}%` }} />
        </i>
      ))}
    </div>
  )
}
