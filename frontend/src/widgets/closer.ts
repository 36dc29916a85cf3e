/** What is fetched of a track only when somebody looks closer: its spectrogram and its samples. */
import type { Scope } from '../lib/scope'
import { createStore, type Store } from '../lib/store'
import { createCloseUpAsk, type CloseUp, type CloseUpAsk } from './close_ups'
import { Samples, samplesAt, type SamplesFacts } from './samples'
import { Spectrogram, tilesAt, type SpectrogramFacts } from './spectrogram'

export interface Closer {
  readonly spectrogram: Store<Spectrogram | null>
  readonly spectrogramAsked: CloseUpAsk
  readonly samples: Store<Samples | null>
  readonly samplesAsked: CloseUpAsk
}

export function createCloser(scope: Scope, trackId: () => string): Closer {
  const spectrogram = createStore<Spectrogram | null>(null)
  const samples = createStore<Samples | null>(null)
  const spectrogramAsked = createCloseUpAsk(scope, 'spectrogram', trackId)
  const samplesAsked = createCloseUpAsk(scope, 'samples', trackId)
  whenReady(scope, spectrogramAsked, (url, facts) => spectrogram.set(new Spectrogram(facts as unknown as SpectrogramFacts, tilesAt(url))))
  whenReady(scope, samplesAsked, (url, facts) => samples.set(new Samples(facts as unknown as SamplesFacts, samplesAt(url))))
  return { spectrogram, spectrogramAsked, samples, samplesAsked }
}

function whenReady(scope: Scope, asked: CloseUpAsk, take: (url: string, facts: CloseUp['facts']) => void): void {
  let former: string | null = null
  scope.add(asked.state.subscribe(() => {
    const now = asked.state.get()
    if (!now?.url || now.url === former) return
    former = now.url
    take(now.url, now.facts)
  }))
}
