/** What bench/click_times.py asks of the page's own code: clicks rendered offline, and player and metronome as they play. */
import { createScope } from '../../frontend/src/lib/scope'
import { ClickScheduler, type Anchor } from '../../frontend/src/widgets/clicks'
import { beatsOf, type GridTimes } from '../../frontend/src/widgets/grid_beats'
import { createMetronome } from '../../frontend/src/widgets/metronome'
import { createStemMix } from '../../frontend/src/widgets/stem_mix'
import { Player } from '../../frontend/src/widgets/player'
import { SteadyAnchor } from '../../frontend/src/widgets/steady_anchor'

type Markers = Parameters<typeof beatsOf>[0]

interface Order {
  markers: Markers
  durationSeconds: number
  fromSeconds: number
  rate: number
  loop: Anchor['loop']
  seconds: number
  /** When the page finds time to plan, seconds of the render. */
  steps: number[]
  /** By how much both clocks step while they are read; 0 = they are exact. */
  mediaStep: number
  clockStep: number
}

const SAMPLE_RATE = 48_000

/** An offline render of the code that plans clicks while a track plays, asked as irregularly as a busy page asks. */
async function offline(order: Order): Promise<string> {
  const context = new OfflineAudioContext(1, order.seconds * SAMPLE_RATE, SAMPLE_RATE)
  const clicks = new ClickScheduler(context, context.destination)
  const grid = beatsOf(order.markers, order.durationSeconds)
  const anchor = new SteadyAnchor()
  let looped = 0
  const step = (): void => {
    const now = context.currentTime
    const exact = order.fromSeconds + now * order.rate
    const at = stepped(now, order.clockStep)
    const { loop } = order
    if (loop) while (exact - looped >= loop.to) looped += loop.to - loop.from
    const read = anchor.take(at, stepped(exact, order.mediaStep), order.rate)
    clicks.step(grid, { at, seconds: read.seconds - looped, rate: order.rate, loop })
  }
  for (const at of order.steps) void context.suspend(at).then(() => {
    step()
    void context.resume()
  })
  step()
  return packed((await context.startRendering()).getChannelData(0))
}

const stepped = (seconds: number, by: number): number => (by > 0 ? Math.floor(seconds / by) * by : seconds)

interface Live {
  grid: GridTimes
  fromSeconds: number
  rate: number
  loop: Anchor['loop']
  seconds: number
}

const RECORDER = `registerProcessor('recorder', class extends AudioWorkletProcessor {
  process([input]) {
    this.port.postMessage([0, 1].map((channel) => (input[channel] ?? new Float32Array(128)).slice()))
    return true
  }
})`

/** The page's player and metronome for so long; what they gave out, track and clicks apart, on one clock. */
async function live(src: string, { grid, fromSeconds, rate, loop, seconds }: Live): Promise<{ sampleRate: number; track: string; clicks: string; seams: number[] }> {
  const scope = createScope()
  const audio = document.createElement('audio')
  audio.src = src
  await new Promise((ready) => audio.addEventListener('canplaythrough', ready, { once: true }))
  const player = new Player(scope, audio, audio.duration)
  const metronome = createMetronome(scope, player, () => grid)
  metronome.set(true)
  const { context, whole, clicks } = player.graph
  if (!context || !whole || !clicks) throw new Error('This browser has no audio graph.')
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([RECORDER], { type: 'text/javascript' })))
  const recorder = new AudioWorkletNode(context, 'recorder', { channelCount: 2, channelCountMode: 'explicit', numberOfOutputs: 0 })
  const merger = new ChannelMergerNode(context, { numberOfInputs: 2 })
  whole.connect(merger, 0, 0)
  clicks.connect(merger, 0, 1)
  merger.connect(recorder)
  const kept: Float32Array[][] = [[], []]
  recorder.port.onmessage = ({ data }: MessageEvent<Float32Array[]>) => data.forEach((block, channel) => kept[channel]!.push(block))
  // Stretched sound smears its own clicks over 30 ms: nothing could be compared with them.
  player.setKeepsPitch(false)
  player.setRate(rate)
  const seams: number[] = []
  player.events.on('turn', (behind) => seams.push(behind))
  if (loop) player.setLoop(loop)
  player.place(fromSeconds)
  await player.play()
  await new Promise((done) => setTimeout(done, seconds * 1000))
  player.pause()
  const sampleRate = context.sampleRate
  scope.close()
  return { sampleRate, track: packed(joined(kept[0]!)), clicks: packed(joined(kept[1]!)), seams }
}

interface Drift {
  /** Milliseconds that each part was behind the track, read every 100 ms. */
  parts: number[][]
}

/** Two parts in place of the track for so long, with a jump in the middle: how far they are off it. */
async function drift(src: string, seconds: number): Promise<Drift> {
  const scope = createScope()
  const audio = document.createElement('audio')
  audio.src = src
  await new Promise((ready) => audio.addEventListener('canplaythrough', ready, { once: true }))
  const player = new Player(scope, audio, audio.duration)
  const mix = createStemMix(scope, player)
  mix.show(['one', 'two'].map((id) => ({ id, name: id, url: src, family: 'split' })))
  for (const id of ['one', 'two']) mix.set(id, { isSolo: true })
  await player.play()
  const parts: number[][] = [[], []]
  const began = performance.now()
  scope.every(100, () => Object.values(mix.drift()).forEach((late, index) => parts[index]!.push(late * 1000)))
  scope.after(seconds * 500, () => player.seek(5))
  await new Promise((done) => setTimeout(done, seconds * 1000))
  const expected = Math.floor((performance.now() - began) / 100)
  scope.close()
  return { parts: parts.map((readings) => readings.slice(0, expected)) }
}

function joined(blocks: Float32Array[]): Float32Array {
  const all = new Float32Array(blocks.length * 128)
  blocks.forEach((block, index) => all.set(block, index * 128))
  return all
}

/** Samples as text: little-endian float32 in base64. */
function packed(samples: Float32Array): string {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
  let text = ''
  for (let from = 0; from < bytes.length; from += 32_768) text += String.fromCharCode(...bytes.subarray(from, from + 32_768))
  return btoa(text)
}

Object.assign(window, { bench: { offline, live, drift, beatsOf } })
