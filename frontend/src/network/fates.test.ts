import { expect, test } from 'vitest'
import type { UploadRow } from '../wire/uploads'
import { factLine, factsOf, fatesOf, isOver, tally } from './fates'
import type { Import } from './wire'

const upload = (part: Partial<UploadRow>): UploadRow => ({
  id: 'u', name: 'net.pkl', size: 280_000_000, sent: 61_000_000, kind: 'snapshot', state: 'sending', error: '', secondsLeft: 165, resultUrl: null, ...part,
})
const read = (part: Partial<Import>): Import => ({
  id: 'i', project_id: 'p', sha256: '', created_by: null, created_by_name: '', name: 'net.pkl', size_bytes: 1_200_000, state: 'kept', sentence: '', kind: 'stylegan2', use_radial_filters: null, resolution: 64, num_classes: 0, z_dim: 128, w_dim: 128,
  kimg: 4800, thumbnail_url: null, network_id: 'n', network_name: 'net', snapshot_id: 's', job_id: null, upload_id: null, warnings: [], created_at: '2026-11-21T14:00:00Z', ...part,
})

test('what is sent stands above what is read, newest first', () => {
  const fates = fatesOf([upload({})], [read({ id: 'old', created_at: '2026-11-21T13:00:00Z' }), read({ id: 'new' })])
  expect(fates.map((one) => one.key)).toEqual(['upload-u', 'import-new', 'import-old'])
})

test('uploads of other kinds are none of it', () => {
  expect(fatesOf([upload({ kind: 'track' })], [])).toEqual([])
})

test('each stage has its words, and a bar while something moves', () => {
  const [sending, paused, known, checking] = fatesOf([upload({}), upload({ state: 'paused' }), upload({ state: 'done', isKnown: true }), upload({ state: 'checking' })], [])
  expect([sending!.words, sending!.share]).toEqual(['61 of 280 MB, 2 min 45 s left', 61 / 280])
  expect(paused!.words).toBe('Paused at 61 of 280 MB')
  const [compared] = fatesOf([upload({ isHashing: true, sent: 0 })], [])
  expect([compared!.words, compared!.share]).toEqual(['Being compared with what is here', null])
  expect([known!.stage, 'share' in known!, isOver(known!)]).toEqual(['known', false, true])
  expect([checking!.stage, checking!.share]).toEqual(['reading', null])
})

test('a refused file says why, a kept one what to know about it', () => {
  const refusal = '"net.pkl" asks to run a program while it is read, so it was refused. Nothing was run or kept.'
  const [refused, warned] = fatesOf([], [read({ state: 'refused', sentence: refusal, kind: '', resolution: null }), read({ id: 'w', warnings: ['12 tensors hold NaN.'], created_at: '' })])
  expect([refused!.words, factsOf(refused!).pixels]).toEqual([refusal, ''])
  expect(warned!.words).toBe('12 tensors hold NaN.')
})

test('the facts of a read file, in cells and in a line', () => {
  const [fate] = fatesOf([], [read({ num_classes: 5 })])
  expect(factsOf(fate!)).toEqual({ kind: 'StyleGAN2', pixels: '64²', classes: '5', dims: '128, 128', kimg: '4,800' })
  expect(factLine(fate!)).toBe('1.2 MB · StyleGAN2 · 64² · 5 classes · z, w 128, 128 · kimg 4,800')
})

test('StyleGAN3 says which of its two it is', () => {
  const of = (isRadial: boolean) => factsOf(fatesOf([], [read({ kind: 'stylegan3', use_radial_filters: isRadial })])[0]!).kind
  expect([of(false), of(true)]).toEqual(['StyleGAN3-T', 'StyleGAN3-R'])
})

test('the table counts its fates', () => {
  const fates = fatesOf([upload({}), upload({ state: 'done', isKnown: true })], [read({}), read({ state: 'refused' }), read({ state: 'reading' })])
  expect(tally(fates)).toBe('1 kept, 1 known already, 1 refused, 2 on the way')
  expect(tally(fatesOf([], [read({ state: 'failed' }), read({ state: 'known' })]))).toBe('1 known already, 1 not read')
})
