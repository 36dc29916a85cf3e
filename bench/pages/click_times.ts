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

// Each recording brings its own processor into a graph.
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

let recorders = 0

/** Records what flows out of these nodes, one channel each, until it is asked for. */
async function recording(context: AudioContext, sources: readonly AudioNode[]): Promise<() => string[]> {
  const name = `recorder${(recorders += 1)}`
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([RECORDER.replace("'recorder'", `'${name}'`)], { type: 'text/javascript' })))
  const merger = new ChannelMergerNode(context, { numberOfInputs: 2 })
  const recorder = new AudioWorkletNode(context, name, { channelCount: 2, channelCountMode: 'explicit', numberOfOutputs: 0 })
  sources.forEach((source, input) => source.connect(merger, 0, input))
  merger.connect(recorder)
  const kept: Float32Array[][] = [[], []]
  recorder.port.onmessage = ({ data }: MessageEvent<Float32Array[]>) => data.forEach((block, channel) => kept[channel]!.push(block))
  return () => sources.map((_, channel) => packed(joined(kept[channel]!)))
}

async function playerOf(src: string, scope: ReturnType<typeof createScope>): Promise<Player> {
  const audio = document.createElement('audio')
  audio.src = src
  await new Promise((ready) => audio.addEventListener('canplaythrough', ready, { once: true }))
  const player = new Player(scope, audio, audio.duration)
  player.open()
  return player
}

const still = (seconds: number): Promise<unknown> => new Promise((done) => setTimeout(done, seconds * 1000))

/** Two parts in place of the track, with a jump in the middle: both of them, and one beside the track's own element. */
async function stems(src: string, seconds: number): Promise<{ sampleRate: number; together: string[]; beside: string[] }> {
  const scope = createScope()
  const player = await playerOf(src, scope)
  const mix = createStemMix(scope, player)
  mix.show(['one', 'two'].map((id) => ({ id, name: id, url: `${src}#${id}`, family: 'split' })))
  for (const id of ['one', 'two']) mix.set(id, { isSolo: true })
  const { context } = player.graph
  const [one, two, track] = [mix.outOf('one'), mix.outOf('two'), player.graph.gainOf(player.audio)]
  if (!context || !one || !two || !track) throw new Error('This browser has no audio graph.')
  const together = await recording(context, [one, two])
  await player.play()
  // The parts are fetched before they are heard.
  await still(2)
  scope.after(seconds * 500, () => player.seek(5))
  const beside = await recording(context, [one, track])
  await still(seconds)
  const { sampleRate } = context
  const found = { sampleRate, together: together(), beside: beside() }
  scope.close()
  return found
}

/** A loop that is entered from before it: all that is heard. */
async function shortLoop(src: string, loop: { from: number; to: number }, seconds: number): Promise<{ sampleRate: number; heard: string[] }> {
  const scope = createScope()
  const player = await playerOf(src, scope)
  const { context, whole } = player.graph
  if (!context || !whole) throw new Error('This browser has no audio graph.')
  const heard = await recording(context, [whole])
  player.place(loop.from - 1.5)
  player.setLoop(loop)
  await player.play()
  await still(seconds + 1.5)
  const { sampleRate } = context
  const found = { sampleRate, heard: heard() }
  scope.close()
  return found
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

Object.assign(window, { bench: { offline, live, stems, shortLoop, beatsOf } })
