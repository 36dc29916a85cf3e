/**
 * A loop too short for two elements to take turns: its turns written one after the other, each faded into the next, as a
 * sound of half a minute. Played by an element it keeps pitch, rate and volume like the track itself.
 */
import type { Span } from './loop_seam'

export const FADE_SECONDS = 0.012
const TAPE_SECONDS = 30
/** So much lies before the first turn that is heard, and behind the last: room for elements to come into step, at any rate. */
const MARGIN_SECONDS = 1.3

export interface Tape {
  span: Span
  /** One turn, a whole number of samples. */
  turnSeconds: number
  /** Where on the tape a turn begins that may be the first one heard, and where the last ends. */
  startAt: number
  endAt: number
  url: string
}

/** Samples before a turn that it needs for its fade. */
export function leadOf(span: Span, sampleRate: number): { lead: number; length: number } {
  const length = Math.max(1, Math.round((span.to - span.from) * sampleRate))
  return { length, lead: Math.min(Math.round(FADE_SECONDS * sampleRate), length >> 2) }
}

/**
 * One turn out of the sound from `lead` samples before it to its end: towards its end what came before its beginning fades
 * in, so that the next turn goes on from there.
 */
export function turnOf(samples: Float32Array, lead: number): Float32Array {
  const length = samples.length - lead
  const turn = samples.slice(lead)
  for (let step = 0; step < lead; step++) {
    const angle = ((step + 0.5) / lead) * (Math.PI / 2)
    const at = length - lead + step
    turn[at] = turn[at]! * Math.cos(angle) + samples[step]! * Math.sin(angle)
  }
  return turn
}

/** -> the tape and its sound as WAV, 16 bits */
export function tapeOf(span: Span, channels: readonly Float32Array[], lead: number, sampleRate: number): { tape: Omit<Tape, 'url'>; wav: ArrayBuffer } {
  const turns = channels.map((samples) => turnOf(samples, lead))
  const length = turns[0]!.length
  const turnSeconds = length / sampleRate
  const margin = Math.ceil(MARGIN_SECONDS / turnSeconds)
  const count = Math.ceil(TAPE_SECONDS / turnSeconds) + 2 * margin
  const tape = { span, turnSeconds, startAt: margin * turnSeconds, endAt: (count - margin) * turnSeconds }
  return { tape, wav: wavOf(turns, count, sampleRate) }
}

/** Where in the track a place on the tape is heard. */
export function inTrack({ span, turnSeconds }: Tape, seconds: number): number {
  return span.from + (((seconds % turnSeconds) + turnSeconds) % turnSeconds)
}

const HEAD_BYTES = 44

function wavOf(turns: readonly Float32Array[], count: number, sampleRate: number): ArrayBuffer {
  const [channels, length] = [turns.length, turns[0]!.length]
  const bytes = 2 * channels * length * count
  const wav = new ArrayBuffer(HEAD_BYTES + bytes)
  const view = new DataView(wav)
  const words: [number, string][] = [[0, 'RIFF'], [8, 'WAVE'], [12, 'fmt '], [36, 'data']]
  for (const [at, word] of words) [...word].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)))
  view.setUint32(4, 36 + bytes, true)
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, channels, true)
  view.setUint32(24, sampleRate, true)
  view.setUint32(28, sampleRate * channels * 2, true)
  view.setUint16(32, channels * 2, true)
  view.setUint16(34, 16, true)
  view.setUint32(40, bytes, true)
  const one = new Int16Array(channels * length)
  turns.forEach((turn, channel) => turn.forEach((value, at) => {
    one[at * channels + channel] = Math.max(-32768, Math.min(32767, Math.round(value * 32767)))
  }))
  const all = new Int16Array(wav, HEAD_BYTES)
  for (let turn = 0; turn < count; turn++) all.set(one, turn * one.length)
  return wav
}
