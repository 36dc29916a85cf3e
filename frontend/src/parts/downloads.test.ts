import { afterEach, expect, test, vi } from 'vitest'
import { download } from './downloads'
import { toasts } from './toasts'

afterEach(() => vi.unstubAllGlobals())

test('what cannot be made is told, and nothing is downloaded', async () => {
  const assign = vi.fn()
  vi.stubGlobal('location', { assign })
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify({ detail: 'This scene has no projection.' }), { status: 422 })))
  download('/scenes/s/scene.yaml')
  await vi.waitFor(() => expect(JSON.stringify(toasts.get())).toContain('This scene has no projection.'))
  expect(assign).not.toHaveBeenCalled()
})

test('what can be made is downloaded', async () => {
  const assign = vi.fn()
  vi.stubGlobal('location', { assign })
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('visualizer: walk', { status: 200 })))
  download('/scenes/s/scene.yaml')
  await vi.waitFor(() => expect(assign).toHaveBeenCalledWith('/api/v1/scenes/s/scene.yaml'))
})
