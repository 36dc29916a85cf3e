/** A grid for tests of cues: 120 bpm from 0.5 s, four beats a bar; from 8.5 s on 60 bpm with three, beginning with bar 5. */
import type { Beats } from './beats'
import type { Cue } from '../wire/types'

export const GRID: Beats = {
  markers: [
    { seconds: 0.5, bpm: 120, beats_per_bar: 4, downbeat: 1 },
    { seconds: 8.5, bpm: 60, beats_per_bar: 3, downbeat: 5 },
  ],
  beats: [...Array.from({ length: 16 }, (_, index) => 0.5 + index * 0.5), 8.5, 9.5, 10.5, 11.5],
  downbeats: [0.5, 2.5, 4.5, 6.5, 8.5, 11.5],
  onsets: [0.52, 3.1],
}

export function cueAt(seconds: number, values: Partial<Cue> = {}): Cue {
  return {
    id: `at ${seconds}`, track_id: 'track', seconds, end_seconds: null, kind: values.end_seconds ? 'span' : 'moment', label: '', colour: 'red', hotkey: null,
    anchor: 'seconds', beat: null, end_beat: null, revision: 0, created_by: null, is_beyond_end: false, ...values,
  }
}
