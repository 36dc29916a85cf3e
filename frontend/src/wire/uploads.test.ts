import { expect, test } from 'vitest'
import { createSpeed } from './speed'
import { fingerprintOf, kindFor, refusalOf, type UploadKind } from './uploads'

const sound: UploadKind = { kind: 'track', project: 'p1', endings: ['.wav', '.mp3'], wanted: 'a WAV or MP3 file' }
const file = (name: string, size = 10) => ({ name, size, lastModified: 5 })

test('a file that cannot be what is wanted is refused before it is sent, with the reason', () => {
  expect(refusalOf(file('song.WAV'), sound)).toBeNull()
  expect(refusalOf(file('song.wav', 0), sound)).toBe('“song.wav” is empty. Choose a WAV or MP3 file.')
  expect(refusalOf(file('cover.png'), sound)).toContain('“cover.png” is not of a kind that is read here.')
})

test('the same file sent to the same place is the same upload, and nowhere else', () => {
  const here = fingerprintOf(file('song.wav'), sound)
  expect(fingerprintOf(file('song.wav'), { ...sound })).toBe(here)
  expect(fingerprintOf(file('song.wav', 11), sound)).not.toBe(here)
  expect(fingerprintOf(file('song.wav'), { ...sound, project: 'p2' })).not.toBe(here)
  expect(fingerprintOf(file('song.wav'), { ...sound, extra: { network_id: 'n' } })).not.toBe(here)
})

test('time left comes from the speed of the last seconds, not of the whole upload', () => {
  const speed = createSpeed()
  expect(speed.secondsFor(1000)).toBeNull()
  speed.tell(0, 0)
  for (let second = 1; second <= 10; second += 1) speed.tell(second * 100, second * 1000)
  for (let second = 11; second <= 20; second += 1) speed.tell(1000 + (second - 10) * 500, second * 1000)
  expect(speed.secondsFor(5000)).toBeCloseTo(10, 0)
})

test('an upload that goes on behind where it was measures anew', () => {
  const speed = createSpeed()
  speed.tell(5000, 0)
  speed.tell(9000, 1000)
  speed.tell(4000, 2000)
  expect(speed.secondsFor(1000)).toBeNull()
})

test('one place takes files of several kinds, each as what it is', () => {
  const archive: UploadKind = { ...sound, kind: 'archive', endings: ['.zip'] }
  const both = { ...sound, others: [archive] }
  expect(kindFor(file('a.mp3'), both).kind).toBe('track')
  expect(kindFor(file('A.ZIP'), both).kind).toBe('archive')
  expect(kindFor(file('a.txt'), both).kind).toBe('track')
})
