import { expect, test } from 'vitest'
import { standing } from './DebugFilms'

const film = { state: 'running', sentence: '', first_frame: 30, end_frame: 330, frames_done: 0, fps: '30' } as const

test.each([
  [{}, 'Starting'],
  [{ frames_done: 120 }, 'Frame 120 of 300'],
  [{ state: 'done' as const }, '300 frames, 30 frames/s'],
  [{ state: 'failed' as const, sentence: 'The disk is full.' }, 'The disk is full.'],
  [{ state: 'queued' as const }, 'Waiting'],
])('a debug film %o', (part, words) => expect(standing({ ...film, ...part })).toBe(words))
