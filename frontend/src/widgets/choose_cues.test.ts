import { expect, test } from 'vitest'
import { createStore } from '../lib/store'
import { between, choose, chooseMany, within } from './choose_cues'
import { cueAt } from './grid_for_tests'
import { found } from '../track/cues/search'

const cues = [1, 2, 3, 4, 5].map((seconds) => cueAt(seconds))

function chosen() {
  return { selected: createStore<string | null>(null), selection: createStore<ReadonlySet<string>>(new Set()) }
}

test('one, one more, and all up to here', () => {
  const store = chosen()
  choose(store, cues, 'at 2', 'only')
  choose(store, cues, 'at 4', 'toggle')
  expect([...store.selection.get()]).toEqual(['at 2', 'at 4'])
  choose(store, cues, 'at 4', 'toggle')
  expect(store.selected.get()).toBe('at 2')
  choose(store, cues, 'at 5', 'upto')
  expect([...store.selection.get()]).toEqual(['at 2', 'at 3', 'at 4', 'at 5'])
  choose(store, cues, 'at 1', 'only')
  expect([...store.selection.get()]).toEqual(['at 1'])
  chooseMany(store, [])
  expect(store.selected.get()).toBeNull()
})

test('up to a cue before it goes backwards, and without a first it is that cue alone', () => {
  expect(between(cues, 'at 4', 'at 2')).toEqual(['at 4', 'at 3', 'at 2'])
  expect(between(cues, null, 'at 2')).toEqual(['at 2'])
  expect(between(cues, 'at 1', 'gone')).toEqual([])
})

test('a band takes cues inside it and spans that reach into it, whichever way it was drawn', () => {
  const some = [cueAt(1, { end_seconds: 3 }), cueAt(4), cueAt(6)]
  expect(within(some, 5, 2)).toEqual(['at 1', 'at 4'])
  expect(within(some, 3.5, 3.6)).toEqual([])
})

test('words find labels, colours, kinds and keys, all of them at once', () => {
  const some = [cueAt(1, { label: 'Drop one', colour: 'blue' }), cueAt(2, { label: 'drop', end_seconds: 3, hotkey: 4 }), cueAt(5)]
  const ids = (words: string): string[] => found(some, words).map(({ id }) => id)
  expect(ids('DROP')).toEqual(['at 1', 'at 2'])
  expect(ids('drop blue')).toEqual(['at 1'])
  expect(ids('span')).toEqual(['at 2'])
  expect(ids('moments')).toEqual(['at 1', 'at 5'])
  expect(ids('key4')).toEqual(['at 2'])
  expect(ids(' ')).toHaveLength(3)
})
