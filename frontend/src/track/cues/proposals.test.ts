import { expect, test } from 'vitest'
import { cueAt, GRID } from '../../widgets/grid_for_tests'
import type { NamedCurve } from '../../widgets/track_lanes'
import { answer, answerWords, candidates, curveOf, levelCurves, type Wish } from './proposals'

const bass: NamedCurve = {
  name: 'bass', title: 'Bass', detail: '', hue: 'hue-green', values: Uint8Array.from([0, 51, 0, 204, 0, 102, 0]), columns: 1, scale: 1 / 255, secondsPerValue: 1, start: 0,
}
const chroma: NamedCurve = { ...bass, name: 'chroma', columns: 12 }
const heard = { beats: GRID, stretches: [{ from: 0, to: 8.5, label: 'A', hue: 'hue-red' }], curves: [bass, chroma] }
const wish: Wish = { source: 'peaks', curve: 'bass', every: 1, threshold: 0.3, apartSeconds: 0, range: null }

test('each source gives its own moments', () => {
  const count = (values: Partial<Wish>): number => candidates({ ...wish, ...values }, heard).length
  expect(count({ source: 'beats' })).toBe(GRID.beats.length)
  expect(count({ source: 'downbeats', every: 2 })).toBe(3)
  expect(count({ source: 'onsets' })).toBe(2)
  expect(count({ source: 'sections' })).toBe(1)
  expect(count({})).toBe(3)
  expect(count({ curve: 'chroma' })).toBe(0)
})

test('only curves with one value at a time have a line', () => {
  expect(levelCurves(heard.curves)).toEqual([bass])
  expect(curveOf({ source: 'peaks', curve: 'bass' }, heard.curves)).toBe(bass)
  expect(curveOf({ source: 'beats', curve: 'bass' }, heard.curves)).toBeNull()
})

test('what is told counts those above the line, and those that have a cue', () => {
  const found = answer(wish, candidates(wish, heard), [cueAt(3)])
  expect(found.kept.map(({ seconds }) => seconds)).toEqual([3, 5])
  expect(found.fresh.map(({ seconds }) => seconds)).toEqual([5])
  expect(answerWords(found, 'peaks')).toBe('2 peaks, 1 of them with a cue already')
  expect(answerWords(answer({ ...wish, range: { from: 4, to: 9 } }, candidates(wish, heard), []), 'peaks')).toBe('1 peak')
  expect(answerWords(answer({ ...wish, source: 'beats', threshold: 1 }, candidates({ ...wish, source: 'beats' }, heard), []), 'beats')).toBe(`${GRID.beats.length} beats`)
})
