import { describe, expect, it } from 'vitest'
import { FIRST_WISH, offsetOf, planned, queryOf, reasonNot, rowsOf, type ImportLook } from './exchange'

const LOOK: ImportLook = {
  format: 'csv', format_title: 'CSV table', facts: [], left_out: [], asked: [],
  cues_found: 3, markers_found: 1, cues_in: 2, markers_in: 1, cues_removed: 0, cues_there: 4, markers_there: 0, is_locked: false,
  cues: [
    { seconds: 1, end_seconds: null, kind: 'moment', label: 'Drop', colour: 'red', hotkey: 2, stays_out: '' },
    { seconds: 90, end_seconds: 99, kind: 'span', label: '', colour: 'blue', hotkey: null, stays_out: 'outside the track' },
  ],
  markers: [{ seconds: 0.5, bpm: 120, beats_per_bar: 4, downbeat: 1 }],
}
const file = new File(['x'], 'cues.csv')

describe('exchange', () => {
  it('reads the seconds to move by as people write them', () => {
    expect(['', '0', '-0.025', '−1,5', '2e-3', 'x', '1e9', 'NaN'].map(offsetOf)).toEqual([0, 0, -0.025, -1.5, 0.002, null, null, null])
  })

  it('asks with what the person wishes and has answered', () => {
    expect(queryOf({ ...FIRST_WISH, mode: 'replace', offset: '1,5', answers: { track: '3' } })).toBe('cues=true&grid=true&mode=replace&offset_seconds=1.5&track=3')
  })

  it('tells what will happen', () => {
    expect(planned(LOOK, FIRST_WISH)).toBe('2 cues come in beside the 4 that are there. The beat grid becomes that of the file, with 1 tempo marker.')
    expect(planned({ ...LOOK, cues_in: 1, cues_removed: 4, markers_in: 0 }, { ...FIRST_WISH, mode: 'replace' })).toBe('1 cue comes in and the 4 cues that are there go.')
    expect(planned({ ...LOOK, cues_in: 0, markers_in: 0 }, FIRST_WISH)).toBe('Nothing of this file would come in.')
  })

  it('says why a file cannot be brought in yet', () => {
    expect(reasonNot(null, null, FIRST_WISH)).toBe('Choose a file')
    expect(reasonNot(file, LOOK, { ...FIRST_WISH, offset: 'x' })).toContain('number')
    expect(reasonNot(file, { ...LOOK, asked: [{ name: 'track', title: 'Track', value: '', options: [] }] }, FIRST_WISH)).toBe('Choose: track')
    expect(reasonNot(file, { ...LOOK, cues_in: 0, markers_in: 0 }, FIRST_WISH)).toBe('Nothing of this file would come in')
    expect(reasonNot(file, LOOK, FIRST_WISH)).toBeNull()
  })

  it('lists cues and tempo markers by time, with why one stays out', () => {
    expect(rowsOf(LOOK).map((row) => [row.seconds, row.kind, row.name, row.staysOut])).toEqual([
      [0.5, 'Tempo', '120.00 bpm, 4 beats in a bar', ''], [1, 'Hot cue 2', 'Drop', ''], [90, 'Span', 'Cue', 'outside the track'],
    ])
  })
})
