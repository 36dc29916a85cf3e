import { describe, expect, test } from 'vitest'
import type { Network, Recipe, Render, Track, Visualizer } from '../wire/types'
import { shortName } from '../network/growth'
import { wrongSeed } from './networks/species'
import { differences, filmLines, parameterLines, valueText } from './render/recipe'
import { peaksOf } from './render/RenderPage'
import { firstSnapshots } from './scenes/NewScene'
import { toggled } from './scenes/SnapshotChoice'
import { wrongSize } from './scenes/size'

const visualizer = {
  name: 'noise-blend',
  schema: { properties: { alpha: { title: 'Music in the picture', 'x-order': 2, 'x-unit': 'α' }, loop: { title: 'Loop', 'x-order': 1 } } },
  snapshots: { min: 1, max: 2, kinds: ['cppn'] },
} as unknown as Visualizer

const recipe = (parameters: Record<string, unknown>, more: Partial<Recipe['scene']> = {}): Recipe => ({
  format: 1, revision: 1, first_frame: 0, end_frame: 360, segment_frames: 64, code_path: null, quality: 'final', versions: {},
  encoder: { codec: 'libx264', pix_fmt: 'yuv420p', crf: 16 }, audio: { codec: 'aac', bitrate: 256_000 },
  scene: {
    visualizer: 'noise-blend', parameters, tracks: [{ sha256: 'aa', name: 'Undertow', duration_seconds: 12 }], snapshots: [{ sha256: 'bb', name: 'tidepool 400' }],
    cues: [], markers: [], width: 1024, height: 1024, fps: '30', duration_seconds: 12, ...more,
  },
} as unknown as Recipe)

describe('a recipe', () => {
  test('lists its parameters by title, in the order of the form', () => {
    expect(parameterLines(recipe({ alpha: 0.38, loop: true }), visualizer)).toEqual([{ name: 'Loop', value: 'on' }, { name: 'Music in the picture', value: '0.38 α' }])
  })
  test('says a value as a person would', () => {
    expect([valueText(null, undefined), valueText(0.30000000000000004, undefined), valueText(-1, undefined), valueText([1, 2], undefined)]).toEqual(['none', '0.3', '−1', '1, 2'])
  })
  test('names film and sound', () => {
    expect(filmLines(recipe({})).map((line) => line.value)).toEqual(['1024 × 1024', '30', '0:00.00 – 0:12.00', 'H.264, yuv420p, CRF 16', 'AAC 256 kbit/s'])
  })
  test('differs from another only where it does', () => {
    expect(differences(recipe({ alpha: 0.38 }), recipe({ alpha: 0.38 }), visualizer)).toEqual([])
    const other = recipe({ alpha: 0.3 }, { width: 512, height: 512, tracks: [{ sha256: 'cc', name: 'Undertow', duration_seconds: 12 }] as Recipe['scene']['tracks'] })
    expect(differences(recipe({ alpha: 0.38 }), other, visualizer)).toEqual([
      { name: 'Track', value: 'another file of the same name' }, { name: 'Music in the picture', value: '0.3 α → 0.38 α' }, { name: 'Size', value: '512 × 512 → 1024 × 1024' },
    ])
  })
})

test('a film of a part of a track shows that part of its sound', () => {
  const track = { overview: Array.from({ length: 100 }, (_, at) => at / 100), duration_seconds: 10 } as unknown as Track
  const render = { fps: '30', first_frame: 60, end_frame: 90 } as unknown as Render
  const peaks = peaksOf(track, render)
  expect([peaks?.length, peaks?.[0], peaks?.at(-1)]).toEqual([10, 0.2, 0.29])
  expect(peaksOf(undefined, render)).toBeNull()
})

describe('a new scene', () => {
  const network = (kind: string, ids: string[]) => ({ kind, snapshots: ids.map((id, order) => ({ id, order: ids.length - order })) }) as unknown as Network
  test('begins with the snapshots of a network its visualizer reads, in their order, no more than fit', () => {
    expect(firstSnapshots([network('stylegan2', ['x']), network('cppn', ['c', 'b', 'a'])], visualizer)).toEqual(['a', 'b'])
    expect(firstSnapshots([network('stylegan2', ['x'])], visualizer)).toEqual([])
  })
  test('takes snapshots in the order in which they are pressed', () => {
    expect(toggled(['a'], 'b', 3)).toEqual(['a', 'b'])
    expect(toggled(['a', 'b'], 'a', 3)).toEqual(['b'])
    expect(toggled(['a', 'b'], 'c', 2)).toEqual(['a', 'c'])
  })
  test('has a size that a film can have', () => {
    expect(wrongSize({ width: 1280, height: 720 })).toBeNull()
    expect(wrongSize({ width: 1281, height: 720 })).toContain('even')
    expect(wrongSize({ width: 32, height: 720 })).toContain('64 to 2048')
    expect(wrongSize({ width: Number.NaN, height: 720 })).toContain('whole numbers')
  })
})

test('a seed is a whole number', () => {
  expect(wrongSeed('66913')).toBeNull()
  for (const text of ['', ' ', '-1', '1.5', 'abc', '2147483648']) expect(wrongSeed(text)).not.toBeNull()
})

test('a snapshot is named without its network', () => {
  expect(shortName({ name: 'Smoke 1, 35 %' }, 'Smoke 1')).toBe('35 %')
  expect(shortName({ name: 'Smoke 1' }, 'Smoke 1')).toBe('Smoke 1')
  expect(shortName({ name: 'tidepool-400' }, 'Smoke 1')).toBe('tidepool-400')
})
