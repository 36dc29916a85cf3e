import { expect, test } from 'vitest'
import { createScope } from '../lib/scope'
import { createSource, PAGE } from './source'
import type { LibraryIndex, Portrait } from './wire'

const portrait = (id: number, verdict: -1 | 0 | 1 = 0): Portrait => ({ id, verdict, stars: 0, session_id: 's' }) as Portrait

function index(count: number): LibraryIndex {
  const stops = Array.from({ length: Math.ceil(count / PAGE) }, (_, at) => ({ rank: at * PAGE, key: at === 0 ? null : String(at * PAGE), taken_at: '2026-11-18T20:00:00Z' }))
  return { count, total: count, stops, sections: [], months: [], at_rank: null, verdicts: { any: count, unreviewed: count, picked: 0, rejected: 0 } }
}

/** A studio that has portraits 0, 1, 2 … in order, and notes what it is asked. */
function studio(count: number, ids = (rank: number): number => rank) {
  const asked: (string | null)[] = []
  const fetchPage = (_filter: unknown, after: string | null, limit: number) => {
    asked.push(after)
    const from = Number(after ?? 0)
    return Promise.resolve({ items: Array.from({ length: Math.max(0, Math.min(limit, count - from)) }, (_, at) => portrait(ids(from + at))) })
  }
  return { asked, fetchPage }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

test('only the pages that are looked at are fetched, by the key of their stop, with one page around', async () => {
  const { asked, fetchPage } = studio(80_000)
  const source = createSource(createScope(), {}, index(80_000), fetchPage)
  source.want(60_000, 60_050)
  await settled()
  expect(asked).toEqual(['60000', '60240', '59760'])
  expect(source.get(60_010)?.id).toBe(60_010)
  expect(source.get(5)).toBeUndefined()
  expect(source.rankOf(60_010)).toBe(60_010)
})

test('memory stays flat from the first portrait to the last', async () => {
  const { fetchPage } = studio(40_000)
  const source = createSource(createScope(), {}, index(40_000), fetchPage)
  for (let rank = 0; rank < 39_999; rank += 4 * PAGE) {
    source.want(rank, rank + 50)
    await settled()
  }
  expect(source.pagesInMemory).toBeLessThanOrEqual(30)
  source.want(39_990, 39_999)
  await settled()
  expect(source.get(39_999)?.id).toBe(39_999)
  expect(source.rankOf(3)).toBeNull()
})

test('a mark changes what is in memory and can be put back as it was', async () => {
  const { fetchPage } = studio(500)
  const source = createSource(createScope(), {}, index(500), fetchPage)
  source.want(0, 10)
  await settled()
  const before = source.patch([3, 4, 99_999], (one) => ({ ...one, verdict: 1 }))
  expect([...before.keys()]).toEqual([3, 4])
  expect(source.get(3)?.verdict).toBe(1)
  source.patch(before.keys(), (one) => before.get(one.id)!)
  expect(source.get(3)?.verdict).toBe(0)
})

test('newer facts never move a portrait to another rank', async () => {
  const shifted = studio(500, (rank) => rank + 2)
  let now = studio(500).fetchPage
  const source = createSource(createScope(), {}, index(500), (filter, after, limit) => now(filter, after, limit))
  source.want(0, 10)
  await settled()
  now = (filter, after, limit) => shifted.fetchPage(filter, after, limit).then(({ items }) => ({ items: items.map((one) => ({ ...one, stars: 5 })) }))
  source.freshen()
  await settled()
  expect(source.get(3)).toMatchObject({ id: 3, stars: 5 })
  expect(source.get(0)).toMatchObject({ id: 0, stars: 0 })
})

test('a page that is shorter than its index says is told as stale', async () => {
  const source = createSource(createScope(), {}, index(500), studio(490).fetchPage)
  let stale = 0
  source.events.on('stale', () => (stale += 1))
  source.want(480, 499)
  await settled()
  expect(stale).toBe(1)
})

test('a range is fetched whole before it is answered', async () => {
  const source = createSource(createScope(), {}, index(2000), studio(2000).fetchPage)
  const found = await source.range(230, 970)
  expect(found.map((one) => one.id)).toEqual(Array.from({ length: 741 }, (_, at) => 230 + at))
})
