import { expect, test } from 'vitest'
import type { StudioEvent } from '../wire/types'
import { lately, sentenceOfEvent } from './lately'

const event = (number: number, kind: string, payload: Record<string, unknown> = {}, actor: string | null = 'ines'): StudioEvent =>
  ({ number, kind, subject: `${kind.split('.')[0]}:x`, payload, actor, at: '2026-11-21T12:00:00Z' })

test('an event is told by what was done and to what', () => {
  expect(sentenceOfEvent(event(1, 'cue.added', { label: 'Undertow pulls' }))).toBe('added the cue “Undertow pulls”')
  expect(sentenceOfEvent(event(1, 'scene.removed', { name: 'Tide' }))).toBe('put the scene “Tide” in the bin')
  expect(sentenceOfEvent(event(1, 'scene.changed', { name: 'Tide', is_binned: true }))).toBe('put the scene “Tide” in the bin')
})

test('coming, going and roles are told of people', () => {
  expect(sentenceOfEvent(event(1, 'member.changed', { user: { id: 'ines', name: 'Ines' }, role: 'viewer' }))).toBe('joined the project')
  expect(sentenceOfEvent(event(1, 'member.changed', { user: { id: 'jonah', name: 'Jonah' }, role: 'owner' }))).toBe('made Jonah an owner')
  expect(sentenceOfEvent(event(1, 'member.removed', { user: { id: 'ines' } }))).toBe('left the project')
})

test('what was said is told in its words, and a link as what it is', () => {
  expect(sentenceOfEvent(event(1, 'comment.added', { text: 'Later here', name: 'Ines', parent_id: null }))).toBe('said “Later here”')
  expect(sentenceOfEvent(event(1, 'comment.changed', { text: 'Later here', resolved_at: '2026-11-21T12:00:00Z' }))).toBe('resolved “Later here”')
  expect(sentenceOfEvent(event(1, 'comment.removed', { text: 'Later here', is_binned: true }))).toBeNull()
  expect(sentenceOfEvent(event(1, 'share.changed', { state: 'open', name: 'The label' }))).toBe('made a link for guests')
})

test('progress and the steps of jobs are not deeds', () => {
  expect(sentenceOfEvent(event(1, 'render.progress', { name: 'Tide' }))).toBeNull()
  expect(sentenceOfEvent(event(1, 'job.changed', { title: 'Analysis' }))).toBeNull()
})

test('a thing that was added and then changed was added', () => {
  const deeds = lately([event(1, 'network.added', { name: 'Smoke' }), event(2, 'network.changed', { name: 'Smoke' }), event(3, 'network.changed', { name: 'Smoke 1' })], 10)
  expect(deeds.map((one) => one.text)).toEqual(['added the network “Smoke”'])
})

test('the newest come first, machines are left out, and the same deed stands once', () => {
  const deeds = lately([
    event(1, 'scene.changed', { name: 'Tide' }), event(2, 'scene.changed', { name: 'Tide' }), event(3, 'track.analysed', { name: 'Song' }, null),
    event(4, 'track.added', { name: 'Song' }, 'jonah'), event(5, 'scene.changed', { name: 'Tide' }),
  ], 10)
  expect(deeds.map((one) => [one.number, one.actor])).toEqual([[5, 'ines'], [4, 'jonah']])
})
