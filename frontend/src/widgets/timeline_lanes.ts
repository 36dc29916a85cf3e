/** What lanes a timeline has, in which order, and how each is drawn. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import { beatLine } from './beat_line'
import { choose, chooseMany } from './choose_cues'
import { createCueLane } from './cue_lane'
import { curveLanes, overlayOn, withOverlay } from './curve_lanes'
import { drawStretches } from './draw_curve'
import { drawBars, drawGrid, drawRuler } from './draw_time'
import { inOrder, isAdded, laneSettings, SECTIONS, SPECTROGRAM, type LaneSettings } from './lane_settings'
import type { LaneSpec } from './lane_stack'
import { placeWords } from './places'
import { spectrogramLane } from './spectrogram_lane'
import type { TimelineOptions } from './timeline'
import { mountWave } from './wave_lane'

/** desk = track page, scene = under the stage, phone = small screen, embed = inside another page. */
export type Layout = 'desk' | 'scene' | 'phone' | 'embed'

const WAVE_HEIGHTS: Record<Layout, number> = { desk: 160, scene: 72, phone: 132, embed: 120 }
const TALLEST = 480

export type SnapTo = (seconds: number, isSuspended: boolean) => number

export function lanesOf(options: TimelineOptions, snapTo: SnapTo, settings: LaneSettings): LaneSpec[] {
  const { layout } = options
  const lanes: LaneSpec[] = []
  if (layout !== 'scene') lanes.push(barsLane(options))
  if (options.cues) lanes.push(cuesLane(options, snapTo))
  lanes.push(waveLane(options, settings))
  if (layout === 'desk' && isAdded(settings, SPECTROGRAM)) lanes.push(withOverlay(spectrogramLane(options, settings, { mostHeight: TALLEST, overlay: overlayOn(SPECTROGRAM, options, settings, 'hue-violet') }), options, settings))
  if (layout === 'desk' && isAdded(settings, SECTIONS)) lanes.push(sectionsLane(options, settings))
  lanes.push(...drivenLanes(options, settings), ...curveLanes(options, settings))
  const isMovable = layout === 'desk' || layout === 'scene'
  const ordered = inOrder(lanes, settings.order).map((lane) => ({ ...lane, isMovable: isMovable && !lane.missing }))
  if (layout === 'phone') return ordered
  return [{ id: 'time', title: 'Time', height: layout === 'desk' ? 26 : 24, isPanel: true, draw: drawRuler }, ...ordered]
}

function drivenLanes({ driven, sound }: TimelineOptions, settings: LaneSettings): LaneSpec[] {
  return (driven?.get().lanes ?? []).map((lane) => ({
    ...lane,
    height: settings.heights[lane.id] ?? 44,
    isCurve: true,
    draw: (drawing) => {
      drawGrid(drawing, sound.beats.get())
      lane.draw?.(drawing)
    },
  }))
}

function barsLane({ sound, missing, mountBars }: TimelineOptions): LaneSpec {
  const grid = sound.grid.get()
  const reason = grid ? (grid.beats.length ? null : (grid.no_beats ?? 'No beats were found.')) : missing()
  const bars: LaneSpec = { id: 'bars', title: 'Bars', height: 24, isPanel: true, missing: reason }
  if (mountBars && !reason) return { ...bars, mount: mountBars }
  return { ...bars, draw: (drawing) => drawBars(drawing, sound.beats.get()) }
}

function cuesLane(options: TimelineOptions, snapTo: SnapTo): LaneSpec {
  const mount = (scope: Scope, cell: HTMLElement): void => {
    const store = options.cues
    if (!store) return
    const lane = createCueLane(scope, cell, {
      view: options.view,
      mayEdit: options.mayEdit,
      snap: snapTo,
      line: () => beatLine(options.sound.beats.get()),
      words: (seconds) => placeWords(options.sound.beats.get(), seconds),
      onChoose: (id, how) => choose(store, store.cues.get(), id, how),
      onChooseNone: () => store.selected.set(null),
      onBand: (ids) => chooseMany(store, ids),
      onMove: (moves, isDone) => (isDone ? store.changeMany(moves, moves.length === 1 ? 'Move cue' : `Move ${moves.length} cues`) : store.showMany(moves)),
      onRename: (id) => options.onRename?.(id),
      onAdd: (seconds) => options.onRename?.(store.add({ seconds, label: '' })),
      onSeek: (seconds) => options.player.seek(seconds),
    })
    const show = (): void => lane.show(store.cues.get(), store.selected.get(), store.selection.get())
    for (const watched of [store.cues, store.selected, store.selection]) scope.add(watched.subscribe(show))
    const { proposed } = options
    if (proposed) scope.add(proposed.subscribe(() => lane.propose(proposed.get())))
    const { theirs } = options
    if (theirs) {
      const mark = (): void => lane.showTheirs(theirs.get())
      scope.add(theirs.subscribe(mark))
      mark()
    }
    show()
    lane.propose(proposed?.get() ?? [])
  }
  return { id: 'cues', title: 'Cues', hue: 'hue-red', height: options.layout === 'desk' ? 30 : 28, mount }
}

function waveLane(options: TimelineOptions, settings: LaneSettings): LaneSpec {
  const { sound, view, player, layout } = options
  const mount = (scope: Scope, cell: HTMLElement, head: HTMLElement): void => {
    head.classList.add('wave-head')
    const words = head.querySelector('.grow') ?? element('div', { class: 'grow' }, head)
    words.className = 'grow'
    words.replaceChildren()
    element('div', { class: 'strong clip', title: options.title }, words, options.title)
    if (options.detail) element('div', { class: 'faint xxs num' }, words, options.detail)
    if (options.href) element('a', { class: 'xs', href: options.href }, head, 'Open')
    mountWave(scope, cell, {
      sound, view, player,
      hasTints: () => laneSettings.get().hasTints,
      overlay: overlayOn('wave', options, settings),
    })
  }
  const height = layout === 'desk' ? settings.heights.wave : undefined
  const lane: LaneSpec = {
    id: 'wave',
    title: options.title,
    height: height ?? WAVE_HEIGHTS[layout],
    isTall: height === undefined && (layout === 'desk' || layout === 'embed'),
    isCurve: layout === 'desk',
    mostHeight: TALLEST,
    missing: sound.peaks.get() ? null : options.missing(),
    mount,
  }
  return withOverlay(lane, options, settings)
}

/** The sections of the track; the same letter sounds alike. */
function sectionsLane({ sound, missing }: TimelineOptions, settings: LaneSettings): LaneSpec {
  return {
    id: SECTIONS,
    title: 'Sections',
    hue: 'hue-grey',
    height: settings.heights[SECTIONS] ?? 40,
    isCurve: true,
    hasEye: true,
    missing: sound.stretches.get().length > 0 ? null : sound.grid.get() ? 'No sections were found.' : missing(),
    draw: (drawing) => drawStretches(drawing, sound.stretches.get()),
  }
}
