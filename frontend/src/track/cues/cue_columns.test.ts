import { expect, test } from 'vitest'
import { NO_BEATS } from '../../widgets/beats'
import { cueAt, GRID } from '../../widgets/grid_for_tests'
import { CUE_COLUMNS, valueOf } from './cue_columns'

const context = { grid: GRID, durationSeconds: 60 }
const column = (id: string) => CUE_COLUMNS.find((one) => one.id === id)!
const typed = (id: string, text: string, cue = cueAt(4)) => column(id).typed(cue, text, context)

test('a cell says what typing the same into it would mean', () => {
  const cue = cueAt(4, { label: 'drop', end_seconds: 9.5, hotkey: 3, colour: 'blue', anchor: 'beats' })
  expect(CUE_COLUMNS.map((one) => one.says(cue, context))).toEqual(['0:04.000', '2.4', '0:09.500', 'drop', 'Span', 'Blue', '3', 'Beats'])
  expect(CUE_COLUMNS.filter(({ choices }) => choices).map((one) => valueOf(cue, one))).toEqual(['span', 'blue', '3', 'beats'])
})

test('times are typed as times or as bar and beat', () => {
  expect(typed('time', '0:05.25')).toEqual({ seconds: 5.25 })
  expect(typed('bar', '5.2')).toEqual({ seconds: 9.5 })
  expect(typed('time', 'soon')).toMatch(/^Write a time/)
  expect(typed('time', '61')).toBe('The track ends at 1:00.00.')
  expect(typed('time', '10', cueAt(4, { end_seconds: 9 }))).toBe('Choose a time before the end of the cue.')
})

test('an end makes a span, and without one it is a moment', () => {
  expect(typed('end', '5.1')).toEqual({ kind: 'span', end_seconds: 8.5 })
  expect(typed('end', '3')).toBe('Choose a time behind the beginning of the cue.')
  expect(typed('end', ' ', cueAt(4, { end_seconds: 9 }))).toEqual({ kind: 'moment', end_seconds: null })
  expect(typed('end', '')).toBeNull()
  expect(typed('kind', 'span')).toEqual({ kind: 'span', end_seconds: 6 })
  expect(typed('kind', 'span', cueAt(59.5))).toEqual({ kind: 'span', end_seconds: 60 })
})

test('names, colours, keys and what it is kept in', () => {
  expect([typed('label', ' drop '), typed('colour', 'pink'), typed('hotkey', '8'), typed('hotkey', ''), typed('anchor', 'beats')]).toEqual([
    { label: 'drop' }, { colour: 'pink' }, { hotkey: 8 }, { hotkey: null }, { anchor: 'beats' },
  ])
  expect(column('anchor').typed(cueAt(4), 'beats', { ...context, grid: NO_BEATS })).toBe('This track has no beats to keep cues in.')
})
