/**
 * The page's one graph of sounds: track, its stems and clicks on the same clock, so that nothing between them drifts.
 *
 * A media element that is led through it stays in it, and is then heard only while the graph runs: it is opened at the first
 * need (a click, a loop, a stem), which is always somebody's hand. Where a browser has none, the element sounds by itself.
 */
import type { Scope } from '../lib/scope'

export interface SoundGraph {
  /** Null until it was opened, and where there is none. */
  readonly context: AudioContext | null
  open(): AudioContext | null
  /** The volume of an element within the graph, 0…1; the element is led through it from the first call on. */
  gainOf(element: HTMLMediaElement, into?: AudioNode): GainNode | null
  /** What all elements of the whole track flow into: silent while stems play in their place. */
  readonly whole: GainNode | null
  /** What clicks flow into. */
  readonly clicks: GainNode | null
  /** Seconds from the graph to the ear, as the browser knows them. */
  readonly outputSeconds: number
}

export function createSoundGraph(scope: Scope): SoundGraph {
  let context: AudioContext | null = null
  let whole: GainNode | null = null
  let clicks: GainNode | null = null
  const gains = new Map<HTMLMediaElement, GainNode>()
  scope.add(() => void context?.close())
  const open = (): AudioContext | null => {
    if (typeof AudioContext === 'undefined' || scope.isClosed) return null
    if (!context) {
      // Before any hand has touched the page a graph would stand still, and what is led through it too.
      if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return null
      context = new AudioContext({ latencyHint: 'interactive' })
      whole = new GainNode(context)
      whole.connect(context.destination)
      clicks = new GainNode(context)
      clicks.connect(context.destination)
    }
    if (context.state === 'suspended') void context.resume()
    return context
  }
  return {
    get context() {
      return context
    },
    get whole() {
      return whole
    },
    get clicks() {
      return clicks
    },
    get outputSeconds() {
      return context ? context.outputLatency || context.baseLatency || 0 : 0
    },
    open,
    gainOf(element, into) {
      const found = gains.get(element)
      if (found) return found
      const here = open()
      if (!here || !whole) return null
      const gain = new GainNode(here)
      new MediaElementAudioSourceNode(here, { mediaElement: element }).connect(gain).connect(into ?? whole)
      gains.set(element, gain)
      return gain
    },
  }
}
