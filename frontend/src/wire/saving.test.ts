import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiError } from './api'
import { createSaving } from './saving'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const offline = () => Promise.reject(new ApiError('No connection', 0))

test('an edit is saved at once, and the page knows when', async () => {
  const saving = createSaving()
  await expect(saving.save('scene.1', () => Promise.resolve('kept'))).resolves.toBe('kept')
  expect(saving.state.get()).toMatchObject({ pending: 0, isOffline: false })
  expect(saving.state.get().savedAt).not.toBeNull()
})

test('without connection edits wait, are counted, and go out by themselves', async () => {
  const saving = createSaving()
  const send = vi.fn(offline).mockImplementationOnce(offline).mockResolvedValue('kept' as never)
  const first = saving.save('cue.1', send)
  await vi.advanceTimersByTimeAsync(0)
  const second = saving.save('cue.2', () => Promise.resolve('also'))
  expect(saving.state.get()).toMatchObject({ pending: 2, isOffline: true })
  await vi.advanceTimersByTimeAsync(3000)
  await expect(Promise.all([first, second])).resolves.toEqual(['kept', 'also'])
  expect(saving.state.get()).toMatchObject({ pending: 0, isOffline: false })
})

test('a newer edit of the same thing replaces the one that waits', async () => {
  const saving = createSaving()
  const sent: number[] = []
  let release = (): void => undefined
  const slow = saving.save('cue.1', () => new Promise<number>((resolve) => {
    release = () => {
      sent.push(1)
      resolve(1)
    }
  }))
  const replaced = saving.save('cue.1', () => Promise.resolve(sent.push(2)))
  const newest = saving.save('cue.1', () => Promise.resolve(sent.push(3)))
  await expect(replaced).resolves.toBeNull()
  release()
  await Promise.all([slow, newest])
  expect(sent).toEqual([1, 3])
})

test('an edit that waits offline gives way to a newer one of the same thing', async () => {
  const saving = createSaving()
  const older = saving.save('cue.1', offline)
  await vi.advanceTimersByTimeAsync(0)
  const newer = saving.save('cue.1', () => Promise.resolve('newer'))
  await expect(older).resolves.toBeNull()
  saving.tryNow()
  await expect(newer).resolves.toBe('newer')
})

test('a refusal by the studio is not tried again', async () => {
  const saving = createSaving()
  const send = vi.fn(() => Promise.reject(new ApiError('You may not change this.', 403)))
  await expect(saving.save('cue.1', send)).rejects.toThrow('You may not change this.')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(send).toHaveBeenCalledOnce()
  expect(saving.state.get().pending).toBe(0)
})
