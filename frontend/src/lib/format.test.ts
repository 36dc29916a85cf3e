import { describe, expect, test } from 'vitest'
import { clock, duration, fileSize, frameRate, percent, pictureSize, plural, queuePlace, sentOf, shortHash, spokenClock, timeLeft, when } from './format'

describe('clock', () => {
  test.each([
    [61.98, 2, '1:01.98'],
    [0, 2, '0:00.00'],
    [59.999, 2, '1:00.00'],
    [222, 0, '3:42'],
    [3599.5, 0, '1:00:00'],
    [3661.25, 1, '1:01:01.3'],
    [-0.5, 1, '−0:00.5'],
    [-0.001, 2, '0:00.00'],
  ])('%f s with %i digits is %s', (seconds, digits, text) => expect(clock(seconds, digits)).toBe(text))

  test('a length that is not known yet is a dash, never NaN', () => expect(clock(Number.NaN)).toBe('–:––'))
})

test('a clock is read out in words', () => {
  expect(spokenClock(61.98)).toBe('1 minute 1.98 seconds')
  expect(spokenClock(1)).toBe('1 second')
})

test.each([[5, '5 s'], [60, '1 min'], [165, '2 min 45 s'], [33_000, '9 h 10 min'], [7200, '2 h'], [3599.7, '1 h']])('%f s take "%s"', (seconds, text) => expect(duration(seconds)).toBe(text))

test('long waits are told without seconds', () => {
  expect(timeLeft(165)).toBe('2 min 45 s left')
  expect(timeLeft(725)).toBe('12 min left')
})

test.each([[1, '1 byte'], [900, '900 bytes'], [999_600, '1 MB'], [88_000_000, '88 MB'], [1_100_000_000, '1.1 GB'], [2_000_000, '2 MB'], [9_960_000, '10 MB']])('%i bytes are "%s"', (bytes, text) => expect(fileSize(bytes)).toBe(text))

test('what was sent shares the unit of the whole where it can', () => {
  expect(sentOf(41_000_000, 88_000_000)).toBe('41 of 88 MB')
  expect(sentOf(900_000, 2_100_000)).toBe('900 kB of 2.1 MB')
})

test('progress is never 100 % before the end, and never below 0', () => {
  expect(percent(0.9999)).toBe('99 %')
  expect(percent(1)).toBe('100 %')
  expect(percent(-0.2)).toBe('0 %')
})

test('sizes, rates, hashes and counts are short', () => {
  expect(pictureSize(1024, 1024)).toBe('1024²')
  expect(pictureSize(1280, 720)).toBe('1280 × 720')
  expect(frameRate('30000/1001')).toBe('29.97')
  expect(frameRate('60')).toBe('60')
  expect(shortHash('9c41aaaaaaaae07a')).toBe('9c41…e07a')
  expect(plural(1, 'scene')).toBe('1 scene')
  expect(plural(1386, 'portrait')).toBe('1,386 portraits')
})

test('the queue counts in words up to ten', () => {
  expect(queuePlace(3)).toBe('Third in the queue')
  expect(queuePlace(12)).toBe('Number 12 in the queue')
})

describe('when', () => {
  const now = new Date(2026, 10, 21, 15, 0, 0)
  const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString()
  test.each([
    [at(2026, 10, 21, 14, 59), '1 min ago'],
    [at(2026, 10, 21, 12, 0), '3 h ago'],
    [at(2026, 10, 21, 8, 2), '08:02'],
    [at(2026, 10, 20, 23, 0), 'yesterday'],
    [at(2026, 10, 16, 9, 0), 'Monday'],
    [at(2026, 9, 12, 9, 0), '12 October'],
    [at(2025, 9, 12, 9, 0), '12 October 2025'],
  ])('%s was %s', (iso, text) => expect(when(iso, now)).toBe(text))
})
