/**
 * Line: one WebSocket that comes back by itself, later each time; refusals are not tried again. Text is JSON (`Told` from
 * the studio, `Said` to it), binary messages are pictures.
 */
import { createEmitter, type Emitter } from '../lib/emitter'
import type { Scope } from '../lib/scope'
import { socketAddress, waitBefore } from './events'

export interface LineEvents<Told> {
  open: void
  /** `retryAt` is a time of `Date.now()`. */
  lost: { retryAt: number }
  refused: string
  notice: Told
  frame: ArrayBuffer
}

export interface Line<Told, Said> {
  readonly events: Emitter<LineEvents<Told>>
  readonly isOpen: boolean
  send(message: Said): void
  tryNow(): void
}

/** `refusals` are sentences by the code with which the studio closes for good. */
export function openLine<Told, Said>(scope: Scope, path: string, refusals: Record<number, string>): Line<Told, Said> {
  const events = createEmitter<LineEvents<Told>>()
  let socket: WebSocket | null = null
  let attempt = 0
  let stopWaiting = (): void => undefined

  const open = (): void => {
    stopWaiting()
    if (scope.isClosed) return
    const made = new WebSocket(socketAddress(path))
    made.binaryType = 'arraybuffer'
    socket = made
    made.onopen = () => {
      attempt = 0
      events.emit('open', undefined)
    }
    made.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === 'string') events.emit('notice', JSON.parse(data) as Told)
      else events.emit('frame', data)
    }
    made.onclose = ({ code }) => {
      if (socket === made) lose(code)
    }
  }
  const lose = (code: number): void => {
    socket = null
    if (scope.isClosed) return
    const refusal = refusals[code]
    if (refusal) return events.emit('refused', refusal)
    const wait = waitBefore(attempt)
    attempt += 1
    events.emit('lost', { retryAt: Date.now() + wait })
    stopWaiting = scope.after(wait, open)
  }
  const isOpen = (): boolean => socket?.readyState === WebSocket.OPEN

  scope.add(() => socket?.close())
  scope.listen(window, 'online', () => {
    if (!socket) open()
  })
  // Whoever opens a line first says what to do with what comes.
  queueMicrotask(open)
  return {
    events,
    get isOpen() {
      return isOpen()
    },
    send(message) {
      if (isOpen()) socket?.send(JSON.stringify(message))
    },
    tryNow() {
      if (!socket) open()
    },
  }
}
