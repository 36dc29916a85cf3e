/** Everything that is heard and drawn of one track, fetched as it becomes ready: sound, peaks, lanes, beat grid. */
import { createStore, type Store } from '../lib/store'
import type { Scope } from '../lib/scope'
import { get } from '../wire/api'
import type { BeatGrid, Marker, Track } from '../wire/types'
import { NO_BEATS, type Beats } from './beats'
import { beatsOf } from './grid_beats'
import { createCloser, type Closer } from './closer'
import type { Stretch } from './draw_curve'
import { openPeaks, rangesOf, type Peaks } from './peaks'
import { bandTints, type BandTints } from './tints'
import { readLanes, type NamedCurve } from './track_lanes'

export interface TrackSound extends Closer {
  readonly peaks: Store<Peaks | null>
  readonly lanes: Store<readonly NamedCurve[] | null>
  readonly beats: Store<Beats>
  /** Sections of the track; the same letter sounds alike. */
  readonly stretches: Store<readonly Stretch[]>
  readonly grid: Store<BeatGrid | null>
  /** What could not be fetched, as a sentence; null when all is well. */
  readonly fault: Store<string | null>
  /** The track as it is now: fetches what has become ready since. */
  take(track: Track): void
  refreshGrid(): void
  /** The grid as it is now, where it came with something else. */
  putGrid(grid: BeatGrid): void
  /** Beats follow these markers while a change of them is on its way; null: those of the grid again. */
  lead(markers: readonly Marker[] | null, durationSeconds: number): void
  /** How strong low, mid and high are, for the colours of the waveform; null until curves are there. */
  tints(): BandTints | null
}

export function createTrackSound(scope: Scope): TrackSound {
  const peaks = createStore<Peaks | null>(null)
  const lanes = createStore<readonly NamedCurve[] | null>(null)
  const beats = createStore<Beats>(NO_BEATS)
  const stretches = createStore<readonly Stretch[]>([])
  const grid = createStore<BeatGrid | null>(null)
  const fault = createStore<string | null>(null)
  const fetched = new Set<string>()
  let trackId = ''
  let tints: BandTints | null = null

  const fetchOnce = (key: string | null, run: () => Promise<void>): void => {
    if (!key || fetched.has(key)) return
    fetched.add(key)
    run().then(
      () => fault.set(null),
      (error: unknown) => {
        fetched.delete(key)
        if (!scope.isClosed) fault.set(error instanceof Error ? error.message : String(error))
      },
    )
  }
  let isLed = false
  const showBeats = (): void => {
    const now = grid.get()
    if (now) beats.set({ markers: now.markers, beats: now.beats, downbeats: now.downbeats, onsets: now.onsets ?? [] })
  }
  const showGrid = (now: BeatGrid): void => {
    // An answer may come before what was asked for earlier.
    if ((grid.get()?.revision ?? -1) > now.revision) return
    stretches.set(stretchesOf(now))
    grid.set(now)
    if (!isLed) showBeats()
  }
  const fetchGrid = async (): Promise<void> => showGrid(await get<BeatGrid>(`/tracks/${trackId}/grid`))
  return {
    peaks,
    lanes,
    beats,
    stretches,
    grid,
    fault,
    ...createCloser(scope, () => trackId),
    tints: () => (tints ??= bandTints(lanes.get() ?? [])),
    take(track) {
      trackId = track.id
      const { files } = track
      fetchOnce(files.peaks, async () => peaks.set(await openPeaks(rangesOf(files.peaks ?? ''))))
      fetchOnce(files.lanes, async () => {
        const answer = await fetch(files.lanes ?? '', { credentials: 'same-origin' })
        if (!answer.ok) throw new Error('The curves of this track could not be fetched. Reload the page.')
        lanes.set(readLanes(await answer.arrayBuffer()))
      })
      if (files.lanes) fetchOnce(`grid ${files.lanes}`, fetchGrid)
    },
    putGrid: showGrid,
    lead(markers, durationSeconds) {
      if (markers) beats.set({ markers: [...markers], ...beatsOf(markers, durationSeconds), onsets: grid.get()?.onsets ?? [] })
      else if (isLed) showBeats()
      isLed = markers !== null
    },
    refreshGrid() {
      if (trackId) void fetchGrid().catch(() => undefined)
    },
  }
}

const SECTION_HUES = ['blue', 'red', 'green', 'yellow', 'violet', 'orange', 'pink', 'grey']

/** Sections with the same letter have the same colour. */
function stretchesOf(grid: BeatGrid): Stretch[] {
  const letters = [...new Set((grid.segments ?? []).map((segment) => segment.label))]
  return (grid.segments ?? []).map(({ start, end, label }) => ({
    from: start,
    to: end,
    label,
    hue: `hue-${SECTION_HUES[letters.indexOf(label) % SECTION_HUES.length]}`,
  }))
}
