import { expect, test } from 'vitest'
import { createStore } from '../lib/store'
import { matchingNow } from './choose'
import { added, allOf, bodyOf, has, isEmpty, MOST_IDS, none, sizeOf, toggled } from './selection'

const item = (id: number, session_id = 's1') => ({ id, session_id })

test('all of a filter is a filter and exceptions, never ids', () => {
  let all = allOf({ verdict: 'unreviewed', faces: [1, 1] }, 77_224)
  all = toggled(toggled(all, item(5)), item(9))
  expect(sizeOf(all)).toBe(77_222)
  expect(has(all, item(5))).toBe(false)
  expect(has(all, item(6))).toBe(true)
  expect(bodyOf(all)).toEqual({ filter: { faces: [1, 1], verdict: 'unreviewed' }, except_ids: [5, 9] })
  expect(bodyOf(toggled(all, item(5)))).toEqual({ filter: { faces: [1, 1], verdict: 'unreviewed' }, except_ids: [9] })
})

test('all of one session leaves the other sessions out', () => {
  const session = allOf({ sessions: ['s1'] }, 2880)
  expect(has(session, item(1, 's1'))).toBe(true)
  expect(has(session, item(2, 's2'))).toBe(false)
  expect(toggled(session, item(2, 's2'))).toEqual({ kind: 'ids', ids: new Set([2]) })
})

test('single ones are chosen and let go again', () => {
  const two = toggled(toggled(none, item(1)), item(2))
  expect(bodyOf(two)).toEqual({ ids: [1, 2] })
  expect(isEmpty(toggled(toggled(two, item(1)), item(2)))).toBe(true)
  expect(sizeOf(added(two, [2, 3, 4]))).toBe(4)
  expect(sizeOf(added(toggled(allOf({}, 10), item(3)), [3]))).toBe(10)
})

test('more single ones than a request may name are refused, not cut off', () => {
  const ids = Array.from({ length: MOST_IDS + 1 }, (_, at) => at)
  expect(bodyOf(added(none, ids))).toBeNull()
  expect(bodyOf(added(none, ids.slice(1)))?.ids).toHaveLength(MOST_IDS)
})

test('all of a filter counts what matches now, not what is still shown of what was decided', () => {
  const desk = (isProvisional: boolean) => ({
    counts: createStore({ any: 120, unreviewed: 111, picked: 7, rejected: 2 }),
    source: createStore({ filter: { verdict: 'unreviewed' }, index: { count: 120 }, isProvisional } as Parameters<typeof matchingNow>[0]['source'] extends { get(): infer T } ? T : never),
  })
  expect(matchingNow(desk(false))).toBe(111)
  expect(matchingNow(desk(true))).toBe(120)
})
