/** Edit queue: edits of this page leave in their order, at most eight a second, and wait where there is no connection. */
import { ApiError } from '../wire/api'
import type { Saving } from '../wire/saving'

export interface Errand {
  /** Its own for good: the studio does an edit of the same key once. */
  readonly key: string
  /** It is on its way, and cannot become another any more. */
  isSent: boolean
}

export interface EditQueue<One extends Errand> {
  /** What is not answered yet, in order. */
  readonly waiting: readonly One[]
  push(errand: One): void
}

export interface QueueOptions<One, Answer> {
  send: (errand: One) => Promise<Answer>
  saving: Saving
  /** It is out of the queue: with its answer, or with what went wrong. */
  done: (errand: One, answer: Answer | null, fault: unknown) => void
  now?: () => number
}

const APART_MS = 125
const TOO_FAST_MS = 1000

export function createEditQueue<One extends Errand, Answer>({ send, saving, done, now = () => performance.now() }: QueueOptions<One, Answer>): EditQueue<One> {
  const waiting: One[] = []
  const turns = new Map<One, () => void>()
  let sentAt = -Infinity
  let count = 0

  const turnOf = (errand: One): Promise<void> =>
    waiting[0] === errand ? Promise.resolve() : new Promise((go) => turns.set(errand, go))

  const leave = (errand: One): void => {
    waiting.splice(waiting.indexOf(errand), 1)
    const next = waiting[0]
    const go = next && turns.get(next)
    if (next && go) {
      turns.delete(next)
      go()
    }
  }

  async function sendInTurn(errand: One): Promise<Answer> {
    await turnOf(errand)
    await pause(sentAt + APART_MS - now())
    sentAt = now()
    errand.isSent = true
    for (;;) {
      try {
        return await send(errand)
      } catch (fault) {
        if (!(fault instanceof ApiError && fault.status === 429)) throw fault
        await pause(TOO_FAST_MS)
      }
    }
  }

  return {
    waiting,
    push(errand) {
      waiting.push(errand)
      // A key of its own each: with the same one a newer edit would take the place of one that waits.
      saving.save(`edit:${errand.key}:${++count}`, () => sendInTurn(errand)).then(
        (answer) => {
          leave(errand)
          done(errand, answer, null)
        },
        (fault: unknown) => {
          leave(errand)
          done(errand, null, fault)
        },
      )
    },
  }
}

const pause = (ms: number): Promise<void> => (ms > 0 ? new Promise((go) => setTimeout(go, ms)) : Promise.resolve())
