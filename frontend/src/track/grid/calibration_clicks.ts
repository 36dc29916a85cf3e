/** Even clicks on a graph of their own, and when each of them left it on the page's clock. */
import type { Scope } from '../../lib/scope'
import { soundClick } from '../../widgets/clicks'

const EVERY_SECONDS = 0.5
const AHEAD_SECONDS = 0.4
const FIRST_SECONDS = 0.5

/** -> the clicks so far, seconds of `performance.now()`; without the way from the graph to the ear, which is what taps measure */
export function startClicks(scope: Scope): () => number[] {
  const context = new AudioContext({ latencyHint: 'interactive' })
  void context.resume()
  scope.add(() => void context.close())
  const planned: number[] = []
  let next = FIRST_SECONDS
  // Both clocks step a little: the smallest distance seen is the true one.
  let offset = Infinity
  scope.every(20, () => {
    if (context.state !== 'running') return
    offset = Math.min(offset, performance.now() / 1000 - context.currentTime)
    for (; next < context.currentTime + AHEAD_SECONDS; next += EVERY_SECONDS) {
      soundClick(context, context.destination, { at: next, isDownbeat: false })
      planned.push(next)
    }
  })
  return () => planned.map((at) => at + offset)
}
