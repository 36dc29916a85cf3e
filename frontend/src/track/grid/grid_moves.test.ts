import { expect, test } from 'vitest'
import { beatsOf } from '../../widgets/grid_beats'
import * as moves from './grid_moves'
import { ALL, type Marker } from './grid_moves'

const LENGTH = 60
const marker = (id: string, seconds: number, bpm: number, downbeat = 1, beats_per_bar = 4): Marker => ({ id, seconds, bpm, beats_per_bar, downbeat })
/** 120 bpm from 1 s (bars of 2 s), then 90 bpm from 21 s, where bar 11 begins. */
const two = [marker('a', 1, 120), marker('b', 21, 90, 11)]
const beats = (markers: Marker[]): number[] => beatsOf(markers, LENGTH).beats
const numbers = (markers: Marker[]): number[] => markers.map(({ downbeat }) => downbeat)

test('beats lie a period apart, before the first marker too, and stop where the next one begins', () => {
  const { beats, downbeats } = beatsOf([marker('a', 1, 120), marker('b', 4.1, 60, 3)], 8)
  expect(beats).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4.1, 5.1, 6.1, 7.1])
  expect(downbeats).toEqual([1, 3, 4.1])
})

test('half the tempo leaves out every second beat, and a first downbeat stays one', () => {
  const one = [marker('a', 1, 120)]
  expect(beats(moves.scaled(one, 1 / 2, ALL))).toEqual(beats(one).filter((_, index) => index % 2 === 0))
  expect(beatsOf(moves.scaled(one, 1 / 2, ALL), LENGTH).downbeats[0]).toBe(1)
})

test('every ratio and its inverse give back the same tempo', () => {
  for (const { ratio } of moves.RATIOS) {
    const [there] = moves.scaled(two, ratio, ALL)
    expect(there!.bpm).toBeCloseTo(120 * ratio, 5)
    expect(moves.scaled([there!], 1 / ratio, ALL)[0]!.bpm).toBeCloseTo(120, 4)
  }
})

test('a tempo is changed of one stretch or of all', () => {
  expect(moves.faster(two, 0.01, 5).map(({ bpm }) => bpm)).toEqual([120.01, 90])
  expect(moves.faster(two, -1, 30).map(({ bpm }) => bpm)).toEqual([120, 89])
  expect(moves.faster(two, 0.01, ALL).map(({ bpm }) => bpm)).toEqual([120.01, 90.01])
})

test('bars that were counted are counted again, a number that somebody chose stays', () => {
  expect(numbers(moves.scaled(two, 1 / 2, 5))).toEqual([1, 6])
  expect(numbers(moves.scaled([two[0]!, marker('b', 21, 90, 40)], 1 / 2, 5))).toEqual([1, 40])
  expect(numbers(moves.withBarNumber(two, 'a', 5))).toEqual([5, 15])
})

test('nudging moves every beat by as much', () => {
  const by = beats(moves.nudged(two, 0.01, ALL)).map((seconds, index) => seconds - beats(two)[index]!)
  expect(by.slice(1, -1).every((moved) => Math.abs(moved - 0.01) < 2e-6)).toBe(true)
})

test('a first marker nudged out of the track goes on by a bar, and so does its number', () => {
  const [first] = moves.nudged([marker('a', 0.004, 120)], -0.01, ALL)
  expect(first).toMatchObject({ downbeat: 2 })
  expect(first!.seconds).toBeCloseTo(1.994)
})

test('half a beat is half of each stretch’s own', () => {
  const [a, b] = moves.byHalfABeat(two, ALL)
  expect(a!.seconds).toBeCloseTo(1.25)
  expect(b!.seconds).toBeCloseTo(21 + 60 / 90 / 2)
})

test('the nearest beat comes under the playhead', () => {
  for (const seconds of [3.1, 3.3, 0.2, 30.05]) {
    const nearest = Math.min(...beats(moves.underPlayhead(two, seconds, seconds)).map((beat) => Math.abs(beat - seconds)))
    expect(nearest).toBeLessThan(2e-6)
  }
})

test('a marked downbeat begins a bar, and no beat of a single tempo moves', () => {
  const one = [marker('a', 1, 120)]
  for (const [seconds, at] of [[1.6, 1.5], [2.1, 2], [2.4, 2.5], [7.01, 7]] as const) {
    const next = moves.withDownbeat(one, seconds)
    expect(beatsOf(next, LENGTH).downbeats).toContain(at)
    expect(beats(next)).toEqual(beats(one))
  }
})

test('a marker in the middle keeps the tempo and numbers its bar', () => {
  const next = moves.withMarkerAt(two, 9, 'c')
  expect(next[1]).toEqual(marker('c', 9, 120, 5))
  expect(numbers(next)).toEqual([1, 5, 11])
  expect(moves.withMarkerAt([], 3, 'c')).toEqual([marker('c', 3, 120)])
  expect(moves.withMarkerAt([marker('a', 5, 120, 3)], 1, 'c')[0]).toEqual(marker('c', 1, 120, 1))
})

test('a removed marker leaves its stretch to the one before, and bars are counted on', () => {
  expect(moves.without([...two, marker('c', 45, 120, 20)], ['b'])).toEqual([two[0], marker('c', 45, 120, 23)])
  expect(moves.without(two, ['a'])).toEqual([two[1]])
})

test('a dragged marker stays between its neighbours', () => {
  const three = [...two, marker('c', 41, 120, 18)]
  expect(moves.withMarkerMoved(three, 'b', 25, LENGTH)[1]!.seconds).toBe(25)
  expect(moves.withMarkerMoved(three, 'b', 99, LENGTH)[1]!.seconds).toBeLessThan(41)
  expect(moves.withMarkerMoved(three, 'a', -4, LENGTH)[0]!.seconds).toBe(0)
  expect(moves.whyNot(moves.withMarkerMoved(three, 'b', 0, LENGTH), LENGTH)).toBeNull()
})

test('a marker dragged with its beats stretches the tempo before it', () => {
  // 40 beats lie between 1 s and 21 s; over 25 s they are 96 bpm.
  const next = moves.withMarkerFitted(two, 'b', 26, LENGTH)
  expect(next.map(({ bpm, seconds }) => [bpm, seconds])).toEqual([[96, 1], [90, 26]])
  expect(beats(next).filter((seconds) => seconds >= 1 && seconds < 26).length).toBe(40)
  expect(numbers(next)).toEqual([1, 11])
  expect(moves.withMarkerFitted(two, 'b', 2, LENGTH)[0]!.bpm).toBeCloseTo(400, 3)
})

test('taps give tempo and place; the bar stays where it was, as nearly as they allow', () => {
  const [a] = moves.withTaps([marker('a', 1, 119)], { bpm: 120, beat: 10.1, middle: 10 }, 'x')
  expect(a).toMatchObject({ id: 'a', bpm: 120 })
  expect(a!.seconds).toBeCloseTo(1.1)
  expect(moves.withTaps([], { bpm: 120, beat: 10.1, middle: 10 }, 'x')[0]!.seconds).toBeCloseTo(0.1)
  expect(moves.withTaps([marker('a', 1, 119)], { bpm: 120, beat: null, middle: 10 }, 'x')).toEqual([marker('a', 1, 120)])
})

test('a part that was found anew lies between what was there before it and what goes on after it', () => {
  const found = [marker('f', 9.4, 125, 1), marker('g', 12.2, 126, 3)]
  const next = moves.withPart(two, { from: 9, to: 15 }, found, () => 'r', LENGTH)
  expect(next.map(({ id }) => id)).toEqual(['a', 'f', 'g', 'r', 'b'])
  // Bars of 2 s since 1 s: the first from 15 s on begins there.
  expect(next[3]).toMatchObject({ seconds: 15, bpm: 120 })
  const outside = (seconds: number): boolean => seconds < 8.9 || seconds > 14.99
  expect(beats(next).filter(outside)).toEqual(beats(two).filter(outside))
  // 9.4 s is 4.2 bars after bar 1; 2.8 s of 125 bpm are 1.5 bars of 126 bpm; 6 s of 120 bpm are three.
  expect(numbers(next)).toEqual([1, 5, 6, 7, 10])
})

test('a part at the end of the track needs nothing after it', () => {
  expect(moves.withPart(two, { from: 30.5, to: LENGTH }, [marker('f', 31, 80)], () => 'r', LENGTH).map(({ id }) => id)).toEqual(['a', 'b', 'f'])
})

test('beats of a part before its first bar are its own, not those of the former grid', () => {
  // 120 bpm and a bar at 33.3: six beats lie between it and 30.2, four of them a bar.
  const next = moves.withPart(two, { from: 30.2, to: LENGTH }, [marker('f', 33.3, 120)], () => 'u', LENGTH)
  expect(next.map(({ id }) => id)).toEqual(['a', 'b', 'u', 'f'])
  expect(next[2]).toMatchObject({ seconds: expect.closeTo(30.3, 6) as number, beats_per_bar: 2, bpm: 120 })
  expect(next[3]!.seconds).toBeCloseTo(31.3, 6)
  expect(beats(next).filter((seconds) => seconds > 30.2 && seconds < 33.4).map((seconds) => Math.round(seconds * 10) / 10)).toEqual([30.3, 30.8, 31.3, 31.8, 32.3, 32.8, 33.3])
  expect(next[3]!.downbeat).toBe(next[2]!.downbeat + 1)
})

test('what cannot be a grid is said in a sentence', () => {
  expect(moves.whyNot(moves.scaled([marker('a', 1, 210)], 2, ALL), LENGTH)).toBe('420 bpm is too fast for a grid. Use 20 to 400 bpm.')
  expect(moves.whyNot([marker('a', 1, Number.NaN)], LENGTH)).toContain('too slow')
  expect(moves.whyNot([marker('a', 61, 120)], LENGTH)).toContain('outside')
  expect(moves.whyNot([marker('a', 1, 120), marker('b', 1, 120)], LENGTH)).toContain('same time')
  expect(moves.whyNot(two, LENGTH)).toBeNull()
})
