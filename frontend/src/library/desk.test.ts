// @vitest-environment jsdom
import { expect, test } from 'vitest'
import { createScope } from '../lib/scope'
import { createDesk, type Desk } from './desk'
import type { LibraryIndex, LibraryWire, Portrait } from './wire'

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

/** A studio whose index is answered when the test says so. */
function studio(ids: number[]) {
  const late: (() => void)[] = []
  const index = (_filter: unknown, at: number | null): Promise<LibraryIndex> => {
    const rank = at === null ? -1 : ids.indexOf(at)
    const count = ids.length
    const answer: LibraryIndex = {
      count, total: count, stops: [{ rank: 0, key: null, taken_at: '2026-11-18T20:00:00Z' }], sections: [], months: [],
      at_rank: rank < 0 ? null : rank, verdicts: { any: count, unreviewed: count, picked: 0, rejected: 0 },
    }
    return new Promise((resolve) => late.push(() => resolve(answer)))
  }
  const page = () => Promise.resolve({ items: ids.map((id) => ({ id, verdict: 0, stars: 0, session_id: 's' }) as Portrait) })
  const wire = { index, page, facets: () => Promise.resolve(null) } as unknown as LibraryWire
  const answer = async (): Promise<void> => {
    await settled()
    late.splice(0).forEach((tell) => tell())
    await settled()
  }
  return { wire, answer }
}

/** The grid asks for what it shows. */
async function lookedAt(desk: Desk): Promise<number | undefined> {
  desk.source.get()?.want(0, 9)
  await settled()
  return desk.current()?.id
}

test('whoever moves on while the list is asked for anew is not put back', async () => {
  const ids = [10, 11, 12, 13, 14, 15, 16, 17]
  const { wire, answer } = studio(ids)
  const desk = createDesk(createScope(), 'd', wire)
  await answer()
  desk.moveTo(2)
  void desk.renew()
  desk.moveTo(5)
  await answer()
  expect(await lookedAt(desk)).toBe(15)
  // Two arrive before it meanwhile: the same portrait is looked at, however far one has moved.
  ids.unshift(8, 9)
  void desk.renew()
  desk.moveTo(6)
  await answer()
  expect(desk.cursor.get()).toBe(8)
  expect(await lookedAt(desk)).toBe(16)
})

test('from the beginning, too', async () => {
  const { wire, answer } = studio([10, 11, 12, 13])
  const desk = createDesk(createScope(), 'd', wire)
  await answer()
  void desk.renew()
  desk.moveTo(3)
  await answer()
  expect(await lookedAt(desk)).toBe(13)
})
