import { describe, expect, test } from 'vitest'
import { configOf, emptyDraft, isReady, planBody, plainConfig, readDraft, withChange, withRecipe, withSide, writeDraft } from './draft'
import { readNumber, readRate } from './NumberField'
import { reasonOf } from './PlanPanel'
import { batchOf, meanLoss, placeAfter, stepAt, steppedBy, withBatch } from './strip'
import { withTick } from './use_projection'
import { reasonOf as whyNoScene } from './UseInScene'
import type { Batch, Plan, Projection } from './wire'
import { costWords, dividing, evaluationWords, leftWords, progressWords, standingWords, targetWords } from './words'

const batch = (first: number, end: number, id = `${first}`): Batch => ({ id, first, end, losses: [], steps: [], picture_url: null })

describe('the draft of a projection', () => {
  test('asks for the recipe’s own values until something is changed', () => {
    expect(configOf(emptyDraft)).toEqual(plainConfig)
    expect(configOf(withRecipe(emptyDraft, 'reference'))).toMatchObject({ recipe: 'reference', steps: 1000 })
  })

  test('another recipe brings its own steps and keeps the rest', () => {
    const changed = withChange(withChange(emptyDraft, 'steps', 40), 'space', 'w+')
    expect(withRecipe(changed, 'reference').changes).toEqual({ recipe: 'reference', space: 'w+' })
    expect(configOf(withRecipe(withRecipe(changed, 'reference'), 'quick'))).toMatchObject({ recipe: 'quick', steps: 200, space: 'w+' })
  })

  test('what is taken back is no change', () => {
    expect(withChange(withChange(emptyDraft, 'fps', '15'), 'fps', null).changes).toEqual({})
    expect(withChange(emptyDraft, 'losses', ['pixels']).changes).toEqual({ losses: ['pixels'] })
  })

  test('goes through the address and back', () => {
    const changes = { frames: 12, losses: ['pixels' as const], video_fps: '24', width_height: [640, 360] as [number, number], fit: 'stretch' as const, pull: 0.5 }
    const draft = { ...emptyDraft, target: 't', snapshot: 's', changes }
    expect(readDraft(writeDraft(draft))).toEqual(draft)
    expect(writeDraft(emptyDraft)).toBe('')
    expect(readDraft('?changes=%7B%22nonsense%22%3A1%7D').changes).toEqual({})
    expect(readDraft('?changes=%5B').changes).toEqual({})
  })

  test('names exactly one of video and version', () => {
    expect(planBody({ ...emptyDraft, snapshot: 's', target: 't' })).toMatchObject({ snapshot_id: 's', target_id: 't' })
    expect(planBody({ ...emptyDraft, snapshot: 's', version: 'v' })).not.toHaveProperty('target_id')
    expect(isReady({ ...emptyDraft, snapshot: 's' })).toBe(false)
  })

  test('cannot start with a problem, and says it', () => {
    const plan = { frames: 0, fps: '', problems: [{ field: 'config.fps', sentence: '15 does not divide 25.' }], warnings: [], estimate: {} } as unknown as Plan
    const draft = { ...emptyDraft, snapshot: 's', target: 't' }
    expect(reasonOf(draft, { plan, fault: null, isStale: false })).toBe('15 does not divide 25.')
    expect(reasonOf(draft, { plan: { ...plan, problems: [] }, fault: null, isStale: false })).toBeNull()
    expect(reasonOf(emptyDraft, { plan: undefined, fault: null, isStale: false })).toBe('Choose what is looked for first.')
  })
})

describe('numbers that are typed', () => {
  test.each([
    ['12', {}, { value: 12 }],
    ['1,200', {}, { value: 1200 }],
    ['1.5', {}, { wrong: 'Write a whole number from 1 to 10,000.' }],
    ['1.5', { fraction: true }, { value: 1.5 }],
    ['0', {}, { wrong: 'Write a whole number from 1 to 10,000.' }],
    ['', { optional: true }, { value: null }],
    ['', {}, { wrong: 'Write a number from 1 to 10,000.' }],
    ['many', {}, { wrong: 'Write a whole number from 1 to 10,000.' }],
  ])('%s %o', (text, more, read) => expect(readNumber(text, { from: 1, to: 10_000, ...more })).toEqual(read))
})

describe('rates that are typed', () => {
  test.each([
    ['25', { value: '25' }],
    [' 29.97 ', { value: '29.97' }],
    ['30000/1001', { value: '30000/1001' }],
    ['', { value: null }],
    ['0.5', { wrong: 'Write a rate from 1 to 120, as 25 or 30000/1001, or nothing.' }],
    ['1000', { wrong: 'Write a rate from 1 to 120, as 25 or 30000/1001, or nothing.' }],
    ['30/0', { wrong: 'Write a rate from 1 to 120, as 25 or 30000/1001, or nothing.' }],
    ['fast', { wrong: 'Write a rate from 1 to 120, as 25 or 30000/1001, or nothing.' }],
  ])('%s', (text, read) => expect(readRate(text)).toEqual(read))
})

describe('the size of targets', () => {
  test('is a square until the other side is written, and the network’s when either is taken away', () => {
    expect(withSide(null, 0, 512)).toEqual([512, 512])
    expect(withSide([512, 512], 1, 640)).toEqual([512, 640])
    expect(withSide([512, 640], 0, 256)).toEqual([256, 640])
    expect(withSide([512, 640], 0, null)).toBeNull()
  })
})

describe('the strip of found frames', () => {
  test('what is found again takes the place of what it lies over', () => {
    const found = [batch(0, 8), batch(8, 16), batch(16, 24)]
    expect(withBatch(found, batch(12, 20, 'new')).map((one) => [one.first, one.end])).toEqual([[0, 8], [12, 20]])
    expect(withBatch(found, batch(24, 30)).at(-1)?.end).toBe(30)
    expect(withBatch(found, batch(8, 16, '8'))).toHaveLength(3)
  })

  test('follows the newest until a hand has chosen another', () => {
    const [before, after] = [[batch(0, 8), batch(8, 16)], [batch(0, 8), batch(8, 16), batch(16, 24)]]
    expect(placeAfter(before, 1, after)).toBe(2)
    expect(placeAfter(before, 0, after)).toBe(0)
    expect(placeAfter([], 0, after)).toBe(2)
    // Two batches became one: it is looked at the one that holds the frame.
    expect(placeAfter(after, 1, [batch(0, 16), batch(16, 24)])).toBe(0)
  })

  test('keys and frames lead to batches', () => {
    expect(steppedBy(0, 'ArrowLeft', 3)).toBe(0)
    expect(steppedBy(1, 'End', 3)).toBe(2)
    expect(steppedBy(1, 'x', 3)).toBeNull()
    expect(batchOf([batch(0, 8), batch(8, 16)], 9)).toBe(1)
    expect(batchOf([batch(0, 8)], 99)).toBe(0)
  })

  test('the mean passes over what was not said', () => {
    expect(meanLoss({ losses: [1, null, 3] })).toBe(2)
    expect(meanLoss({ losses: [null] })).toBeNull()
  })

  test('finds the step at which 80 % were gained', () => {
    expect(stepAt({ step: [1, 10, 20, 30], share: [0.1, 0.6, 0.82, 1] }, 0.8)).toBe(20)
    expect(stepAt({ step: [1], share: [0.5] }, 0.8)).toBeNull()
    expect(stepAt({}, 0.8)).toBeNull()
  })
})

describe('words', () => {
  test.each([
    ['30', ['30', '15', '10', '6', '5', '3', '2', '1']],
    ['25', ['25', '5', '1']],
    ['24', ['24', '12', '8', '6', '4', '3', '2', '1']],
  ])('rates that divide %s', (fps, rates) => expect(dividing(fps)).toEqual(rates))

  test('rates of television stay fractions', () => {
    expect(dividing('30000/1001').slice(0, 3)).toEqual(['30000/1001', '15000/1001', '10000/1001'])
  })

  test('a target, what it costs, where it stands', () => {
    expect(targetWords({ kind: 'video', width: 1280, height: 720, fps: '25', frames: 200, seconds: 8 })).toBe('1280 × 720, 25 frames/s, 200 frames, 8 s')
    expect(targetWords({ kind: 'picture', width: 256, height: 256, fps: '1', frames: 1, seconds: null })).toBe('A picture, 256²')
    expect(evaluationWords({ evaluations_most: 12_000, evaluations_likely: null })).toBe('At most 12,000 evaluations of the network')
    expect(evaluationWords({ evaluations_most: 12_000, evaluations_likely: 1900 })).toBe('About 1,900 evaluations of the network, at most 12,000')
    expect(costWords({ seconds_most: null, seconds_likely: null })).toBeNull()
    expect(costWords({ seconds_most: 4200, seconds_likely: 720 })).toBe('About 12 min, at most 1 h 10 min')
    expect(progressWords({ frames_done: 48, frames_total: 200 })).toBe('48 of 200 frames')
    expect(standingWords({ state: 'projecting', wanted: 'pause' })).toBe('Pausing, after the frames in hand')
    expect(leftWords({ state: 'projecting', left_seconds: null })).toBe('Measuring speed')
    expect(leftWords({ state: 'waiting', left_seconds: null })).toBeNull()
  })

  test('a report moves what is shown', () => {
    const one = { state: 'starting', seconds: 0, left_seconds: null, evaluations: 0 } as Projection
    expect(withTick(one, { kind: 'tick', frame: 3, frames: 9, step: 4, loss: 0.5, seconds: 12, left_seconds: 30, evaluations: 77 })).toMatchObject({ state: 'projecting', left_seconds: 30, evaluations: 77 })
  })

  test('a scene needs the network, a track and the visualizer', () => {
    const known = [{ name: 'projection-blend' }]
    expect(whyNoScene({ snapshot_id: null }, 't', known)).toMatch(/not in this project/)
    expect(whyNoScene({ snapshot_id: 's' }, '', known)).toMatch(/needs a track/)
    expect(whyNoScene({ snapshot_id: 's' }, 't', [])).toMatch(/No render service/)
    expect(whyNoScene({ snapshot_id: 's' }, 't', known)).toBeNull()
  })
})
