import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createScope } from './scope'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('closing a scope ends listeners, timers and children, newest first', () => {
  const [scope, told] = [createScope(), [] as string[]]
  const target = new EventTarget()
  scope.listen(target, 'ping', () => told.push('ping'))
  scope.every(100, () => told.push('tick'))
  scope.after(250, () => told.push('late'))
  scope.add(() => told.push('first'))
  scope.child().add(() => told.push('child'))
  target.dispatchEvent(new Event('ping'))
  vi.advanceTimersByTime(200)
  scope.close()
  target.dispatchEvent(new Event('ping'))
  vi.advanceTimersByTime(1000)
  expect(told).toEqual(['ping', 'tick', 'tick', 'child', 'first'])
})

test('what is added to a closed scope is closed at once', () => {
  const scope = createScope()
  scope.close()
  const dispose = vi.fn()
  scope.add(dispose)
  expect(dispose).toHaveBeenCalledOnce()
})

test('a child that closed early is not closed again by its parent', () => {
  const [scope, dispose] = [createScope(), vi.fn()]
  const child = scope.child()
  child.add(dispose)
  child.close()
  scope.close()
  expect(dispose).toHaveBeenCalledOnce()
})

test('a timer that was stopped early does not run', () => {
  const [scope, run] = [createScope(), vi.fn()]
  const stop = scope.after(50, run)
  stop()
  vi.advanceTimersByTime(100)
  expect(run).not.toHaveBeenCalled()
})
