/**
 * Events: the open line to the studio. Says what changed (numbered, so that nothing is missed after a break), which render
 * services there are and who else looks. A page that lost the line tries again by itself, later each time.
 */
import { createEmitter } from '../lib/emitter'
import { newId } from '../lib/new_id'
import type { Scope } from '../lib/scope'
import { createStore, type Store } from '../lib/store'
import { ApiError, get } from './api'
import type { Here, Person, Place, ServicesState, StudioEvent } from './types'

export type Connection =
  | { state: 'connecting' }
  | { state: 'open' }
  /** `retryAt` is a time of `Date.now()`. */
  | { state: 'lost'; since: number; retryAt: number }
  /** Signed out, no right, or not there: trying again would not help. */
  | { state: 'closed'; sentence: string }

export interface Live {
  readonly connection: Store<Connection>
  readonly services: Store<ServicesState | null>
  readonly people: Store<readonly Person[]>
  /** Where the other pages of the project are; this one is not among them. */
  readonly places: Store<readonly Place[]>
  /** Tells the others where this page is, at most five times a second. */
  sayHere(here: Here): void
  /** Every event, in order of its number. */
  onEvent(handler: (event: StudioEvent) => void): () => void
  /** The line is open again after a break, or for the first time. */
  onOpen(handler: (isFirst: boolean) => void): () => void
  tryNow(): void
}

interface Incoming {
  type: string
  events?: StudioEvent[]
  last?: number
  people?: Person[]
  places?: Omit<Place, 'heardAt'>[]
}

const FIRST_WAIT = 1000
const LONGEST_WAIT = 30_000
const HERE_EVERY = 200
/** The studio sends something at least every 25 s; a line that is silent for longer is dead. */
const SILENCE = 60_000

const refusals: Record<number, string> = {
  4401: 'You are signed out. Sign in again to go on.',
  4403: 'This project is no longer shared with you.',
  4404: 'There is nothing here, or it is not shared with you.',
}

/** Wait before attempt n (0, 1, …): doubling, ±20 % so that many pages do not come back at the same moment. */
export function waitBefore(attempt: number, chance: number = Math.random()): number {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt) * (0.8 + 0.4 * chance)
}

export function socketAddress(path: string): string {
  const { protocol, host } = window.location
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}${path}`
}

export interface LiveStart {
  services?: ServicesState | null
  /** The newest event the page was made with; null = ask for what comes from now on. */
  last?: number | null
}

export function createLive(scope: Scope, projectId: string, start: LiveStart = {}): Live {
  const connection = createStore<Connection>({ state: 'connecting' })
  const servicesStore = createStore<ServicesState | null>(start.services ?? null)
  const people = createStore<readonly Person[]>([])
  const places = createStore<readonly Place[]>([])
  const page = newId()
  const told = createEmitter<{ event: StudioEvent; open: boolean }>()
  let [socket, last, attempt, lostAt, wasOpen]: [WebSocket | null, number | null, number, number, boolean] = [null, start.last ?? null, 0, 0, false]
  let [stopWaiting, stopListening]: [() => void, () => void] = [() => undefined, () => undefined]

  let here: Here | null = null
  let isSaying = false
  const say = (): void => {
    isSaying = false
    if (here && socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: 'here', page, ...here }))
  }

  const listenForSilence = (): void => {
    stopListening()
    stopListening = scope.after(SILENCE, () => socket?.close())
  }

  const take = (message: Incoming): void => {
    if (message.type === 'events') {
      for (const event of message.events ?? []) {
        if (last !== null && event.number <= last) continue
        last = event.number
        told.emit('event', event)
      }
      if (message.last !== undefined) last = Math.max(last ?? 0, message.last)
    } else if (message.type === 'services') {
      const { type: _type, ...state } = message as unknown as ServicesState & { type: string }
      servicesStore.set(state)
    } else if (message.type === 'presence') {
      people.set(message.people ?? [])
    } else if (message.type === 'places') {
      const heardAt = performance.now()
      places.set((message.places ?? []).filter((one) => one.page !== page).map((one) => ({ ...one, heardAt })))
    }
  }

  const giveUpIfRefused = (fault: unknown): void => {
    const refusal = fault instanceof ApiError ? refusals[4000 + fault.status] : undefined
    if (!refusal || socket?.readyState === WebSocket.OPEN) return
    stopWaiting()
    socket = null
    connection.set({ state: 'closed', sentence: refusal })
  }

  const open = (): void => {
    stopWaiting()
    if (scope.isClosed) return
    const path = `/ws/projects/${projectId}/events`
    const made = new WebSocket(socketAddress(last === null ? path : `${path}?since=${last}`))
    socket = made
    let wasOpened = false
    made.onopen = () => {
      wasOpened = true
      attempt = 0
      connection.set({ state: 'open' })
      listenForSilence()
      say()
      told.emit('open', !wasOpen)
      wasOpen = true
    }
    made.onmessage = (message) => {
      listenForSilence()
      if (typeof message.data === 'string') take(JSON.parse(message.data) as Incoming)
    }
    made.onclose = (closing) => {
      if (socket === made) lose(closing.code, wasOpened)
    }
  }

  const lose = (code: number, wasOpened: boolean): void => {
    socket = null
    places.set([])
    stopListening()
    if (scope.isClosed) return
    const refusal = refusals[code]
    if (refusal) {
      connection.set({ state: 'closed', sentence: refusal })
      return
    }
    // A handshake tells the page nothing of why it was refused; the API does.
    if (!wasOpened) void get(`/projects/${projectId}`).catch(giveUpIfRefused)
    const wait = waitBefore(attempt)
    if (attempt === 0) lostAt = Date.now()
    attempt += 1
    connection.set({ state: 'lost', since: lostAt, retryAt: Date.now() + wait })
    stopWaiting = scope.after(wait, open)
  }

  scope.add(() => socket?.close())
  scope.listen(window, 'online', () => {
    if (connection.get().state === 'lost') open()
  })
  open()

  return {
    connection,
    services: servicesStore,
    people,
    places,
    sayHere(now) {
      here = now
      if (isSaying) return
      isSaying = true
      scope.after(HERE_EVERY, say)
    },
    onEvent: (handler) => told.on('event', handler),
    onOpen: (handler) => told.on('open', handler),
    tryNow() {
      if (connection.get().state === 'lost') open()
    },
  }
}
