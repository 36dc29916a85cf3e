// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createScope, type Scope } from '../lib/scope'
import { createLive, waitBefore } from './events'

class FakeSocket {
  static made: FakeSocket[] = []
  static readonly OPEN = 1
  readyState = 0
  onopen: () => void = () => undefined
  onmessage: (message: { data: string }) => void = () => undefined
  onclose: (closing: { code: number }) => void = () => undefined
  constructor(readonly url: string) {
    FakeSocket.made.push(this)
  }
  open(): void {
    this.readyState = 1
    this.onopen()
  }
  say(message: unknown): void {
    this.onmessage({ data: JSON.stringify(message) })
  }
  close(code = 1006): void {
    this.onclose({ code })
  }
}

const newest = (): FakeSocket => FakeSocket.made.at(-1)!
const event = (number: number) => ({ number, kind: 'track.changed', subject: 'track:1', payload: {}, actor: null, at: '' })
let scope: Scope

beforeEach(() => {
  vi.useFakeTimers()
  FakeSocket.made = []
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response('{}'))))
  scope = createScope()
})
afterEach(() => {
  scope.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('the open line', () => {
  test('comes back after a break and asks for what it missed, and no event is told twice', () => {
    const live = createLive(scope, 'p', { last: 4 })
    const told: number[] = []
    live.onEvent((one) => told.push(one.number))
    newest().open()
    newest().say({ type: 'events', events: [event(5), event(6)], last: 6 })
    newest().close()
    expect(live.connection.get().state).toBe('lost')
    vi.advanceTimersByTime(1300)
    expect(newest().url).toContain('/ws/projects/p/events?since=6')
    newest().open()
    newest().say({ type: 'events', events: [event(6), event(7)], last: 7 })
    expect(told).toEqual([5, 6, 7])
  })

  test('waits longer after each failure', async () => {
    createLive(scope, 'p')
    for (let attempt = 0; attempt < 4; attempt += 1) {
      newest().close()
      await vi.advanceTimersByTimeAsync(waitBefore(attempt, 1) + 1)
    }
    expect(FakeSocket.made).toHaveLength(5)
    expect([0, 1, 2, 9].map((attempt) => waitBefore(attempt, 0.5))).toEqual([1000, 2000, 4000, 30_000])
  })

  test('is not tried again by somebody who was signed out', () => {
    const live = createLive(scope, 'p')
    newest().open()
    newest().close(4401)
    vi.advanceTimersByTime(60_000)
    expect(FakeSocket.made).toHaveLength(1)
    expect(live.connection.get()).toMatchObject({ state: 'closed', sentence: expect.stringContaining('signed out') })
  })

  test('that was refused before it opened asks the API why', async () => {
    vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response('{"detail": "Sign in."}', { status: 401 }))))
    const live = createLive(scope, 'p')
    newest().close(1006)
    await vi.advanceTimersByTimeAsync(0)
    expect(live.connection.get().state).toBe('closed')
  })

  test('that is silent for a minute is taken for dead', () => {
    const live = createLive(scope, 'p')
    newest().open()
    vi.advanceTimersByTime(59_000)
    newest().say({ type: 'ping' })
    vi.advanceTimersByTime(59_000)
    expect(live.connection.get().state).toBe('open')
    vi.advanceTimersByTime(2000)
    expect(live.connection.get().state).toBe('lost')
  })

  test('tells who is here and which services there are', () => {
    const live = createLive(scope, 'p')
    newest().open()
    newest().say({ type: 'presence', people: [{ id: '1', name: 'Ines', initials: 'I', colour: 'red' }] })
    newest().say({ type: 'services', state: 'none', since: null, items: [] })
    expect(live.people.get()).toHaveLength(1)
    expect(live.services.get()).toEqual({ state: 'none', since: null, items: [] })
  })
})
