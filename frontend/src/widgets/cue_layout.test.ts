import { expect, test } from 'vitest'
import type { Cue } from '../wire/types'
import { indexOf, layoutCues, tickAt } from './cue_layout'
import { TimeView } from './time_view'

const HOURS = 7200

function cue(seconds: number, end_seconds: number | null = null): Cue {
  return { id: `c${seconds}`, track_id: 't', seconds, end_seconds, kind: end_seconds === null ? 'moment' : 'span', label: '', colour: 'red', hotkey: null, revision: 1, created_by: null } as Cue
}

function windowOf(from: number, to: number): TimeView {
  const view = new TimeView(HOURS)
  view.setWidth(1000)
  view.show(from, to)
  return view
}

const nobody = (): boolean => false
const tenThousand = indexOf(Array.from({ length: 10_000 }, (_, at) => cue(at * 0.7)))

test.each([[0, HOURS], [100, 700], [3000, 3030], [3000, 3000.5]])('ten thousand cues are never more flags than fit, from %d to %d s', (from, to) => {
  const view = windowOf(from, to)
  const { flags, ticks } = layoutCues(tenThousand, view, nobody)
  expect(flags.length).toBeLessThanOrEqual(1000 / 24 + 10)
  const seen = tenThousand.cues.filter(({ seconds }) => seconds >= view.from && seconds <= view.to)
  const shown = new Set([...flags, ...ticks].map((one) => one.cue.id))
  expect(seen.every(({ id }) => shown.has(id))).toBe(true)
})

test('a cue closer than 24 px to the next is a tick, one further away is a flag', () => {
  const view = windowOf(0, 10)
  const { flags, ticks } = layoutCues(indexOf([cue(1), cue(1.23), cue(1.48), cue(3)]), view, nobody)
  expect(ticks.map((one) => one.cue.seconds)).toEqual([1])
  expect(flags.map((one) => one.cue.seconds)).toEqual([1.23, 1.48, 3])
  expect(flags[0]?.left).toBeCloseTo(123)
})

test('the one under the pointer is a flag, however crowded it is', () => {
  const { flags, ticks } = layoutCues(indexOf([cue(1), cue(1.1), cue(1.2)]), windowOf(0, 10), (id) => id === 'c1.1')
  expect(flags.map((one) => [one.cue.seconds, one.isOpen])).toContainEqual([1.1, true])
  expect(ticks.map((one) => one.cue.seconds)).toEqual([1])
})

test('a span that began long before the window is found, and cut to what a browser can lay out', () => {
  const index = indexOf([cue(0, 7000), ...Array.from({ length: 500 }, (_, at) => cue(1 + at))])
  const view = windowOf(5000, 5000.01)
  const { flags } = layoutCues(index, view, nobody)
  expect(flags).toHaveLength(1)
  expect(flags[0]!.left).toBeGreaterThanOrEqual(-200)
  expect(flags[0]!.left + flags[0]!.width!).toBeLessThanOrEqual(1200)
})

test('a tick is taken within reach of the pointer and not beyond', () => {
  const { ticks } = layoutCues(indexOf([cue(1), cue(1.05), cue(1.1), cue(1.15)]), windowOf(0, 10), nobody)
  expect(tickAt(ticks, 103, 6)?.cue.seconds).toBe(1)
  expect(tickAt(ticks, 106, 6)?.cue.seconds).toBe(1.05)
  expect(tickAt(ticks, 60, 6)).toBeNull()
})
