/** Zeros of a track's wave, as far as its samples are on this page; asking brings those that are not. */
import type { Crossing } from '../../widgets/snap'
import type { TrackSound } from '../../widgets/track_sound'
import { nearestZero } from '../../widgets/zero_crossing'

export function createCrossing({ samples, samplesAsked }: Pick<TrackSound, 'samples' | 'samplesAsked'>): Crossing {
  return (seconds, withinSeconds) => {
    samplesAsked.want()
    const known = samples.get()
    if (!known) return null
    const { sample_rate: rate, channels } = known.facts
    if (!known.has(seconds - withinSeconds, seconds + withinSeconds)) known.want(seconds - withinSeconds, seconds + withinSeconds)
    const read = (frame: number): number | null => {
      let sum = 0
      for (let channel = 0; channel < channels; channel++) {
        const value = known.at(frame, channel)
        if (value === null) return null
        sum += value
      }
      return sum
    }
    const zero = nearestZero(read, seconds * rate, withinSeconds * rate)
    return zero === null ? null : zero / rate
  }
}
