import { expect, test } from 'vitest'
import { heardOf, type PartSound } from './stem_mix'

const part = (id: string, family: string): PartSound => ({ id, family, name: id, url: '' })
const parts = [part('harmonic', 'split'), part('percussive', 'split'), part('drums', 'stems'), part('bass', 'stems'), part('vocals', 'stems')]
const muted = { isSolo: false, isMuted: true }
const solo = { isSolo: true, isMuted: false }

test('where nothing is chosen the whole track is heard, and no part', () => {
  expect(heardOf(parts, {})).toEqual([])
  expect(heardOf(parts, { drums: { isSolo: false, isMuted: false } })).toEqual([])
})

test('solo is heard alone, several of them together', () => {
  expect(heardOf(parts, { drums: solo })).toEqual(['drums'])
  expect(heardOf(parts, { drums: solo, percussive: solo })).toEqual(['percussive', 'drums'])
  expect(heardOf(parts, { drums: { isSolo: true, isMuted: true }, bass: solo })).toEqual(['bass'])
})

test('a muted part leaves the others of its own family, which make up the track together', () => {
  expect(heardOf(parts, { vocals: muted })).toEqual(['drums', 'bass'])
  expect(heardOf(parts, { harmonic: muted })).toEqual(['percussive'])
})
