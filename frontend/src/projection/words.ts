/** Words: where a projection stands, what it costs and what it is of, as a person says them. */
import { count, duration, frameRate, framesPerSecond, pictureSize, plural, timeLeft } from '../lib/format'
import { figure } from '../training/words'
import type { Estimate, Projection, ProjectionState, Target } from './wire'

export const stateWords: Record<ProjectionState, string> = {
  waiting: 'Waiting',
  starting: 'Starting',
  projecting: 'Searching',
  checking: 'Being looked through',
  paused: 'Paused',
  stopped: 'Stopped',
  done: 'Done',
  failed: 'Failed',
}

/** Work goes on, or waits to. */
export function isGoing(one: Pick<Projection, 'state'>): boolean {
  return ['waiting', 'starting', 'projecting', 'checking'].includes(one.state)
}

export function moodOf({ state }: Pick<Projection, 'state'>): 'ok' | 'busy' | 'danger' | 'off' {
  const moods = { waiting: 'off', starting: 'busy', projecting: 'busy', checking: 'busy', paused: 'off', stopped: 'off', done: 'ok', failed: 'danger' } as const
  return moods[state]
}

export function shareOf({ frames_done: done, frames_total: all }: Pick<Projection, 'frames_done' | 'frames_total'>): number {
  return all > 0 ? Math.min(1, done / all) : 0
}

/** "Pausing" as long as the search has not heard of it. */
export function standingWords(one: Pick<Projection, 'state' | 'wanted'>): string {
  if (isGoing(one) && one.wanted === 'pause') return 'Pausing, after the frames in hand'
  if (isGoing(one) && one.wanted === 'stop') return 'Stopping, after the frames in hand'
  return stateWords[one.state]
}

/** The file of the network and its snapshot; one name where both have the same. */
export function networkWords({ network_name: network, snapshot_name: snapshot }: Pick<Projection, 'network_name' | 'snapshot_name'>): string {
  return [...new Set([network, snapshot])].filter(Boolean).join(', ')
}

/** "48 of 200 frames". */
export function progressWords({ frames_done: done, frames_total: all }: Pick<Projection, 'frames_done' | 'frames_total'>): string {
  return all > 0 ? `${count(done)} of ${plural(all, 'frame')}` : 'No frame yet'
}

/** "2 h 10 min left", or that it is still being measured; null where nothing is under way. */
export function leftWords(one: Pick<Projection, 'state' | 'left_seconds'>): string | null {
  if (one.state !== 'projecting') return null
  return one.left_seconds === null ? 'Measuring speed' : timeLeft(one.left_seconds)
}

/** "video, 1280 × 720, 25 frames/s, 200 frames, 8 s"; null facts are left out. */
export function targetWords(target: Pick<Target, 'kind' | 'width' | 'height' | 'fps' | 'frames' | 'seconds'>): string {
  const { kind, width, height, fps, frames, seconds } = target
  const size = width && height ? pictureSize(width, height) : ''
  if (kind === 'picture') return ['A picture', size].filter(Boolean).join(', ')
  return [size, fps ? `${frameRate(fps)} frames/s` : '', frames ? plural(frames, 'frame') : '', seconds ? duration(seconds) : ''].filter(Boolean).join(', ')
}

/** Frame rates that divide that of a film, fastest first: 30 → 30, 15, 10, 6, 5, 3, 2, 1. As the studio writes them. */
export function dividing(fps: string): string[] {
  const [over, under = 1] = fps.split('/').map(Number) as [number, number?]
  const most = Math.floor(framesPerSecond(fps))
  const all = Array.from({ length: Math.max(1, most) }, (_, at) => at + 1)
  // Every whole step thins a film; only those that leave a rate one can name are offered, and the film's own.
  const steps = all.filter((step) => step === 1 || (under === 1 ? over % step === 0 : [2, 3, 4, 5, 6, 10].includes(step)))
  return steps.map((step) => reduced(over, under * step))
}

function reduced(over: number, under: number): string {
  const common = greatest(over, under)
  return under / common === 1 ? String(over / common) : `${over / common}/${under / common}`
}

function greatest(a: number, b: number): number {
  return b === 0 ? a : greatest(b, a % b)
}

/** "12,000 evaluations of the network at most", "about 1,900, at most 12,000 evaluations of the network". */
export function evaluationWords({ evaluations_most: most, evaluations_likely: likely }: Pick<Estimate, 'evaluations_most' | 'evaluations_likely'>): string {
  if (likely === null || likely >= most) return `${likely === null ? 'At most ' : ''}${count(most)} evaluations of the network`
  return `About ${count(likely)} evaluations of the network, at most ${count(most)}`
}

/** "about 12 min, at most 1 h 10 min"; null where nobody has projected here before. */
export function costWords({ seconds_likely: likely, seconds_most: most }: Pick<Estimate, 'seconds_likely' | 'seconds_most'>): string | null {
  if (most === null) return null
  if (likely === null || Math.round(likely) >= Math.round(most)) return likely === null ? `At most ${duration(most)}` : `About ${duration(likely)}`
  return `About ${duration(likely)}, at most ${duration(most)}`
}

export const lossNames: Record<string, { title: string; about: string }> = {
  pixels: { title: 'Pixels', about: 'Compares the pictures at several scales.' },
  discriminator: { title: 'Discriminator', about: 'Compares what the network’s own discriminator sees in them.' },
  features: { title: 'Features', about: 'Compares what a seeing network sees in them. Whoever runs the studio names its file.' },
}

/** Evaluations of the network for each frame: "41 a frame". */
export function paceWords({ evaluations, frames_done: done }: Pick<Projection, 'evaluations' | 'frames_done'>): string {
  return done > 0 && evaluations > 0 ? `${figure(evaluations / done)} evaluations a frame` : ''
}
