import { expect, test } from 'vitest'
import { decided, decisionWords, movedCounts, standsUnder } from './decisions'
import { shutterWords } from './facts'
import { ranksAround } from './filmstrip'
import { worstOf } from './NothingMatches'
import { boxOf } from './pane'
import { sectionTitle } from './session_words'
import { aimOf } from './tile'
import { dayAt, railLabels } from './TimeRail'
import { curatingWords } from './use_arrivals'
import { leftOutWords } from './versions'
import type { LibraryIndex, Portrait } from './wire'
import { chipWords, measure, quotedChip, span, spokenPortrait, stepWords } from './words'

const names = (id: string): string => (id === 's1' ? '18 November' : '?')

test('a chip says its condition as a person would', () => {
  expect(chipWords({ faces: [1, 1] }, 'faces', names)).toBe('One face')
  expect(chipWords({ faces: [0, 0] }, 'faces', names)).toBe('No face')
  expect(chipWords({ faces: [3, null] }, 'faces', names)).toBe('Three faces and more')
  expect(chipWords({ sharpness: [42, null] }, 'sharpness', names)).toBe('Sharpness 42 and more')
  expect(chipWords({ face_px: [380, null] }, 'face_px', names)).toBe('Face 380 px and more')
  expect(chipWords({ roll: [-12, 12] }, 'roll', names)).toBe('Roll −12 to 12°')
  expect(chipWords({ clipped: [null, 4] }, 'clipped', names)).toBe('Clipped light up to 4 %')
  expect(chipWords({ stars: [3, null] }, 'stars', names)).toBe('3 stars and more')
  expect(chipWords({ sessions: ['s1'] }, 'sessions', names)).toBe('18 November')
  expect(chipWords({ sessions: ['s1', 's2'] }, 'sessions', names)).toBe('2 sessions')
})

test('a chip in a sentence is quoted once', () => {
  expect(quotedChip({ faces: [1, 1] }, 'faces', names)).toBe('“One face”')
  expect(quotedChip({ text: 'zzz' }, 'text', names)).toBe('“zzz”')
})

test('what a version leaves out is said with its reasons', () => {
  expect(leftOutWords([{ reason: 'The face has no points.', count: 40 }, { reason: 'No face.', count: 2 }])).toBe('the face has no points (40), no face (2)')
})

test('undo says what it takes back', () => {
  expect(stepWords('Undo', 'Rejected 1,386 portraits')).toBe('Undo: rejected 1,386 portraits')
  expect(stepWords('Redo', null)).toBe('Redo')
})

test('who curates is said with the session, if it is one', () => {
  expect(curatingWords('Tomo', '15 November')).toBe('Tomo is curating 15 November')
  expect(curatingWords('Tomo', undefined)).toBe('Tomo is curating')
})

test('a section of several sessions is not called by one of them', () => {
  const named = (name: string) => ({ name, started_at: '2026-11-18T20:07:31' })
  expect(sectionTitle([named('ines'), named('winter_set')])).toBe('ines and winter_set')
  expect(sectionTitle([named('ines'), named('a'), undefined])).toBe('ines and 2 other sessions')
})

test('ranges and scores carry their units', () => {
  expect(span('face_px', [380, null], { from: 0, to: 1400 })).toBe('380 – 1,400 px')
  expect(span('roll', [-12, 12], { from: -35, to: 35 })).toBe('−12° – 12°')
  expect(measure('clipped', 2.24)).toBe('2.2 %')
  expect([shutterWords(0.008), shutterWords(0.001), shutterWords(1.5)]).toEqual(['1/125 s', '1/1000 s', '1.5 s'])
})

test('a picture is named by its time and its decision', () => {
  const words = spokenPortrait({ taken_at: '2026-11-18T20:07:31', verdict: 1, stars: 3 })
  expect(words).toMatch(/^18 November.*20:07:31, picked, 3 stars$/)
  expect(spokenPortrait({ taken_at: '2026-11-18T20:07:31', verdict: 0, stars: 0, state: 'broken' })).toContain('undecided, file cannot be read')
})

test('a decision moves the counts of the tabs by as many as it changed', () => {
  const counts = { any: 10, unreviewed: 6, picked: 3, rejected: 1 }
  expect(movedCounts(counts, [{ verdict: 0 }, { verdict: 1 }, { verdict: -1 }], -1)).toEqual({ any: 10, unreviewed: 5, picked: 2, rejected: 3 })
  const portrait = decided({ id: 1, verdict: 0, stars: 2 } as Portrait, { verdict: -1 }, null, 'now')
  expect(portrait).toMatchObject({ verdict: -1, stars: 2 })
  expect([standsUnder(portrait, 'rejected'), standsUnder(portrait, 'unreviewed'), standsUnder(portrait, 'any')]).toEqual([true, false, true])
  expect(decisionWords({ verdict: -1 }, 1386)).toBe('Rejected 1,386 portraits.')
  expect(decisionWords({ stars: 1 }, 1)).toBe('Gave 1 star to 1 portrait.')
})

test('the loupe shows the whole picture in the middle, or its pixels around one place', () => {
  const [picture, pane] = [{ w: 2000, h: 1000 }, { w: 800, h: 600 }]
  expect(boxOf(picture, pane, { isFull: false, x: 0.5, y: 0.5 }, 1)).toEqual({ scale: 0.4, left: 0, top: 100 })
  expect(boxOf(picture, pane, { isFull: true, x: 0.5, y: 0.5 }, 1)).toEqual({ scale: 1, left: -600, top: -200 })
  expect(boxOf(picture, pane, { isFull: true, x: 0, y: 1 }, 1)).toMatchObject({ left: 0, top: -400 })
  expect(boxOf({ w: 100, h: 100 }, pane, { isFull: false, x: 0.5, y: 0.5 }, 1).scale).toBe(2)
})

test('a tall picture is held by its face, so that no head is cut off', () => {
  expect(aimOf({ width_px: 1000, height_px: 1000, face_x: 0.1, face_y: 0.1 })).toEqual([50, 35])
  expect(aimOf({ width_px: 1000, height_px: 2000, face_x: 0.5, face_y: 0.25 })).toEqual([50, 0])
  expect(aimOf({ width_px: 1000, height_px: 2000, face_x: 0.5, face_y: 0.5 })).toEqual([50, 50])
  expect(aimOf({ width_px: 3000, height_px: 1000, face_x: 0.9, face_y: 0.5 })).toEqual([100, 35])
  expect(aimOf({ width_px: 1000, height_px: 2000, face_x: null, face_y: null })).toEqual([50, 35])
})

test('the filmstrip wastes no place at its ends', () => {
  expect(ranksAround(0, 100, 12)).toEqual({ first: 0, last: 11 })
  expect(ranksAround(50, 100, 12)).toEqual({ first: 46, last: 57 })
  expect(ranksAround(99, 100, 12)).toEqual({ first: 88, last: 99 })
  expect(ranksAround(2, 5, 12)).toEqual({ first: 0, last: 4 })
})

test('the time rail names months by their share, none upon the other, years where they change', () => {
  const months = [{ month: '2026-02', rank: 0, count: 500 }, { month: '2026-01', rank: 500, count: 10 }, { month: '2025-12', rank: 510, count: 490 }]
  const index = { count: 1000, months, stops: [{ rank: 0, key: null, taken_at: '2026-02-20T12:00:00' }, { rank: 240, key: 'a', taken_at: '2026-02-03T12:00:00' }] } as unknown as LibraryIndex
  expect(railLabels(index).map((one) => [one.text, one.at])).toEqual([['Feb', 0], ['Jan', 0.5]])
  expect(railLabels({ ...index, months: [months[0]!, months[2]!] }).at(-1)?.text).toBe('Dec 25')
  expect(dayAt(index, 230)).toBe('3 Feb')
})

test('an empty grid names the filter whose removal shows the most', () => {
  expect(worstOf(['faces', 'roll'], { faces: 12, roll: 3120 })).toEqual({ name: 'roll', count: 3120 })
  expect(worstOf(['faces'], { faces: 0 })).toBeNull()
})
