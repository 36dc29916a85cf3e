/**
 * Hand: values on their way to the picture. At most one message per painted picture, and only the newest while one is
 * unanswered: a slow machine shows fewer steps of the way, never an old one.
 */
import type { ParameterValues } from '../wire/types'

/** An answer that does not come (the service went away) holds nothing up for longer. */
const GIVE_UP_MS = 1500
const KEPT = 200

interface Sent {
  n: number
  at: number
  /** When the hand first moved to something that was not sent yet. */
  movedAt: number
  /** Pictures of this revision and later ones show it; known once the studio has said so. */
  revision: number | null
  /** The newest revision seen when it was sent. */
  before: number
}

export interface HandFigures {
  /** From the message to its picture on the screen, the last one. */
  lastMs: number | null
  p50Ms: number | null
  p95Ms: number | null
  /** From the hand's move itself, with the waiting for the picture before. */
  p95FromMoveMs: number | null
  count: number
}

export interface Hand {
  /** Values move; those that are not sent yet give way to newer ones. */
  move(values: ParameterValues, at: number): void
  /** Once per painted picture of the page. */
  tick(at: number): void
  /** A picture of this revision is on the screen. */
  painted(revision: number, at: number): void
  /** The studio said from which revision on message `n` is in the pictures. */
  moved(n: number, revision: number): void
  /** A new beginning: what was sent will not be answered, what waits is part of the beginning. */
  reset(): void
  readonly isWaiting: boolean
  figures(): HandFigures
}

export function createHand(send: (values: ParameterValues, n: number) => void): Hand {
  let waiting: ParameterValues | null = null
  let waitingSince = 0
  let sent: Sent | null = null
  let newest = 0
  let numbers = 0
  const message: number[] = []
  const whole: number[] = []

  const note = (list: number[], value: number): void => {
    list.push(value)
    if (list.length > KEPT) list.shift()
  }
  return {
    move(values, at) {
      if (waiting === null) waitingSince = at
      waiting = { ...waiting, ...values }
    },
    tick(at) {
      if (waiting === null || (sent && at - sent.at < GIVE_UP_MS)) return
      const values = waiting
      waiting = null
      numbers += 1
      sent = { n: numbers, at, movedAt: waitingSince, revision: null, before: newest }
      send(values, numbers)
    },
    painted(revision, at) {
      newest = Math.max(newest, revision)
      if (!sent || (sent.revision === null ? revision <= sent.before : revision < sent.revision)) return
      note(message, at - sent.at)
      note(whole, at - sent.movedAt)
      sent = null
    },
    moved(n, revision) {
      if (sent?.n === n) sent.revision = revision
    },
    reset() {
      ;[waiting, sent, newest] = [null, null, 0]
    },
    get isWaiting() {
      return waiting !== null || sent !== null
    },
    figures() {
      return { lastMs: message.at(-1) ?? null, p50Ms: percentile(message, 0.5), p95Ms: percentile(message, 0.95), p95FromMoveMs: percentile(whole, 0.95), count: message.length }
    },
  }
}

function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null
}
