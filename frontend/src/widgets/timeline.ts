/** The timeline of a track: overview, rulers, cues, waveform and curves on one time axis, under one playhead. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import type { Store } from '../lib/store'
import type { Cue } from '../wire/types'
import { placeAt, stepAlong } from './beats'
import type { Chosen } from './choose_cues'
import type { MovedCue } from './cue_hand'
import type { ProposedCue, Theirs } from './cue_lane'
import { changeLaneSettings, laneSettings, reordered, setLaneHeight, showLaneOf } from './lane_settings'
import { createLaneStack, type LaneSpec, type LaneStack } from './lane_stack'
import { createOverview } from './overview'
import type { Peaks } from './peaks'
import type { Player } from './player'
import { snapped, type Crossing, type SnapKind } from './snap'
import { listenForTimeGestures } from './time_gestures'
import { lanesOf, type Layout } from './timeline_lanes'
import type { TimeView } from './time_view'
import type { TrackSound } from './track_sound'

/** The cues of the track as the timeline needs them; the page's store fits. */
export interface CuesShown extends Chosen {
  readonly cues: Store<readonly Cue[]>
  add(values: { seconds: number; label: string }): string
  showMany(changes: readonly MovedCue[]): void
  changeMany(changes: readonly MovedCue[], title: string): void
}

export interface TimelineOptions {
  sound: TrackSound
  player: Player
  view: TimeView
  cues: CuesShown | null
  snap: Store<SnapKind>
  /** Zeros of the wave, for those who snap to them. */
  crossing?: Crossing
  /** Cues that could be. */
  proposed?: Store<readonly ProposedCue[]>
  /** Cues that others have chosen. */
  theirs?: Store<Theirs>
  layout: Layout
  mayEdit: boolean
  /** The waveform's name and what stands under it. */
  title: string
  detail: string
  /** Where the waveform's name leads. */
  href?: string
  /** What routes add: lanes of their own, and who carries the heads of the others. */
  driven?: Store<DrivenLanes>
  /** Why there are no curves yet. */
  missing: () => string
  /** The bars lane with more than bars: markers to drag, doubts, proposals. */
  mountBars?: (scope: Scope, cell: HTMLElement) => void
  onRename?: (id: string) => void
  /** The hand moves the view: the page should stop turning by itself. */
  onHand?: () => void
}

/** The lanes of a scene's routes. */
export interface DrivenLanes {
  lanes: readonly LaneSpec[]
  /** Curves of the track that a lane of a route stands for. */
  covered: ReadonlySet<string>
  /** Makes the head of a curve's lane one that can be carried onto a slider. */
  free: (name: string, title: string, hue: string) => Pick<LaneSpec, 'carry' | 'button' | 'drives'>
}

export interface Timeline {
  readonly stack: LaneStack
  /** Something that `missing` depends on has changed. */
  refresh(): void
}

export function createTimeline(scope: Scope, parent: HTMLElement, options: TimelineOptions): Timeline {
  const { sound, player, view, cues } = options
  const minimap = element('div', { class: `minimap ${options.layout}` }, parent)
  scope.add(() => minimap.remove())
  const overview = createOverview(scope, minimap, { player, view })
  const stack = createLaneStack(scope, parent, { player, view, layout: options.layout })
  stack.describe((seconds) => {
    const place = placeAt(sound.beats.get(), seconds)
    return place ? `bar ${place.bar}, beat ${place.beat}` : ''
  })

  const snapTo = (seconds: number, isSuspended: boolean): number =>
    isSuspended ? seconds : snapped(seconds, {
      grid: sound.beats.get(), kind: options.snap.get(), pxPerSecond: view.pxPerSecond,
      ...(options.crossing ? { crossing: options.crossing } : {}),
    })
  listenForTimeGestures(scope, stack.box, {
    player,
    view,
    snap: snapTo,
    leftOf: () => stack.leftOf(),
    isTaken: (event) => (event.target as HTMLElement).closest('[data-cue], button, a') !== null,
    ...(options.onHand ? { onHand: options.onHand } : {}),
  })

  listenForSteps(scope, stack, options)

  let asked = 0
  let shown: string[] = []
  const rebuild = (): void => {
    asked = 0
    const lanes = lanesOf(options, snapTo, laneSettings.get())
    shown = lanes.filter(({ isMovable }) => isMovable).map(({ id }) => id)
    stack.show(lanes)
    overview.showStretches(sound.stretches.get())
  }
  const rebuildSoon = (): void => {
    asked ||= requestAnimationFrame(rebuild)
  }
  scope.add(() => cancelAnimationFrame(asked))
  scope.add(laneSettings.subscribe(rebuildSoon))
  if (options.driven) scope.add(options.driven.subscribe(rebuildSoon))
  scope.add(sound.lanes.subscribe(rebuildSoon))
  // Other beats on the same lanes are drawn; only whether there are any changes what lanes there are.
  const has = (): string => [sound.beats.get().beats, sound.stretches.get()].map(({ length }) => length > 0).join()
  let had = has()
  const redrawOrRebuild = (): void => {
    if (has() === had) view.events.emit('change', undefined)
    else rebuildSoon()
    had = has()
  }
  scope.add(sound.beats.subscribe(redrawOrRebuild))
  scope.add(sound.grid.subscribe(() => sound.grid.get()?.beats.length === 0 && rebuildSoon()))
  scope.add(sound.stretches.subscribe(() => {
    overview.showStretches(sound.stretches.get())
    redrawOrRebuild()
  }))
  scope.add(stack.events.on('hide', (id) => showLaneOf(id, false)))
  scope.add(stack.events.on('height', ({ id, height }) => setLaneHeight(id, height)))
  scope.add(stack.events.on('order', ({ id, before }) => changeLaneSettings({ order: reordered(shown, laneSettings.get().order, id, before) })))
  listenToPeaks(scope, sound, (peaks) => {
    view.sampleRate = peaks.sampleRate
    overview.showPeaks(peaks)
    rebuildSoon()
  })
  if (cues) drawCueLine(scope, stack, cues, view)
  rebuild()
  return { stack, refresh: rebuildSoon }
}

/** Arrows on the playhead: a beat, with Shift a bar, with Alt 10 ms. */
function listenForSteps(scope: Scope, stack: LaneStack, { sound, player }: TimelineOptions): void {
  const directions: Record<string, 1 | -1> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }
  scope.listen(stack.slider, 'keydown', (event) => {
    const direction = directions[event.key]
    if (!direction || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    const { beats, downbeats } = sound.beats.get()
    const grid = event.altKey ? null : stepAlong(event.shiftKey ? downbeats : beats, player.seconds, direction)
    player.seek(grid ?? player.seconds + direction * (event.altKey ? 0.01 : 1))
  })
}

function listenToPeaks(scope: Scope, { peaks }: TrackSound, show: (peaks: Peaks) => void): void {
  const take = (): void => {
    const now = peaks.get()
    if (now) show(now)
  }
  scope.add(peaks.subscribe(take))
  take()
}

/** The chosen cue goes through all lanes as one line. */
function drawCueLine(scope: Scope, stack: LaneStack, cues: CuesShown, view: TimeView): void {
  const line = element('div', { class: 'cueline', hidden: true }, stack.box.querySelector('.timearea') ?? stack.box)
  const place = (): void => {
    const cue = cues.cues.get().find((one) => one.id === cues.selected.get())
    const x = cue ? view.xOf(cue.seconds) : -1
    line.hidden = x < 0 || x > view.width
    if (!cue || line.hidden) return
    line.style.setProperty('--h', `var(--hue-${cue.colour})`)
    line.style.left = `${x}px`
  }
  scope.add(cues.cues.subscribe(place))
  scope.add(cues.selected.subscribe(place))
  scope.add(view.events.on('change', place))
  place()
}
