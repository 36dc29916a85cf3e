import { expect, test } from 'vitest'
import { TimeView } from './time_view'

function view(): TimeView {
  const made = new TimeView(120)
  made.setWidth(1000)
  return made
}

test('the second under the pointer stays under it while zooming', () => {
  const here = view()
  here.show(20, 60)
  const before = here.secondsAt(700)
  here.zoom(3, 700)
  expect(here.secondsAt(700)).toBeCloseTo(before, 6)
  here.zoom(0.5, 700)
  expect(here.secondsAt(700)).toBeCloseTo(before, 6)
})

test('one cannot zoom out beyond the track nor scroll past its ends', () => {
  const here = view()
  here.zoom(0.001, 500)
  expect(here.to - here.from).toBeCloseTo(120)
  here.show(100, 110)
  here.scrollBy(1e6)
  expect(here.to).toBeCloseTo(120)
  here.scrollBy(-1e7)
  expect(here.from).toBe(0)
})

test('x and seconds are each other\'s inverse', () => {
  const here = view()
  here.show(31, 47)
  expect(here.xOf(here.secondsAt(333))).toBeCloseTo(333)
})

test('the page turns when the playhead leaves it, and not before', () => {
  const here = view()
  here.show(0, 10)
  here.follow(5)
  expect(here.from).toBe(0)
  here.follow(9.5)
  expect(here.from).toBeGreaterThan(8)
  expect(here.xOf(9.5)).toBeGreaterThan(0)
})

test('the zoom slider goes from the whole track to the deepest zoom', () => {
  const here = view()
  here.zoomTo(0)
  expect(here.zoomShare).toBeCloseTo(0)
  here.zoomTo(1)
  expect(here.zoomShare).toBeCloseTo(1)
  here.zoomTo(0.5)
  expect(here.zoomShare).toBeCloseTo(0.5)
})
