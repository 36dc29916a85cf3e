import { expect, test } from 'vitest'
import { gridCommands } from '../grid/keys'
import { transportCommands } from '../moves'
import type { Desk } from '../desk'
import { cuePanelCommands } from './keys'

/** Commands are asked for their keys alone. */
const desk = new Proxy({}, { get: () => ({}) }) as Desk

test('no key of the desk means two things', () => {
  const all = [...transportCommands(desk, true), ...gridCommands(desk, 'track', true), ...cuePanelCommands(desk, true)]
  const keys = all.flatMap(({ key }) => (key ?? '').split(' | '))
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
})
