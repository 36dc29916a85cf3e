import { expect, test } from 'vitest'
import { estimate } from './RenderDialog'

test('an estimate counts frames and scales the speed of the preview by the pixels', () => {
  expect(estimate(900, 512 * 512, { framesPerSecond: 30, pixels: 256 * 256 })).toBe('900 frames, about 2 min at the speed of the preview.')
  expect(estimate(300, 256 * 256, { framesPerSecond: 30, pixels: 256 * 256 })).toBe('300 frames, about 10 s at the speed of the preview.')
  expect(estimate(900, 1, null)).toBe('900 frames.')
})
