// @vitest-environment jsdom
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ApiError, errorFrom, patch, request } from './api'

afterEach(() => vi.unstubAllGlobals())

const answer = (status: number, body: unknown) => vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(body === null ? null : JSON.stringify(body), { status }))))

describe('a refusal', () => {
  test('carries the sentence and the wrong field', async () => {
    answer(422, { detail: 'Music in the picture goes from 0 to 1.', field: 'parameters.alpha' })
    await expect(patch('/scenes/1', {})).rejects.toMatchObject({ message: 'Music in the picture goes from 0 to 1.', field: 'parameters.alpha', status: 422 })
  })

  test('of a stale edit carries the thing as it is now', async () => {
    answer(409, { detail: 'Jonah moved this cue a moment ago.', current: { id: 'c', seconds: 61.3 } })
    const fault = await patch('/cues/c', {}).catch((error: unknown) => error as ApiError)
    expect(fault).toMatchObject({ isConflict: true, current: { seconds: 61.3 } })
  })

  test('in the words of the validator is flattened to one sentence and its field', () => {
    const fault = errorFrom(422, { detail: [{ loc: ['body', 'order', 'parameters', 'alpha'], msg: 'Input should be less than 1' }] })
    expect([fault.message, fault.field]).toEqual(['Input should be less than 1', 'parameters.alpha'])
  })

  test('without a sentence gets a plain one', () => {
    expect(errorFrom(404, undefined).message).toBe('There is nothing here, or it is not shared with you.')
    expect(errorFrom(502, '<html>').isOffline).toBe(true)
  })
})

test('a studio that cannot be reached is an error that says so', async () => {
  vi.stubGlobal('fetch', vi.fn(() => Promise.reject(new TypeError('Failed to fetch'))))
  await expect(request('GET', '/me')).rejects.toMatchObject({ status: 0, isOffline: true })
})

test('a change carries the newest CSRF token, a look does not', async () => {
  document.cookie = 'phosphene_csrf=fresh'
  const calls = vi.fn((_url: string, _options: RequestInit) => Promise.resolve(new Response('{}')))
  vi.stubGlobal('fetch', calls)
  await request('GET', '/me')
  await request('POST', '/projects', { body: { name: 'Low Tide' } })
  const headers = calls.mock.calls.map(([, options]) => options.headers as Record<string, string>)
  expect(headers.map((one) => one['X-CSRFToken'])).toEqual([undefined, 'fresh'])
  expect(calls.mock.calls[1]?.[0]).toBe('/api/v1/projects')
})

test('an empty answer is no answer', async () => {
  answer(204, null)
  await expect(request('DELETE', '/cues/1')).resolves.toBeUndefined()
})
