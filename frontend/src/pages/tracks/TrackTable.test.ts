import { expect, it } from 'vitest'
import { codecWords } from './TrackTable'

it.each([
  ['OGG Vorbis vorbis', 'OGG VORBIS'],
  ['WAV pcm_s24le', 'WAV 24 bit'],
  ['WAV pcm_f32le', 'WAV 32 bit float'],
  ['AIFF pcm_s16be', 'AIFF 16 bit'],
  ['FLAC flac', 'FLAC'],
])('says "%s" in the words of a musician', (codec, words) => {
  expect(codecWords(codec)).toBe(words)
})
