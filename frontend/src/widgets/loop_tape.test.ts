import { expect, test } from 'vitest'
import { inTrack, leadOf, tapeOf, turnOf } from './loop_tape'

const RATE = 44_100
const tone = (from: number, count: number, hertz = 100): Float32Array =>
  Float32Array.from({ length: count }, (_, at) => 0.5 * Math.sin((2 * Math.PI * hertz * (from + at)) / RATE))

test('a turn goes on without a step into the next, whatever stands at its ends', () => {
  const span = { from: 2, to: 2.1237 }
  const { lead, length } = leadOf(span, RATE)
  const turn = turnOf(tone(2 * RATE - lead, lead + length), lead)
  expect(turn.length).toBe(length)
  // A tone of 100 Hz moves by less than 0.008 from sample to sample; cut hard it would step by up to 1.
  const round = [...turn, ...turn]
  expect(Math.max(...round.slice(1).map((value, at) => Math.abs(value - round[at]!)))).toBeLessThan(0.03)
  // All but the fade is the sound itself.
  expect([...turn.slice(0, length - lead)]).toEqual([...tone(2 * RATE, length - lead)])
})

test('a tape is whole turns, and every place on it is one in the loop', () => {
  const span = { from: 7.5, to: 7.625 }
  const { lead, length } = leadOf(span, RATE)
  const { tape, wav } = tapeOf(span, [tone(0, lead + length), tone(0, lead + length)], lead, RATE)
  const view = new DataView(wav)
  expect([view.getUint16(22, true), view.getUint32(24, true), view.getUint32(40, true) + 44]).toEqual([2, RATE, wav.byteLength])
  const seconds = (wav.byteLength - 44) / 4 / RATE
  expect(seconds).toBeGreaterThan(30)
  expect(tape.endAt).toBeLessThan(seconds - 1)
  expect((tape.endAt - tape.startAt) / tape.turnSeconds).toBeCloseTo(Math.round((tape.endAt - tape.startAt) / tape.turnSeconds), 6)
  const whole = { ...tape, url: '' }
  expect(inTrack(whole, tape.startAt + 0.05)).toBeCloseTo(7.55, 6)
  expect(inTrack(whole, tape.startAt + 3 * tape.turnSeconds + 0.05)).toBeCloseTo(7.55, 6)
  expect(inTrack(whole, tape.startAt - 0.01)).toBeCloseTo(7.5 + tape.turnSeconds - 0.01, 6)
})
