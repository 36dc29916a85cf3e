import { describe, expect, test } from 'vitest'
import type { Job } from '../wire/types'
import { comingOf, type OneVersion } from './ComingPictures'
import { emptyDraft, planBody, readDraft, withChange, writeDraft, type Draft } from './draft'
import { comparedLines, configLines, differenceLines } from './differences'
import { changeWords } from './Failure'
import { groupsOf, readValue, valueWords, type FieldWords } from './fields'
import { fieldWith, runWith } from './fixtures'
import { reasonOf } from './PlanPanel'
import { asChanged, draftLike } from './use_draft'
import { readRuns } from './use_compared'
import type { Plan } from './wire'

describe('a draft', () => {
  const draft: Draft = { ...emptyDraft, version: 'v1', start: 's1', preset: 'paper256', size: 256, fit: 'pad', changes: { gamma: 0.5, metrics: ['fid'] } }
  test('is kept in the address, to the last setting', () => {
    expect(readDraft(writeDraft(draft))).toEqual(draft)
    expect([writeDraft(emptyDraft), readDraft('')]).toEqual(['', emptyDraft])
  })
  test('of a spoilt address is as good as can be', () => {
    expect(readDraft('?changes=%7Bgamma&fit=stretch&size=abc')).toEqual(emptyDraft)
    expect(readDraft('?changes=[1]').changes).toEqual({})
  })
  test('holds only what differs from the preset', () => {
    const changed = withChange(emptyDraft, 'gamma', 2, 1)
    expect(changed.changes).toEqual({ gamma: 2 })
    expect(withChange(changed, 'gamma', 1, 1).changes).toEqual({})
    expect(withChange({ ...emptyDraft, changes: { metrics: ['kid'] } }, 'metrics', ['fid'], ['fid']).changes).toEqual({})
  })
  test('says the preset’s value where another change had moved it', () => {
    expect(withChange({ ...emptyDraft, changes: { batch: 15 } }, 'gamma', 1, 1).changes).toEqual({ batch: 15, gamma: 1 })
  })
  test('asks for a plan with what is chosen and nothing else', () => {
    expect(planBody(emptyDraft)).toEqual({ preset: 'small', fit: 'exact', changes: {} })
    expect(planBody(draft)).toEqual({ version_id: 'v1', start_snapshot_id: 's1', size: 256, preset: 'paper256', fit: 'pad', changes: { gamma: 0.5, metrics: ['fid'] } })
  })
  test('like a run has its pictures, its start and what it changed', () => {
    const run = runWith({ differences: [{ name: 'gamma', title: 'R1 weight', value: 2, preset_value: 1 }, { name: 'size', title: 'Size', value: 64, preset_value: 128 }] })
    expect(draftLike(run)).toEqual({ version: 'v1', upload: null, start: null, preset: 'small', size: 64, fit: 'exact', changes: { gamma: 2 } })
  })
})

test('settings that do not fit together stay to be mended', () => {
  const fields = [fieldWith({ name: 'size', value: 64, default: 64 }), fieldWith({ value: 16 }), fieldWith({ name: 'gamma', value: 2, default: 1, changed: true })]
  expect(asChanged(fields, { ...emptyDraft, changes: { batch: 15 } }).map((one) => [one.name, one.value, one.changed])).toEqual([['size', 64, false], ['batch', 15, true], ['gamma', 1, false]])
})

describe('pictures that are coming', () => {
  const job = (part: Partial<Job>): Job => ({ id: 'j1', kind: 'make_sample_portraits', state: 'running', ...part }) as Job
  const version = (part: Partial<OneVersion['version']>): OneVersion => ({ dataset: { name: 'Ines' }, version: { id: 'v1', number: 3, name: '64 px', recipe: { crop: 'centre', margin: 0, aspect: 'square', size: 64, resampling: 'area' }, is_frozen: false, job: null, ...part } })
  test('are told while they are drawn or frozen', () => {
    expect(comingOf([job({ state: 'queued' })], []).map((one) => one.words)).toEqual(['Sample portraits are being drawn, to train on. Their versions appear here by themselves.'])
    expect(comingOf([], [version({}), version({ id: 'v2', is_frozen: true })]).map((one) => one.words)).toEqual(['“Ines, v3, 64 px” is being frozen. It appears here by itself.'])
  })
  test('are not awaited from a job that has ended', () => {
    expect(comingOf([job({ state: 'done' }), job({ id: 'j2', kind: 'freeze', state: 'failed' })], [version({ job: job({ id: 'j2' }) })])).toEqual([])
  })
})

describe('what is typed', () => {
  const read = (text: string, part = {}) => readValue(fieldWith(part), text)
  test('is a number in its range, or a sentence', () => {
    expect(read('32')).toEqual({ value: 32 })
    expect(read('16,384', { maximum: 131_072 })).toEqual({ value: 16_384 })
    expect(read('0,0025', { kind: 'number', minimum: 0 })).toEqual({ value: 0.0025 })
    expect(read('1.5')).toEqual({ wrong: 'This is a whole number.' })
    expect(read('1')).toEqual({ wrong: 'From 2 to 512.' })
    expect(read('many')).toEqual({ wrong: '“many” is no number.' })
    expect(read('-1', { maximum: null, minimum: 0 })).toEqual({ wrong: 'At least 0.' })
  })
  test('may be nothing only where a setting may be left out', () => {
    expect(read(' ', { optional: true })).toEqual({ value: null })
    expect(read('')).toEqual({ wrong: 'A number belongs here.' })
  })
})

test('settings stand in their groups, the plain ones before the rest', () => {
  const fields = [fieldWith({ name: 'kimg', group: 'Run' }), fieldWith({ name: 'seed', group: 'Run', advanced: true, changed: true }), fieldWith({ name: 'batch', group: 'Learning', advanced: true })]
  expect(groupsOf(fields).map((one) => [one.title, one.plain.map(({ name }) => name), one.advanced.map(({ name }) => name), one.changed])).toEqual([['Run', ['kimg'], ['seed'], 1], ['Learning', [], ['batch'], 0]])
})

test('values are written as a person would', () => {
  expect([0.30000000000000004, 16_384, null, true, ['fid', 'kid'], 'ada', []].map((one) => valueWords(one))).toEqual(['0.3', '16,384', 'none', 'on', 'fid, kid', 'ada', 'none'])
  expect(valueWords('ada', { choices: [{ value: 'ada', title: 'ADA' }] })).toBe('ADA')
})

describe('differences', () => {
  const words: FieldWords = {
    gamma: { title: 'R1 weight', choices: null },
    metrics: { title: 'Measured at each snapshot', choices: [{ value: 'patch_distance', title: 'Patch distance' }, { value: 'fid', title: 'FID' }] },
  }
  test('from the preset stand beside its value, in words', () => {
    const differences = [{ name: 'gamma', title: 'R1 weight', value: 2, preset_value: 0.0512 }, { name: 'metrics', title: 'Measured at each snapshot', value: ['patch_distance', 'fid'], preset_value: ['fid'] }]
    expect(differenceLines(differences, words).map((one) => [one.title, one.value, one.before])).toEqual([['R1 weight', '2', '0.0512'], ['Measured at each snapshot', 'Patch distance, FID', 'FID']])
    expect(configLines(runWith({ differences }), words).filter((one) => one.isChanged).map((one) => one.title)).toEqual(['R1 weight'])
  })
  test('between runs are what is not the same in all of them', () => {
    const [one, other] = [runWith(), runWith({ config: { ...runWith().config, gamma: 2, path_weight: 2 } })]
    expect(comparedLines([one, other], words)).toEqual([{ name: 'gamma', title: 'R1 weight', values: ['0.0512', '2'] }, { name: 'path_weight', title: 'Path weight', values: ['none', '2'] }])
    expect(comparedLines([one, one], words)).toEqual([])
  })
  test('that are advised say what was before', () => {
    expect(changeWords(runWith(), { gamma: 0.1024 }, words)).toBe('R1 weight: 0.1024, was 0.0512')
  })
  test('are of at most six runs, each once', () => {
    expect(readRuns('?runs=a,b,a,,c')).toEqual(['a', 'b', 'c'])
    expect(readRuns('?runs=a,b,c,d,e,f,g')).toHaveLength(6)
  })
})

test('a run starts only from a plan of just what is chosen, without a problem', () => {
  const plan = { config: {}, problems: [] as unknown[] } as Plan
  const chosen = { ...emptyDraft, version: 'v1' }
  const planned = { plan, fields: [], fault: null, isStale: false, again: () => undefined }
  expect(reasonOf(emptyDraft, planned, false)).toBe('Choose the pictures first.')
  expect(reasonOf(chosen, planned, false)).toBeNull()
  expect(reasonOf(chosen, { ...planned, isStale: true }, false)).toBe('It is being planned.')
  expect(reasonOf(chosen, planned, true)).toBe('A setting holds what is no value. It is marked.')
  expect(reasonOf(chosen, { ...planned, plan: { ...plan, problems: [{ field: 'version', sentence: 'Three pictures are too few.' }] } }, false)).toBe('Three pictures are too few.')
})
