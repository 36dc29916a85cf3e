import { expect, test } from 'vitest'
import { clicksBetween, type Anchor } from './clicks'
import { beatsOf } from './grid_beats'
import { SteadyAnchor } from './steady_anchor'

const grid = beatsOf([{ seconds: 0.5, bpm: 120, beats_per_bar: 4, downbeat: 1 }], 60)
const at = (anchor: Partial<Anchor>, from: number, until: number): number[] =>
  clicksBetween(grid, { at: 100, seconds: 10, rate: 1, loop: null, ...anchor }, from, until).map((click) => click.at)

test('a click sounds when its beat enters the graph, at every rate', () => {
  expect(at({}, 100, 101.2)).toEqual([100, 100.5, 101])
  expect(at({ rate: 0.5 }, 100, 102.2)).toEqual([100, 101, 102])
  expect(at({ rate: 2, seconds: 10.2 }, 100, 100.7)).toEqual([100.15, 100.4, 100.65].map((seconds) => expect.closeTo(seconds, 9)))
})

test('the first beat of a bar is told from the others', () => {
  const clicks = clicksBetween(grid, { at: 0, seconds: 0.4, rate: 1, loop: null }, 0, 2.3)
  expect(clicks.map(({ isDownbeat }) => isDownbeat)).toEqual([true, false, false, false, true])
})

test('round a loop clicks go on from its beginning, the end itself not clicked twice', () => {
  const loop = { from: 10, to: 11.25 }
  // 10, 10.5, 11 | 10 at 101.25, 10.5, 11 | 10 at 102.5
  expect(at({ loop }, 100, 102.6)).toEqual([100, 100.5, 101, 101.25, 101.75, 102.25, 102.5])
  expect(at({ loop: { from: 10, to: 11 } }, 100, 102)).toEqual([100, 100.5, 101, 101.5])
})

test('who plays behind a loop hears the rest of the track', () => {
  expect(at({ seconds: 12, loop: { from: 10, to: 11 } }, 100, 100.9)).toEqual([100, 100.5])
})

test('windows that follow one another leave no click out and give none twice', () => {
  const anchor: Anchor = { at: 0, seconds: 3.3, rate: 1.25, loop: { from: 2, to: 5.1 } }
  const whole = clicksBetween(grid, anchor, 0, 30)
  const pieces = Array.from({ length: 300 }, (_, index) => clicksBetween(grid, anchor, index / 10, (index + 1) / 10)).flat()
  expect(pieces).toEqual(whole)
})

test('a beat that has only just gone by can still be asked for', () => {
  expect(at({ seconds: 10.01 }, 99.98, 100.2)).toEqual([expect.closeTo(99.99, 9)])
})

test('the anchor holds still although both clocks step, and follows a jump', () => {
  const anchor = new SteadyAnchor()
  const seen = Array.from({ length: 100 }, (_, step) => {
    const wall = step * 0.0613
    const now = anchor.take(Math.floor(wall / 0.01) * 0.01, 7 + Math.floor(wall / 0.023) * 0.023, 1)
    return now.seconds - Math.floor(wall / 0.01) * 0.01 - 7
  })
  const settled = seen.slice(40)
  expect(Math.max(...settled) - Math.min(...settled)).toBeLessThan(0.006)
  expect(anchor.take(6.2, 40, 1)).toMatchObject({ seconds: 40, hasJumped: true })
})
