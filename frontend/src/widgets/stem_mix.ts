/**
 * Parts of a track heard in its place: solo and mute. They are scheduled in pieces, in step to the sample; where that cannot
 * be (a rate that keeps its pitch, a browser that unpacks otherwise) each is a media element that is held near the track's.
 */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import { createStore, type Store } from '../lib/store'
import type { Player } from './player'
import { StemPieces } from './stem_pieces'

export interface PartSound {
  id: string
  name: string
  url: string
  /** Parts of one family make up the whole track together. */
  family: string
}

export interface PartState {
  isSolo: boolean
  isMuted: boolean
}

export interface StemMix {
  readonly states: Store<Readonly<Record<string, PartState>>>
  /** Whether parts are heard in place of the whole track. */
  readonly isParted: boolean
  show(parts: readonly PartSound[]): void
  set(id: string, change: Partial<PartState>): void
  clear(): void
  /** What flows out of a part that is heard in pieces. */
  outOf(id: string): AudioNode | null
}

const EVERY_MS = 50
/** Further off than this a part jumps, with its sound turned down for that moment. */
const JUMP_SECONDS = 0.08
/** Nearer than this it is left alone. */
const IN_STEP_SECONDS = 0.002
const STRONGEST_PULL = 0.03
/** Seconds off times this is how much faster it plays: in step within a second or two. */
const PULL_PER_SECOND = 1.5
const FADE_SECONDS = 0.02
const READINGS = 7
const SILENT: PartState = { isSolo: false, isMuted: false }

/** Which parts are heard; empty when nothing is chosen and the whole track is. */
export function heardOf(parts: readonly PartSound[], states: Readonly<Record<string, PartState>>): string[] {
  const of = (id: string): PartState => states[id] ?? SILENT
  const solo = parts.filter(({ id }) => of(id).isSolo)
  if (solo.length) return solo.filter(({ id }) => !of(id).isMuted).map(({ id }) => id)
  const families = new Set(parts.filter(({ id }) => of(id).isMuted).map(({ family }) => family))
  return parts.filter(({ id, family }) => families.has(family) && !of(id).isMuted).map(({ id }) => id)
}

interface Follower {
  audio: HTMLMediaElement
  isHeard: boolean
  gain: GainNode
  /** How long a jump takes until the sound is there: learnt. */
  jumpSeconds: number
  jumpedAt: number
  /** The last distances, seconds: a single reading errs by some milliseconds on a busy machine. */
  readings: number[]
}

export function createStemMix(scope: Scope, player: Player): StemMix {
  const states = createStore<Readonly<Record<string, PartState>>>({})
  const followers = new Map<string, Follower>()
  let parts: readonly PartSound[] = []
  let heard: readonly string[] = []
  const pieces = new StemPieces(scope, player)
  const urlOf = (id: string): string => parts.find((part) => part.id === id)?.url ?? ''
  let stop: (() => void) | null = null
  let wasSilent = false

  const isParted = (): boolean => parts.some(({ id }) => states.get()[id]?.isSolo || states.get()[id]?.isMuted)
  const follower = (part: PartSound): Follower | null => {
    const known = followers.get(part.id)
    if (known) return known
    const context = player.open()
    if (!context) return null
    const audio = element('audio', { preload: 'auto', hidden: true, src: part.url, 'data-part': part.name }, document.body)
    const gain = player.graph.gainOf(audio, context.destination)
    scope.add(() => {
      audio.pause()
      audio.removeAttribute('src')
      audio.load()
      audio.remove()
    })
    if (!gain) return null
    gain.gain.value = 0
    const made: Follower = { audio, isHeard: false, gain, jumpSeconds: 0.04, jumpedAt: -Infinity, readings: [] }
    followers.set(part.id, made)
    return made
  }
  const apply = (): void => {
    heard = isParted() ? heardOf(parts, states.get()) : []
    stop?.()
    stop = isParted() ? scope.every(EVERY_MS, hold) : null
    if (!isParted()) pieces.stop()
    hold()
  }
  const hold = (): void => {
    const context = isParted() ? player.open() : player.graph.context
    if (!context) return
    const urls = new Map(heard.map((id) => [id, urlOf(id)]))
    const isInPieces = pieces.can(urls)
    if (isInPieces && isParted()) pieces.step([...urls.values()])
    else pieces.stop()
    // While pieces are fetched for the first time, the whole track is heard on.
    const isSilent = isParted() && (!isInPieces || pieces.isSounding || heard.length === 0)
    if (isSilent !== wasSilent && (isSilent || !isParted())) {
      wasSilent = isSilent
      fade(player.graph.whole?.gain, context, isSilent ? 0 : 1)
    }
    for (const part of parts) {
      const isHeard = !isInPieces && heard.includes(part.id)
      const one = isHeard ? follower(part) : followers.get(part.id)
      if (!one) continue
      if (one.isHeard !== isHeard) fade(one.gain.gain, context, isHeard ? 1 : 0)
      one.isHeard = isHeard
      if (isHeard) holdInStep(one, player)
      else if (!one.audio.paused) one.audio.pause()
    }
  }
  scope.add(player.events.on('seek', hold))
  scope.add(player.events.on('state', hold))
  return {
    states,
    get isParted() {
      return isParted()
    },
    show(next) {
      parts = next
      apply()
    },
    set(id, change) {
      states.set((now) => ({ ...now, [id]: { ...SILENT, ...now[id], ...change } }))
      apply()
    },
    clear() {
      states.set({})
      apply()
    },
    outOf: (id) => pieces.outOf(urlOf(id)),
  }
}

function fade(gain: AudioParam | undefined, context: AudioContext, to: number): void {
  gain?.setTargetAtTime(to, context.currentTime, FADE_SECONDS / 3)
}

/** Far off: jump to where the track will be when the sound is there. Near: a little faster or slower. In step: as the track. */
function holdInStep(one: Follower, player: Player): void {
  const { audio } = one
  const { audio: track, rate } = player
  audio.volume = track.volume
  audio.muted = track.muted
  audio.preservesPitch = track.preservesPitch
  if (!player.isPlaying || track.seeking) {
    if (!audio.paused) audio.pause()
    if (!audio.seeking && Math.abs(audio.currentTime - player.givenSeconds) > IN_STEP_SECONDS) audio.currentTime = player.givenSeconds
    return
  }
  if (audio.seeking || audio.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) return
  if (audio.paused) return begin(one, player.givenSeconds, rate)
  const read = player.givenSeconds - audio.currentTime
  one.readings = [...one.readings.slice(-READINGS + 1), read]
  const late = [...one.readings].sort((a, b) => a - b)[one.readings.length >> 1]!
  if (Math.abs(late) > JUMP_SECONDS * Math.max(1, rate)) {
    learn(one, late / rate)
    return jump(one, player.givenSeconds, rate)
  }
  const pull = Math.abs(late) < IN_STEP_SECONDS ? 0 : Math.max(-STRONGEST_PULL, Math.min(STRONGEST_PULL, PULL_PER_SECOND * late))
  const wanted = rate * (1 + pull)
  if (Math.abs(audio.playbackRate - wanted) > 1e-4) audio.playbackRate = wanted
}

function begin(one: Follower, seconds: number, rate: number): void {
  one.audio.playbackRate = rate
  if (Math.abs(one.audio.currentTime - seconds) > JUMP_SECONDS) jump(one, seconds, rate)
  void one.audio.play().catch(() => undefined)
}

function jump(one: Follower, seconds: number, rate: number): void {
  one.audio.currentTime = seconds + one.jumpSeconds * rate
  one.jumpedAt = performance.now()
  one.readings = []
}

/** Still behind soon after a jump: it takes longer here. */
function learn(one: Follower, late: number): void {
  if (performance.now() - one.jumpedAt < 1000) one.jumpSeconds = Math.min(0.5, Math.max(0, one.jumpSeconds + late))
}
