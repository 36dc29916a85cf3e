import { expect, test } from 'vitest'
import { isWanted, usable } from './ProjectionField'

const found = { id: 'a', name: 'Talking', is_complete: true, file_url: '/a', frames_done: 1200 }

test('a scene asks for a projection where its visualizer needs one, or where it has one', () => {
  expect(isWanted({ projection_id: null }, true)).toBe(true)
  expect(isWanted({ projection_id: null }, false)).toBe(false)
  expect(isWanted({ projection_id: 'a' }, false)).toBe(true)
})

test('only finished ones can be chosen, and the chosen one stays in the list', () => {
  const unfinished = { ...found, id: 'b', is_complete: false }
  expect(usable([found, unfinished], { projection_id: null, projection: null })).toEqual([{ value: 'a', label: 'Talking, 1,200 frames' }])
  expect(usable([found, unfinished], { projection_id: 'b', projection: null }).map((one) => one.value)).toEqual(['a', 'b'])
  expect(usable([], { projection_id: 'c', projection: { id: 'c', name: 'Old', frames_done: 3, is_complete: true, fps: '25', is_forced: false } })).toEqual([{ value: 'c', label: 'Old' }])
})
