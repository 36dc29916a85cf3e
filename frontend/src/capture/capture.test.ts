import { describe, expect, it } from 'vitest'
import { createStore } from '../lib/store'
import type { Portrait } from '../wire/types'
import { arrivalsOf, faceBoxOf, factsOf, stampOf } from './arrivals'
import { FIELDS } from './CameraPanel'
import { counted, courseWords } from './Controls'
import { controlsOf, isLocked } from './controls'
import { burstAfter, readPicture, withShots, type BurstCount, type DeviceStatus, type ShotMessage, type TestShotMessage } from './messages'
import { shownCode } from './PairDialog'
import { take } from './session'
import { sessionOf } from './use_capture'
import { settingSentence } from './words'
import { linesOf, pathsOf } from './Sparks'
import { awayWords, bitRate, heardWords, isoOf, networkWords, onItsWay, rateWords, readSize, roughly, sittingName, spaceWords, spoolWords } from './words'

const NOW = new Date('2026-11-20T19:00:00Z')

const status = (more: Partial<DeviceStatus> = {}): DeviceStatus => ({
  at: NOW.toISOString(), state: 'shooting', session_id: 's', taken: 412, wanted: 600, rate: 2.1, seconds_left: 90,
  wished: { resolution: [2000, 2000], iso: 0, shutter_us: 1000, red_gain: 3.125, blue_gain: 1.96, preview_seconds: 10, prompt_on_timeout: true, number_of_photos: 600, interval_seconds: 0, countdown_seconds: 5, dataset_name: 'ines' },
  effective: { resolution: [2000, 2000], exposure_us: 7996, analogue_gain: 2.01, digital_gain: 1, red_gain: 2.9, blue_gain: 1.8 },
  free_bytes: 21_400_000_000, floor_bytes: 512_000_000, shots_left: 14_873, spool: { waiting: 116, sending: 2, blocked: 0, done: 294, bytes: 173_000_000 },
  network: { bits_per_second: 2_100_000, last_ok_at: NOW.toISOString() }, warnings: [], last: null, ...more,
})
const shot = (sequence: number, more: Partial<ShotMessage> = {}): ShotMessage => ({
  session_id: 's', sequence, name: `faces_${sequence}.jpeg`, sha256: '', at: `2026-11-20T19:00:${String(sequence).padStart(2, '0')}Z`,
  measures: { sharpness: 60 + sequence, brightness: 48, clipped: 2, faces: null }, effective: status().effective!, ...more,
})
const portrait = (id: number, more: Partial<Portrait> = {}): Portrait => ({
  id, name: `faces_${id}.jpeg`, sharpness: null, faces: null, brightness: null, clipped: null, state: 'ready', thumb_url: `/t/${id}`,
  taken_at: `2026-11-20T19:00:${String(id).padStart(2, '0')}Z`, width_px: 2000, height_px: 1000, face_px: null, face_x: null, face_y: null, ...more,
} as Portrait)

describe('words of a device', () => {
  it('says space in gigabytes and rounded shots, and a full disk as what it means', () => {
    expect(spaceWords(status())).toBe('21 GB, about 14,800 shots')
    expect(spaceWords(status({ free_bytes: 1, shots_left: 0 }))).toBe('Full: no more shots')
    expect([roughly(14_873), roughly(999), roughly(0), roughly(123_456)]).toEqual([14_800, 999, 0, 123_000])
  })
  it('says what waits and what is stuck', () => {
    expect(spoolWords(status().spool)).toBe('118 waiting')
    expect(spoolWords({ waiting: 0, sending: 0, blocked: 3, done: 0, bytes: 0 })).toBe('empty, 3 blocked')
  })
  it('calls a slow line weak and a dead one dead', () => {
    expect(networkWords(status())).toBe('Weak, 2.1 Mbit/s')
    expect(networkWords(status({ network: { bits_per_second: 48_000_000, last_ok_at: NOW.toISOString() } }))).toBe('48 Mbit/s')
    expect(networkWords(status({ network: { bits_per_second: 0, last_ok_at: null } }))).toBe('Not measured yet')
    expect(networkWords(status({ network: { bits_per_second: 2e6, last_ok_at: '2026-11-20T18:58:00Z' } }))).toBe('Nothing gets through')
    expect(bitRate(340_000)).toBe('340 kbit/s')
  })
  it('says since when it is off and what waits on it', () => {
    const device = { state: 'away', last_seen_at: '2026-11-17T12:00:00Z', status: { spool: { waiting: 0, sending: 0, blocked: 0, done: 9, bytes: 0 } } }
    expect(awayWords(device, NOW)).toBe('Off since Tuesday. 0 shots waiting on it.')
    expect(awayWords({ ...device, last_seen_at: '2026-11-20T18:48:00Z', status: {} }, NOW)).toBe('Off for 12 min.')
    expect(awayWords({ state: 'new', last_seen_at: null, status: {} }, NOW)).toBe('Paired; has not connected yet.')
    expect(heardWords('2026-11-20T18:59:59Z', NOW)).toBe('1 s ago')
  })
  it('names a sitting by day and part of the day', () => {
    expect(sittingName(new Date(2026, 10, 20, 19))).toBe('20 November, evening')
    expect(sittingName(new Date(2026, 0, 2, 9))).toBe('2 January, morning')
  })
  it('says rates as one would', () => {
    expect([rateWords(2.1), rateWords(0.1), rateWords(0)]).toEqual(['2.1 shots/s', '1 shot every 10 s', ''])
    expect([isoOf(2.01, 1), isoOf(2, 1.5), isoOf(null, 1)]).toEqual([201, 300, null])
  })
})

describe('on its way', () => {
  it('counts what arrived of what was taken, and when the rest is here', () => {
    const way = onItsWay(status(), 294)
    expect([way?.arrived, way?.total, way?.share.toFixed(3)]).toEqual([294, 412, '0.714'])
    expect(way?.sentence).toBe('118 shots wait on the device. At this speed they are here in 11 min. It keeps each one until the studio has confirmed it.')
  })
  it('promises no time while the device is off, or the line unknown', () => {
    expect(onItsWay(status(), 294, false)?.sentence).toContain('Nothing is sent until it is back.')
    expect(onItsWay(status({ network: { bits_per_second: 0, last_ok_at: null } }), 294)?.sentence).not.toContain('At this speed')
  })
  it('never counts more arrived than there are, and never leaves out what waits', () => {
    expect(onItsWay(status({ taken: 5 }), 294)?.total).toBe(294 + 118)
    expect(onItsWay(status({ spool: { waiting: 0, sending: 0, blocked: 0, done: 412, bytes: 0 } }), 412)).toMatchObject({ share: 1, sentence: 'Every shot is here.' })
  })
  it('is silent when nothing waits and nothing is known', () => {
    expect(onItsWay(status({ session_id: null, spool: { waiting: 0, sending: 0, blocked: 0, done: 0, bytes: 0 } }), null)).toBeNull()
  })
  it('tells of shots that were refused', () => {
    expect(onItsWay(status({ spool: { waiting: 0, sending: 0, blocked: 1, done: 0, bytes: 0 } }), 3)?.sentence).toBe('1 shot was refused and stays on the device; “phosphene-capture sets” there says why.')
  })
})

describe('what is typed', () => {
  it('becomes a code in two groups of four', () => {
    expect([shownCode('h4kt9xpa'), shownCode('h4k'), shownCode(' H4KT-9xpa zz'), shownCode('h4kt')]).toEqual(['H4KT-9XPA', 'H4K', 'H4KT-9XPA', 'H4KT'])
  })
  it('becomes a size in any of the ways people write one', () => {
    expect([readSize('2000 x 1500'), readSize('2000×1500'), readSize('2000'), readSize('2000 1500')]).toEqual([[2000, 1500], [2000, 1500], [2000, 2000], [2000, 1500]])
    expect([readSize(''), readSize('wide'), readSize('1 x 2 x 3')]).toEqual([null, null, null])
  })
  it('becomes a setting, with or without its unit, and nonsense becomes none', () => {
    const read = (name: string, text: string): unknown => FIELDS.find((field) => field.name === name)?.read(text)
    expect([read('shutter_us', '8,000 µs'), read('iso', 'auto'), read('red_gain', '2.9'), read('iso', 'high'), read('iso', '')]).toEqual([8000, 0, 2.9, undefined, undefined])
  })
  it('is shown beside what the camera did', () => {
    const is = Object.fromEntries(FIELDS.map((field) => [field.name, field.is?.(status()) ?? null]))
    expect([is.shutter_us, is.iso, is.interval_seconds, is.resolution]).toEqual(['7,996', '201', '0.476', null])
  })
})

describe('controls', () => {
  it('are those of the state', () => {
    const names = (state: DeviceStatus['state']): string[] => controlsOf(state).filter((one) => !one.reason).map((one) => one.name)
    expect(names('idle')).toEqual(['test_shot', 'start'])
    expect(names('testing')).toEqual(['cancel', 'retake', 'accept'])
    expect(names('shooting')).toEqual(['pause', 'stop'])
    expect(names('paused')).toEqual(['resume', 'stop'])
    expect(names('countdown')).toEqual(['cancel'])
    expect(controlsOf(undefined)).toEqual([])
  })
  it('hold at most one primary button, and one settings for a whole burst', () => {
    for (const state of ['idle', 'previewing', 'testing', 'countdown', 'shooting', 'paused'] as const) {
      expect(controlsOf(state).filter((one) => one.kind === 'primary').length).toBeLessThanOrEqual(1)
      expect(isLocked(state)).toBe(['countdown', 'shooting', 'paused'].includes(state))
    }
  })
  it('count the burst that runs, and after it what it came to', () => {
    const running = status({ taken: 22, wanted: 40 })
    expect(counted({ status: running, burst: null }, 5)).toEqual({ taken: 22, wanted: 40 })
    const burst = burstAfter(null, running)
    const idle = status({ state: 'idle', taken: 0, wanted: 60 })
    expect(burstAfter(burst, idle)).toEqual({ taken: 22, wanted: 40 })
    expect(counted({ status: idle, burst }, 40)).toEqual({ taken: 40, wanted: 40 })
    expect(counted({ status: idle, burst }, 22)).toEqual({ taken: 22, wanted: 40 })
    expect(counted({ status: idle, burst: null }, null)).toEqual({ taken: 0, wanted: 600 })
    expect(burstAfter(burst, status({ state: 'countdown', wanted: 60 }))).toEqual({ taken: 0, wanted: 60 })
    expect(counted({ status: null, burst: null }, 3)).toBeNull()
  })
  it('are told in words', () => {
    expect(courseWords(status())).toEqual(['2.1 shots/s', '1 min 30 s left'])
    expect(courseWords(status({ state: 'countdown', seconds_left: 4.2 }))).toEqual(['Starts in 5 s'])
    expect(courseWords(status(), false)).toEqual(['When last heard from: shooting'])
    expect(courseWords(status({ taken: 1, rate: 0 }))).toEqual(['Measuring speed'])
  })
})

describe('messages', () => {
  it('are pictures with a head of nine bytes', async () => {
    const bytes = new Uint8Array([2, 0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0, 0xff, 0xd8, 0xff])
    const read = readPicture(bytes.buffer)
    expect([read?.kind, read?.takenMs, read?.picture.size]).toEqual([2, 0x018bcfe56800, 3])
    expect(readPicture(bytes.slice(0, 9).buffer)).toBeNull()
    expect(readPicture(new Uint8Array([7, ...bytes.slice(1)]).buffer)).toBeNull()
  })
  it('repeated by a line that came back count once, and a new session begins anew', () => {
    const known = withShots([], [shot(1), shot(2)])
    expect(withShots(known, [shot(1), shot(2), shot(3)]).map((one) => one.sequence)).toEqual([1, 2, 3])
    expect(withShots(known, [shot(1, { session_id: 'next' })]).map((one) => one.session_id)).toEqual(['next'])
    expect(withShots([], Array.from({ length: 500 }, (_, at) => shot(at + 1))).length).toBe(240)
  })
  it('put a test shot away once it was decided', () => {
    const made = { isOnline: createStore<boolean | null>(null), status: createStore<DeviceStatus | null>(null), shots: createStore<readonly ShotMessage[]>([]), testShot: createStore<TestShotMessage | null>(null), burst: createStore<BurstCount | null>(null) }
    take(made, { type: 'status', ...status({ state: 'testing' }) })
    take(made, { type: 'test_shot', measures: shot(1).measures, effective: status().effective! })
    expect(made.testShot.get()).not.toBeNull()
    take(made, { type: 'status', ...status({ state: 'idle' }) })
    expect(made.testShot.get()).toBeNull()
    take(made, { type: 'line', is_online: false })
    expect(made.isOnline.get()).toBe(false)
    expect(made.status.get()).not.toHaveProperty('type')
  })
})

describe('arrivals', () => {
  it('show a shot at once, then its picture, then the studio’s own number', () => {
    const [told] = arrivalsOf([shot(1)], [])
    expect([told?.portrait, told?.sharpness, told?.isScored]).toEqual([null, 61, false])
    const [came] = arrivalsOf([shot(1)], [portrait(1)])
    expect([came?.portrait?.id, came?.sharpness, came?.isScored]).toEqual([1, 61, false])
    const [scored] = arrivalsOf([shot(1)], [portrait(1, { sharpness: 71, faces: 1 })])
    expect([scored?.sharpness, scored?.faces, scored?.isScored]).toEqual([71, 1, true])
  })
  it('taken while the line was broken stand where they were taken', () => {
    const name = (second: number): string => `faces_11-21-2026_13-05-0${second}-000000.jpeg`
    const shots = [shot(1, { name: name(1) }), shot(2, { name: name(4), at: '2026-11-20T18:00:00Z' })]
    const all = arrivalsOf(shots, [portrait(8, { name: name(3) }), portrait(9, { name: name(2) })])
    expect(all.map((one) => one.name)).toEqual([name(1), name(2), name(3), name(4)])
    expect([stampOf('a_12-31-2025_23-59-59-999999.jpeg')! < stampOf('a_01-01-2026_00-00-00-000000.jpeg')!, stampOf('x.jpeg')]).toEqual([true, null])
  })
  it('put pictures before the page’s time first, and none twice', () => {
    const all = arrivalsOf([shot(3), shot(4)], [portrait(4), portrait(2), portrait(1)])
    expect(all.map((one) => one.name)).toEqual(['faces_1.jpeg', 'faces_2.jpeg', 'faces_3.jpeg', 'faces_4.jpeg'])
  })
  it('are judged by one measure only: the device’s, with faces from whoever looked', () => {
    const shots = [shot(1), shot(2)]
    const facts = factsOf(shots, arrivalsOf(shots, [portrait(1, { sharpness: 20, faces: 2 })]))
    expect(facts.map((one) => [one.sharpness, one.faces])).toEqual([[61, 2], [62, null]])
    expect(factsOf([], arrivalsOf([], [portrait(1, { sharpness: 20 }), portrait(2)])).map((one) => one.sharpness)).toEqual([20])
  })
  it('know where the face is, in percent of a picture that need not be square', () => {
    expect(faceBoxOf(portrait(1, { face_px: 200, face_x: 0.5, face_y: 0.5 }))).toEqual({ left: 45, top: 40, width: 10, height: 20 })
    expect(faceBoxOf(portrait(1))).toBeNull()
  })
})

describe('sparks', () => {
  it('end at the right and have gaps where nothing is known', () => {
    expect(pathsOf([50, 50]).map((run) => run.split(' ').map((point) => point.split(',')[0]))).toEqual([['58', '59']])
    expect(pathsOf([10, null, 30]).length).toBe(2)
    expect(pathsOf([])).toEqual([])
  })
  it('say what fell from what', () => {
    const good = { sharpness: 66, brightness: 50, clipped: 2, faces: 1 }
    const facts = [...Array.from({ length: 20 }, () => good), ...Array.from({ length: 7 }, () => ({ ...good, sharpness: 29 }))]
    expect(linesOf(facts).map((line) => [line.words, line.isWarned])).toEqual([['29, was 66', true], ['steady at 50', false], ['27 of 27 shots', false]])
    expect(linesOf([{ sharpness: null, brightness: null, clipped: null, faces: null }]).map((line) => line.words)).toEqual(['not measured', 'not measured', 'nobody has looked yet'])
  })
})

describe('the session that is shown', () => {
  const known = [{ id: 'new' }, { id: 'old' }] as unknown as Parameters<typeof sessionOf>[1]

  it('is the one that the device names, once the studio has heard of it', () => {
    expect(sessionOf('old', known)?.id).toBe('old')
    expect(sessionOf('not told yet', known)).toBeNull()
  })

  it('is the last one of a device that names none, as after a restart', () => {
    expect(sessionOf(null, known)?.id).toBe('new')
    expect(sessionOf(null, undefined)).toBeNull()
  })
})

it('says what is wrong with a setting by its title', () => {
  expect(settingSentence('shutter_us: use a whole number from 0 to 1000000.', 'Shutter')).toBe('Shutter: use a whole number from 0 to 1000000.')
  expect(settingSentence('settings.iso: use 0 to 800.', 'ISO')).toBe('ISO: use 0 to 800.')
})
