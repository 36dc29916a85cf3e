import { describe, expect, test } from 'vitest'
import type { Command } from '../lib/keys'
import type { Render, RenderService, ServicesState } from '../wire/types'
import { clashesOf, grouped } from './KeySheet'
import { withSegment } from './live'
import { fit } from './Palette'
import { pillWords, serviceSentence } from './ServicePill'
import { roleAfter, stripWords } from './Strip'
import { savedWords } from './TopBar'

const service = (part: Partial<RenderService>): RenderService => ({
  id: '1', name: 'Attic GPU', state: 'attached', since: null, version: '1', devices: [{ name: 'CPU', kind: 'cpu', memory_bytes: 1 }], preview_slots: 2,
  previews: 0, segments: 0, is_embedded: false, last_seen_at: null, ...part,
})
const services = (state: ServicesState['state'], ...items: RenderService[]): ServicesState => ({ state, since: null, items })

describe('the service pill', () => {
  test.each([
    [null, 'off', 'No render service'],
    [services('none'), 'off', 'No render service'],
    [services('starting'), 'busy', 'Starting'],
    [services('attached', service({})), 'ok', 'Attic GPU attached'],
    [services('attached', service({ segments: 2 })), 'busy', 'Attic GPU rendering'],
    [services('attached', service({}), service({ id: '2' })), 'ok', '2 services attached'],
    [services('away', service({ state: 'away', since: new Date(2026, 10, 21, 14, 52).toISOString() })), 'warn', 'Attic GPU away since 14:52'],
  ] as const)('%#: %s', (state, mood, text) => expect(pillWords(state as ServicesState | null)).toMatchObject({ mood, text }))

  test('lists what a service does', () => {
    expect(serviceSentence(service({}))).toBe('1 device, ready')
    expect(serviceSentence(service({ segments: 1, previews: 2 }))).toBe('1 device, drawing 1 segment and 2 previews')
  })
})

test('the strip says how many changes wait and when it is tried again', () => {
  expect(stripWords(3, 4)).toBe('3 changes wait on this page and will be saved. Trying again in 4 s.')
  expect(stripWords(1, 0)).toBe('1 change waits on this page and will be saved. Trying again.')
  expect(stripWords(0, 9)).toBe('Trying again in 9 s.')
})

test('another role is taken from events about oneself alone', () => {
  const changed = { kind: 'member.changed', payload: { user: { id: 'ines' }, role: 'editor' } }
  expect(roleAfter(changed, 'ines')).toBe('editor')
  expect(roleAfter(changed, 'jonah')).toBeNull()
  expect(roleAfter({ ...changed, kind: 'member.removed' }, 'ines')).toBeNull()
})

test('the top bar says what is saved', () => {
  expect(savedWords({ pending: 0, isOffline: false, savedAt: null })).toBe('')
  expect(savedWords({ pending: 1, isOffline: false, savedAt: 5 })).toBe('Saving')
  expect(savedWords({ pending: 3, isOffline: true, savedAt: 5 })).toBe('Not saved yet, 3 changes')
  expect(savedWords({ pending: 0, isOffline: false, savedAt: 5 })).toBe('Saved')
})

test('the palette finds by beginnings first, then words, then letters', () => {
  const found = (words: string, ...titles: string[]) => titles.filter((one) => fit(one, words) > 0).sort((a, b) => fit(b, words) - fit(a, words))
  expect(found('tide', 'Low Tide', 'Tidepool', 'Riptide', 'Undertow')).toEqual(['Tidepool', 'Low Tide', 'Riptide'])
  expect(found('udt', 'Undertow', 'Tide')).toEqual(['Undertow'])
})

test('the sheet lists a command once, under its group', () => {
  const command = (id: string, group: string): Command => ({ id, group, title: id, run: () => undefined })
  expect(grouped([command('a', 'Cues'), command('b', 'Playing'), command('a', 'Cues'), command('c', 'Cues')]).map(([group, list]) => [group, list.map((one) => one.id)])).toEqual([['Cues', ['a', 'c']], ['Playing', ['b']]])
})

test('a segment that is further changes itself, and its pictures join the others in order, once', () => {
  const segment = (index: number, state: 'queued' | 'done') => ({ index, state, first_frame: index * 64, end_frame: index * 64 + 64, attempts: 1, done: 0 })
  const thumb = (frame: number) => ({ frame, seconds: frame / 30, url: `/t/${frame}` })
  const render = { segments: [segment(0, 'queued'), segment(1, 'done')], thumbs: [thumb(64)] } as unknown as Render
  const next = withSegment(render, { render_id: 'r', segment: segment(0, 'done'), thumbs: [thumb(0), thumb(64)] })
  expect(next.segments.map((one) => one.state)).toEqual(['done', 'done'])
  expect(next.thumbs.map((one) => one.frame)).toEqual([0, 64])
})

test('two commands clash on any key that a person’s choice gave both; what came so is meant', () => {
  const command = (id: string, key: string): Command => ({ id, title: id, group: 'Cues', key, run: () => undefined })
  const list = [command('delete', 'Delete | Backspace'), command('snap', 's'), command('undo', 'Mod+z'), command('scene undo', 'Mod+z')]
  const told = (map: Record<string, string>) => clashesOf(list, map).map(([first, other, key]) => [first.id, other.id, key])
  expect(told({})).toEqual([])
  expect(told({ snap: 'Backspace' })).toEqual([['snap', 'delete', 'Backspace']])
  expect(told({ delete: 's' })).toEqual([['snap', 'delete', 's']])
  expect(told({ delete: '', snap: '' })).toEqual([])
})
