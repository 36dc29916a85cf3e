import { expect, test } from 'vitest'
import { addressOf, areEqual, conditionsOf, filterFrom, landing, placeOf, tidy, without, type Filter, type Place } from './filter'

const full: Filter = { verdict: 'picked', faces: [1, 1], sharpness: [42, null], roll: [-12, 12], sessions: ['a', 'b'], taken: [null, '2026-11-18T00:00:00Z'], duplicates: 'tops', text: 'tide & salt', sort: 'sharpness', descending: true }
const place = (filter: Filter, more: Partial<Place> = {}): Place => ({ filter, at: null, view: 'grid', version: null, ...more })

test('every state has its own address, and the address gives the state back', () => {
  for (const one of [place(landing), place({}), place(full, { at: 17, view: 'loupe' }), place({ binned: true }, { version: 'v' }), place(landing, { at: 3, view: 'compare' })]) {
    expect(placeOf(addressOf(one))).toEqual({ ...one, filter: tidy(one.filter) })
  }
})

test('the plain address is where one lands: unreviewed, newest first', () => {
  expect(addressOf(place(landing))).toBe('')
  expect(placeOf('').filter).toEqual({ verdict: 'unreviewed', descending: true })
})

test('an address of somebody else cannot smuggle in what is no filter', () => {
  const said = JSON.stringify({ verdict: 'mine', faces: [3, 1], sharpness: 'high', sessions: [1], stack: 1.5, evil: { $ne: 1 }, text: 'x'.repeat(999), clipped: [0, 4] })
  expect(placeOf(`?filter=${encodeURIComponent(said)}&at=-4&view=cinema`)).toEqual(place({ text: 'x'.repeat(200), clipped: [0, 4] }))
  expect(placeOf('?filter=%7Bnot json').filter).toEqual(landing)
})

test('conditions that say nothing make no difference', () => {
  expect(areEqual({ verdict: 'any', text: '', faces: [null, null], sessions: [] }, {})).toBe(true)
  expect(areEqual({ sharpness: [42, null], faces: [1, 1] }, { faces: [1, 1], sharpness: [42, null] })).toBe(true)
  expect(areEqual({ faces: [1, 1] }, { faces: [1, null] })).toBe(false)
})

test('chips stand for conditions that narrow, in one order; the tab and the order are none', () => {
  expect(conditionsOf(full)).toEqual(['sessions', 'taken', 'faces', 'sharpness', 'roll', 'duplicates', 'text'])
  expect(conditionsOf(without(full, 'faces', 'roll'))).not.toContain('faces')
  expect(filterFrom({ ...full })).toEqual(tidy(full))
})
