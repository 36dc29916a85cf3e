import { expect, test } from 'vitest'
import { createLayout, createScroll, TALLEST, type LayoutSpec } from './layout'

const spec: LayoutSpec = { count: 25, sections: [{ rank: 0, count: 7 }, { rank: 7, count: 18 }], width: 394, side: 94, gap: 6, heading: 38 }

test('cells fill the width in whole columns', () => {
  const layout = createLayout(spec)
  expect(layout.columns).toBe(4)
  expect(layout.side).toBeCloseTo(94)
  expect(layout.cellOf(3)).toEqual({ x: 300, y: 38 })
  expect(layout.cellOf(4)).toEqual({ x: 0, y: 138 })
})

test('a session begins a new row below its heading', () => {
  const layout = createLayout(spec)
  expect(layout.cellOf(7)).toEqual({ x: 0, y: 38 + 2 * 100 + 38 })
  expect(layout.headingsBetween(0, 300)).toEqual([{ index: 0, y: 0 }, { index: 1, y: 238 }])
  expect(layout.sectionAt(237)).toBe(0)
  expect(layout.sectionAt(238)).toBe(1)
})

test('every rank is found again where its cell lies', () => {
  for (const one of [spec, { ...spec, sections: [] }, { ...spec, count: 80_000, sections: [{ rank: 0, count: 1 }, { rank: 1, count: 79_999 }] }]) {
    const layout = createLayout(one)
    for (let rank = 0; rank < one.count; rank += Math.max(1, Math.floor(one.count / 97))) {
      const { x, y } = layout.cellOf(rank)
      expect(layout.rankAt(x + 1, y + 1)).toBe(rank)
    }
  }
})

test('a window shows whole rows, first to last, and nothing of an empty grid', () => {
  const layout = createLayout(spec)
  expect(layout.ranksBetween(0, 100)).toEqual({ first: 0, last: 3 })
  expect(layout.ranksBetween(140, 290)).toEqual({ first: 4, last: 10 })
  expect(layout.ranksBetween(0, 1e6)).toEqual({ first: 0, last: 24 })
  expect(createLayout({ ...spec, count: 0, sections: [] }).ranksBetween(0, 500)).toBeNull()
})

test('up and down keep the column, also from a short last row into the next session', () => {
  const layout = createLayout(spec)
  expect(layout.rowStep(1, 1)).toBe(5)
  expect(layout.rowStep(3, 1)).toBe(6)
  expect(layout.rowStep(6, 1)).toBe(9)
  expect(layout.rowStep(9, -1)).toBe(6)
  expect(layout.rowStep(0, -1)).toBe(0)
  expect(layout.rowStep(24, 1)).toBe(24)
})

test('the scroll bar reaches the last row of more pixels than a browser can scroll', () => {
  const short = createScroll(5000, 800)
  expect(short.toGrid(1234)).toBe(1234)
  const long = createScroll(TALLEST * 3, 800)
  expect(long.height).toBe(TALLEST)
  expect(long.toGrid(long.height - 800)).toBeCloseTo(TALLEST * 3 - 800)
  expect(long.toBar(long.toGrid(1_000_000))).toBeCloseTo(1_000_000)
})
