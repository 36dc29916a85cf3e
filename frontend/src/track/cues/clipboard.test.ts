import { expect, test } from 'vitest'
import { beatLine } from '../../widgets/beat_line'
import { cuesIn, linesOf, pasted } from './clipboard'
import { cueAt, GRID } from '../../widgets/grid_for_tests'

const line = beatLine(GRID)!
const CUES = [
  cueAt(7.5, { label: 'pull', colour: 'blue', anchor: 'beats' }),
  cueAt(8.25, { label: 'hold\tbreath', end_seconds: 9, colour: 'violet' }),
]

test('copied cues are lines that a spreadsheet takes, and come back from them', () => {
  const text = linesOf(CUES, line)
  expect(text.split('\n')[1]).toBe('7.5\t\tpull\tmoment\tblue\tbeats\t14\t')
  expect(cuesIn(text)).toEqual([
    { seconds: 7.5, end_seconds: null, kind: 'moment', label: 'pull', colour: 'blue', anchor: 'beats', beat: 14, end_beat: null },
    { seconds: 8.25, end_seconds: 9, kind: 'span', label: 'hold breath', colour: 'violet', anchor: 'seconds', beat: 15.5, end_beat: 16.5 },
  ])
})

test('a label is never a formula there, and is itself again here', () => {
  for (const label of ['=1+1', '+49', '-', '@sum', "'quoted"]) {
    const text = linesOf([cueAt(1, { label })], null)
    expect(text.split('\n')[1]!.split('\t')[2]).not.toMatch(/^[=+\-@]/)
    expect(cuesIn(text)[0]!.label).toBe(label)
  }
})

test('labels as Audacity writes them, and bare times, are cues too; other text is none', () => {
  expect(cuesIn('1.5\t1.5\tclap\n\\\t200\t900\n2\t4\tverse\r\n').map(({ seconds, end_seconds, label }) => [seconds, end_seconds, label])).toEqual([
    [1.5, null, 'clap'], [2, 4, 'verse'],
  ])
  expect(cuesIn('0:01.5\n1:02').map(({ seconds }) => seconds)).toEqual([1.5, 62])
  expect(cuesIn('3\tkick').map(({ label }) => label)).toEqual(['kick'])
  for (const text of ['', 'Dear Ines,\nthe track is late', 'NaN\t2\tx', '-3\t1\tx', '1e9\tx', '\u0000']) expect(cuesIn(text)).toEqual([])
  expect(cuesIn(`1\t\t${'x'.repeat(500)}`)[0]!.label).toHaveLength(200)
})

test('pasted at the playhead the first stands there; beats stay beats and seconds stay seconds', () => {
  const copied = cuesIn(linesOf([...CUES, cueAt(8.5, { anchor: 'beats' })], line))
  const { cues, leftOut } = pasted(copied, 0.5, line, 60)
  expect(leftOut).toBe(0)
  // 7.5 s is beat 14, 8.5 s beat 16: two beats on, a second at 120 bpm. 8.25 s is 0.75 s after the first.
  expect(cues.map(({ seconds, end_seconds }) => [seconds, end_seconds])).toEqual([[0.5, null], [1.25, 2], [1.5, null]])
  // Where a beat is a second, two beats are two seconds.
  expect(pasted(copied, 8.5, line, 60).cues.map(({ seconds }) => seconds)).toEqual([8.5, 9.25, 10.5])
})

test('what would lie beyond the end is left out, and a track without beats keeps seconds', () => {
  const copied = cuesIn(linesOf(CUES, line))
  expect(pasted(copied, 9.5, line, 10).leftOut).toBe(1)
  expect(pasted(copied, 2, null, 60).cues.map(({ seconds, anchor }) => [seconds, anchor])).toEqual([[2, 'seconds'], [2.75, 'seconds']])
})
