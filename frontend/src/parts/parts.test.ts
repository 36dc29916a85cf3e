import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Job } from '../wire/types'
import { columns } from './Overview'
import { filledShares, jobSentence } from './Progress'
import { sorted, type Column } from './Table'
import { closeToast, secondsOf, toast, toasts } from './toasts'

const job = (part: Partial<Job>): Job => ({
  id: '1', project_id: 'p', kind: 'render_segment', title: 'Film', state: 'running', done: 0, total: 0, unit: '', message: '', error: '', subject: '',
  attempts: 1, can_retry: false, created_at: '', started_at: null, finished_at: null, seconds_left: null, rate: null, queue_place: null, created_by: null, ...part,
})

describe('where a job stands, in one sentence', () => {
  test.each([
    [job({ done: 6412, total: 13_320, unit: 'frames', rate: 41.8, seconds_left: 165 }), 'Frame 6,412 of 13,320, 41.8 frames/s, 2 min 45 s left'],
    [job({ done: 100, total: 13_320, unit: 'frames', rate: 41.8, seconds_left: 316 }), 'Frame 100 of 13,320, 41.8 frames/s, measuring speed'],
    [job({ message: 'Finding beats', done: 62, total: 100, unit: '%' }), 'Finding beats'],
    [job({ state: 'queued', queue_place: 3 }), 'Third in the queue'],
    [job({ state: 'failed', error: 'The disk of the studio is full.' }), 'The disk of the studio is full.'],
    [job({ state: 'done', started_at: '2026-11-21T14:00:00Z', finished_at: '2026-11-21T14:05:19Z' }), 'Done in 5 min 19 s'],
    [job({ state: 'cancelled', message: 'Stopped by Ines at frame 6,480.' }), 'Stopped by Ines at frame 6,480.'],
  ])('%#', (one, text) => expect(jobSentence(one)).toBe(text))
})

test('segments fill by what they tell, and share what is told of the whole film first', () => {
  const segment = (index: number, state: 'queued' | 'running' | 'done', done: number) => ({ index, state, done, first_frame: index * 100, end_frame: index * 100 + 100 })
  const segments = [segment(0, 'done', 100), segment(1, 'running', 20), segment(2, 'running', 0), segment(3, 'queued', 0)]
  expect([...filledShares(segments, 120)]).toEqual([[1, 0.2], [2, 0]])
  expect([...filledShares(segments, 160)]).toEqual([[1, 0.4], [2, 0.2]])
})

describe('a table', () => {
  const rows = [{ name: 'Track 10', bpm: 120 }, { name: 'Track 9', bpm: null }, { name: 'track 1', bpm: 84 }]
  const heads: Column<(typeof rows)[number]>[] = [
    { id: 'name', title: 'Name', cell: () => null, by: (row) => row.name },
    { id: 'bpm', title: 'Tempo', cell: () => null, by: (row) => row.bpm },
    { id: 'menu', title: '', cell: () => null },
  ]
  const names = (column: string, isDown: boolean) => sorted(rows, heads, { column, isDown }).map((row) => row.name)

  test('sorts names as people count', () => expect(names('name', false)).toEqual(['track 1', 'Track 9', 'Track 10']))
  test('puts rows without a value last, either way', () => {
    expect(names('bpm', false)).toEqual(['track 1', 'Track 10', 'Track 9'])
    expect(names('bpm', true)).toEqual(['Track 10', 'track 1', 'Track 9'])
  })
  test('keeps its own order for a column without one', () => expect(names('menu', false)).toEqual(rows.map((row) => row.name)))
})

describe('toasts', () => {
  beforeEach(() => toasts.set([]))
  afterEach(() => vi.restoreAllMocks())

  test('are at most two', () => {
    for (const text of ['one', 'two', 'three']) toast(text)
    expect(toasts.get().map((one) => one.text)).toEqual(['two', 'three'])
  })
  test('of one group are one, which counts and says the last', () => {
    const pin = (name: string): number => toast(`Pinned ${name}.`, { group: { name: 'pin', many: (times) => `Pinned ${times}, ${name} last.` } })
    const first = pin('a')
    toast('Saved.')
    expect([pin('b'), pin('c')]).toEqual([first, first])
    expect(toasts.get().map((one) => one.text)).toEqual(['Saved.', 'Pinned 3, c last.'])
    closeToast(first)
    pin('d')
    expect(toasts.get().at(-1)?.text).toBe('Pinned d.')
  })
  test('stay 6 s, 12 s with something to do, and an error until it is closed', () => {
    toast('Saved.')
    toast('In the bin.', { action: { label: 'Undo', act: () => undefined } })
    expect(toasts.get().map(secondsOf)).toEqual([6, 12])
    const id = toast('It failed.', { kind: 'error' })
    expect(secondsOf(toasts.get().at(-1)!)).toBe(Number.POSITIVE_INFINITY)
    closeToast(id)
    expect(toasts.get().map((one) => one.text)).toEqual(['In the bin.'])
  })
})

test('a track seen small keeps its loudest places', () => {
  const peaks = Array.from({ length: 400 }, (_, at) => (at === 137 ? 1 : 0.1))
  const seen = columns(peaks, 100)
  expect(seen).toHaveLength(100)
  expect([seen[34], seen[33], seen[35]]).toEqual([1, 0.1, 0.1])
})

test('a track seen large goes straight between its peaks', () => {
  expect(columns([0, 1], 4).map((value) => Number(value.toFixed(2)))).toEqual([0, 0.25, 0.5, 0.75])
})
