import { beforeEach, describe, expect, it } from 'vitest'
import type { Cue } from '../wire/types'
import type { EditOp } from './edit_ops'
import { createMine, type Mine } from './mine'

const cue = (id: string, values: Partial<Cue> = {}): Cue => ({ id, label: id, seconds: 61.3, colour: 'red', ...values }) as Cue
const change = (id: string, after: object): EditOp => ({ thing: 'cue', op: 'change', id, before: {}, after }) as EditOp
const removal = (id: string): EditOp => ({ thing: 'cue', op: 'remove', id, before: {}, after: {} }) as EditOp
const shown = (...cues: Cue[]): Map<string, Cue> => new Map(cues.map((one) => [one.id, one]))
const news = (values: object) => ({ title: 'Move cue', cues: [], removed: [], hasGrid: false, ...values })

describe('one hears', () => {
  let time = 0
  let mine: Mine
  const told = (theirs: object, now: ReadonlyMap<string, Cue>): string | undefined => mine.heard(news(theirs), now)?.('Ben')
  beforeEach(() => {
    time = 0
    mine = createMine(() => time)
  })

  it('that what one changed is another now, once, and nothing of what one did not change', () => {
    mine.did([change('drop', { colour: 'green' })])
    const now = shown(cue('drop', { colour: 'green' }))
    expect(told({ cues: [cue('drop', { colour: 'green', seconds: 3 })] }, now)).toBeUndefined()
    expect(told({ cues: [cue('other')] }, now)).toBeUndefined()
    expect(told({ cues: [cue('drop', { colour: 'pink' })] }, now)).toBe('Ben changed “drop” after you.')
    expect(told({ cues: [cue('drop', { colour: 'blue' })] }, now)).toBeUndefined()
  })

  it('that what one deleted is back, and that what one made is gone', () => {
    mine.did([removal('drop')])
    expect(told({ cues: [cue('drop')] }, shown())).toBe('Ben brought “drop” back, which you had deleted.')
    mine.did([change('new', { label: '' })])
    expect(told({ removed: ['new'] }, shown(cue('new', { label: '' })))).toBe('Ben deleted the cue at 1:01.30, which you had changed.')
  })

  it('of many at once in one sentence, with what was done', () => {
    mine.did([change('a', { seconds: 1 }), change('b', { seconds: 2 }), { thing: 'marker', op: 'change', id: 'm', before: {}, after: { bpm: 90 } }])
    const now = shown(cue('a', { seconds: 1 }), cue('b', { seconds: 2 }))
    expect(told({ title: 'Bring back “before”', cues: [cue('a'), cue('b')], hasGrid: true }, now)).toBe('Ben changed 2 cues and the beat grid after you: bring back “before”.')
    mine.did([{ thing: 'marker', op: 'change', id: 'm', before: {}, after: { bpm: 91 } }])
    expect(told({ hasGrid: true }, now)).toBe('Ben changed the beat grid after you.')
  })

  it('nothing of what is long ago', () => {
    mine.did([change('drop', { colour: 'green' })])
    time = 11 * 60_000
    expect(told({ removed: ['drop'] }, shown(cue('drop')))).toBeUndefined()
  })
})
