import { expect, test } from 'vitest'
import { plainLook } from '../network/vectors'
import { dragged, isMoved, turned, unmoved, zoomed } from './camera'
import { POSITION } from './LookKnobs'

/** Where a point of the network's own picture is seen: larger, turned, then moved. */
function seen(look: typeof plainLook, [x, y]: [number, number]): [number, number] {
  const angle = (look.turn * Math.PI) / 180
  return [look.zoom * (x * Math.cos(angle) - y * Math.sin(angle)) + look.pan_x, look.zoom * (x * Math.sin(angle) + y * Math.cos(angle)) + look.pan_y]
}

test('what is seen goes with the hand, as far as the studio allows', () => {
  expect(dragged(plainLook, 0.25, -0.1)).toMatchObject({ pan_x: 0.25, pan_y: -0.1 })
  expect(dragged(plainLook, 7, -7)).toMatchObject({ pan_x: 2, pan_y: -2 })
})

test('what lies under the pointer stays there while it zooms', () => {
  const before = { ...plainLook, pan_x: 0.1, pan_y: -0.2, turn: 30, zoom: 1.5 }
  const point: [number, number] = [0.2, 0.1]
  const [x, y] = seen(before, point)
  const [nearX, nearY] = seen(zoomed(before, 1.3, { x, y }), point)
  expect([nearX, nearY]).toEqual([expect.closeTo(x, 3), expect.closeTo(y, 3)])
  expect(zoomed(before, 100, { x: 0, y: 0 }).zoom).toBe(10)
})

test('the hand on the picture and the sliders end at the same places', () => {
  const middle = { x: 0, y: 0 }
  const { pan_x: right, pan_y: down, zoom } = POSITION
  expect([zoomed(plainLook, 1e-6, middle).zoom, zoomed(plainLook, 1e6, middle).zoom]).toEqual([zoom.minimum, zoom.maximum])
  expect([zoom.least, zoom.most]).toEqual([zoom.minimum, zoom.maximum])
  expect(dragged(plainLook, -99, 99)).toMatchObject({ pan_x: right.minimum, pan_y: down.maximum })
})

test('a turn stays within half a round', () => {
  expect(turned({ ...plainLook, turn: 170 }, 20).turn).toBe(-170)
  expect(turned({ ...plainLook, turn: -170 }, -20).turn).toBe(170)
})

test('it goes back to where it was, and leaves the noise alone', () => {
  const look = { ...plainLook, noise: 'none' as const, turn: 5 }
  expect(isMoved(look)).toBe(true)
  expect(unmoved(look)).toEqual({ ...plainLook, noise: 'none' })
  expect(isMoved(unmoved(look))).toBe(false)
})
