/** The line of a preview: one WebSocket that comes back by itself, later each time; refusals are not tried again. */
import { createEmitter, type Emitter } from '../lib/emitter'
import type { Scope } from '../lib/scope'
import { socketAddress, waitBefore } from '../wire/events'
import type { FromStudio, ToStudio } from './messages'

const REFUSALS: Record<number, string> = {
  4401: 'You are signed out. Sign in again to see the preview.',
  4403: 'This scene is no longer shared with you.',
  4404: 'There is nothing here, or it is not shared with you.',
}

export interface LineEvents {
  open: void
  /** `retryAt` is a time of `Date.now()`. */
  lost: { retryAt: number }
  refused: string
  notice: FromStudio
  frame: ArrayBuffer
}

export interface Line {
  readonly events: Emitter<LineEvents>
  readonly isOpen: boolean
  send(message: ToStudio): void
  tryNow(): void
}

export function openLine(scope: Scope, path: string): Line {
  const events = createEmitter<LineEvents>()
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
      if (typeof data === 'string') events.emit('notice', JSON.parse(data) as FromStudio)
      else events.emit('frame', data)
    }
    made.onclose = ({ code }) => {
      if (socket === made) lose(code)
    }
  }
  const lose = (code: number): void => {
    socket = null
    if (scope.isClosed) return
    const refusal = REFUSALS[code]
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
