import { describe, expect, test } from 'vitest'
import { plainVector } from '../network/vectors'
import { beatsOf, inSeconds, lengthWords, movedPoint, newPath, pathWords, placeAt, secondsAt, secondsOf, withLength, withoutPoint, withPoint, type PathDraft } from './path'

function pathOf(...lengths: number[]): PathDraft {
  return lengths.reduce((path, length, seed) => withPoint(path, { pin_id: `p${seed}`, vector: plainVector(seed), length }), newPath())
}
const seeds = (path: PathDraft): number[] => path.waypoints.map((point) => point.vector.seed)

describe('points', () => {
  test('are put in, moved and taken out where they are meant', () => {
    const path = pathOf(4, 8, 4)
    expect(seeds(withPoint(path, { pin_id: null, vector: plainVector(9) }, 1))).toEqual([0, 9, 1, 2])
    expect(seeds(movedPoint(path, 0, 2))).toEqual([1, 2, 0])
    expect(seeds(movedPoint(path, 2, -5))).toEqual([2, 0, 1])
    expect(movedPoint(path, 1, 1)).toBe(path)
    expect(seeds(withoutPoint(path, 1))).toEqual([0, 2])
  })
  test('are at most 64', () => {
    const full = pathOf(...Array.from({ length: 70 }, () => 1))
    expect(full.waypoints).toHaveLength(64)
  })
  test('take no time less than a quarter of a beat', () => expect(withLength(pathOf(4), 0, 0).waypoints[0]?.length).toBe(0.25))
})

describe('time', () => {
  const path = pathOf(4, 8, 6)
  test('counts the way back only in a loop', () => {
    expect(beatsOf(path)).toBe(18)
    expect(beatsOf({ ...path, loop: false })).toBe(12)
    expect(secondsOf(path, 120)).toBe(9)
    expect(inSeconds(path, 120).map((point) => point.length)).toEqual([2, 4, 3])
  })
  test('says between which points a second lies', () => {
    expect(placeAt(path, 1, 120)).toEqual({ at: 0, share: 0.5 })
    expect(placeAt(path, 2, 120)).toEqual({ at: 1, share: 0 })
    expect(placeAt(path, 7.5, 120)).toEqual({ at: 2, share: 0.5 })
    expect(placeAt({ ...path, loop: false }, 99, 120)).toEqual({ at: 2, share: 0 })
    expect(secondsAt(path, 2, 120)).toBe(6)
  })
})

test('a path is said in beats', () => {
  expect(pathWords(pathOf(4, 8, 6), 126)).toBe('18 beats at 126 bpm, loops')
  expect(pathWords({ ...pathOf(1, 1), loop: false }, 90.5)).toBe('1 beat at 90.5 bpm')
  expect(pathWords(pathOf(4), 126)).toBe('Drop two pins or more')
  expect([1, 4, 8, 12, 0.5].map(lengthWords)).toEqual(['1 beat', '4 beats', '8 beats', '3 bars', '0.5 beats'])
})
