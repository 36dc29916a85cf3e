import { expect, test } from 'vitest'
import { differenceWords, diffSentence } from './versions'

const none = { added: 0, removed: 0, changed: 0 }

test('what has changed since is counted in words', () => {
  expect(diffSentence({ cues: { added: 2, removed: 0, changed: 1 }, markers: { ...none, removed: 1 }, items: [] })).toBe(
    'Since then: 2 cues added, 1 cue changed, 1 tempo marker removed.')
  expect(diffSentence({ cues: none, markers: none, items: [] })).toBe('All is as it was then.')
})

test('each difference is a line that says then and now', () => {
  const cue = { thing: 'cue' as const, id: 'x', what: 'changed' as const, seconds: 63, label: 'drop' }
  expect(differenceWords({ ...cue, fields: { seconds: [62.5, 63], colour: ['red', 'pink'], hotkey: [null, 3] } })).toBe(
    '“drop”: time 1:02.50 → 1:03.00, colour red → pink, key none → 3')
  expect(differenceWords({ ...cue, label: '', what: 'removed', fields: {} })).toBe('Cue at 1:03.00 removed')
  expect(differenceWords({ thing: 'marker', id: 'm', what: 'changed', seconds: 4, label: '', fields: { bpm: [120, 119.5] } })).toBe(
    'Tempo marker at 0:04.00: bpm 120 → 119.50')
})
