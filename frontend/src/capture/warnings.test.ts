import { describe, expect, it } from 'vitest'
import { changeIn, focusChange, lightChange, median, warningsOf, WINDOW, withoutFace, type ShotFacts } from './warnings'

const shot = (more: Partial<ShotFacts> = {}): ShotFacts => ({ sharpness: 66, brightness: 50, clipped: 2, faces: 1, ...more })
const many = (count: number, more: Partial<ShotFacts> = {}): ShotFacts[] => Array.from({ length: count }, () => shot(more))
const kinds = (shots: ShotFacts[]): string[] => warningsOf(shots).map((one) => one.kind)

describe('median', () => {
  it('is the middle of an odd number and between the two middles of an even one', () => {
    expect(median([5])).toBe(5)
    expect(median([9, 1, 5])).toBe(5)
    expect(median([1, 2, 3, 10])).toBe(2.5)
  })
})

describe('a calm session', () => {
  it('warns of nothing, however long it is', () => {
    for (const count of [0, 1, 6, 7, 14, 240]) expect(kinds(many(count))).toEqual([])
  })
  it('warns of nothing when every value is missing', () => {
    expect(kinds(many(60, { sharpness: null, brightness: null, clipped: null, faces: null }))).toEqual([])
  })
  it('takes a single bad shot for what it is', () => {
    expect(kinds([...many(30), shot({ sharpness: 5, brightness: 5, clipped: 90, faces: 0 }), ...many(3)])).toEqual([])
  })
})

describe('focus', () => {
  it('is lost when four of the last seven fall below 60 % of what was', () => {
    const before = many(20)
    expect(focusChange([...before, ...many(3, { sharpness: 29 })])).toBeNull()
    expect(focusChange([...before, ...many(4, { sharpness: 29 })])).toEqual({ was: 66, is: 29, shotsAgo: 4 })
  })
  it('says so in the words of the page', () => {
    const [warning] = warningsOf([...many(20), ...many(7, { sharpness: 29 })])
    expect(warning?.title).toBe('Focus was lost 7 shots ago.')
    expect(warning?.text).toContain('Sharpness fell from 66 to 29.')
  })
  it('needs seven earlier shots to compare with', () => {
    expect(focusChange([...many(2), ...many(7, { sharpness: 10 })])).toBeNull()
    expect(focusChange([...many(7), ...many(7, { sharpness: 10 })])?.shotsAgo).toBe(7)
  })
  it('stays lost for as long as it is, though most shots are blurred by then', () => {
    expect(focusChange([...many(10), ...many(150, { sharpness: 20 })])).toEqual({ was: 66, is: 20, shotsAgo: 150 })
  })
  it('is found again when it is', () => {
    expect(focusChange([...many(20), ...many(30, { sharpness: 20 }), ...many(4)])).toBeNull()
  })
  it('is judged at exactly 60 %', () => {
    expect(focusChange([...many(20, { sharpness: 50 }), ...many(7, { sharpness: 30 })])).toBeNull()
    expect(focusChange([...many(20, { sharpness: 50 }), ...many(7, { sharpness: 29.9 })])).not.toBeNull()
  })
})

describe('faces', () => {
  it('are missed when five of the last seven hold none', () => {
    expect(kinds([...many(20), ...many(4, { faces: 0 })])).toEqual([])
    expect(kinds([...many(20), ...many(5, { faces: 0 })])).toEqual(['faces'])
    expect(warningsOf(many(7, { faces: 0 }))[0]?.title).toBe('No face in the last 7 shots.')
  })
  it('are not missed where nobody has looked yet', () => {
    expect(withoutFace([...many(6, { faces: 0 }), ...many(50, { faces: null })])).toBeNull()
    expect(kinds([...many(7), ...many(20, { faces: null })])).toEqual([])
  })
})

describe('light', () => {
  it('has changed when it moved by more than a quarter', () => {
    expect(lightChange([...many(20), ...many(7, { brightness: 39 })])).toBeNull()
    expect(lightChange([...many(20), ...many(7, { brightness: 36 })])).toEqual({ was: 50, is: 36, shotsAgo: 7 })
    expect(warningsOf([...many(20), ...many(4, { brightness: 80 })])[0]?.text).toContain('rose from 50 to 80')
  })
  it('may vary by a few points in a dark room', () => {
    expect(lightChange([...many(20, { brightness: 10 }), ...many(7, { brightness: 17 })])).toBeNull()
    expect(lightChange([...many(20, { brightness: 10 }), ...many(7, { brightness: 19 })])).not.toBeNull()
  })
})

describe('clipping', () => {
  it('counts when it grew, not when the backdrop is black', () => {
    expect(kinds(many(40, { clipped: 45 }))).toEqual([])
    const grown = warningsOf([...many(20, { clipped: 5 }), ...many(7, { clipped: 30 })])
    expect(grown.map((one) => one.kind)).toEqual(['clipping'])
    expect(grown[0]?.text).toContain('It was 5 % before.')
  })
  it('counts when hardly a picture is left, from the first seven on', () => {
    expect(kinds(many(6, { clipped: 90 }))).toEqual([])
    expect(kinds(many(7, { clipped: 90 }))).toEqual(['clipping'])
  })
})

describe('changeIn', () => {
  it('finds a step wherever it lies, once seven shots have gone before, and counts the shots since', () => {
    for (let before = WINDOW + 3; before < 40; before += 3) {
      for (let after = 4; after < 40; after += 3) {
        const values = [...Array<number>(before).fill(80), ...Array<number>(after).fill(10)]
        expect(changeIn(values, (now, was) => now < 0.6 * was)).toEqual({ was: 80, is: 10, shotsAgo: after })
      }
    }
  })
})
