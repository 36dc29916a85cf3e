/** What lanes a timeline has, in which order, and how each is drawn. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import { createCueLane } from './cue_lane'
import { drawCurve, drawImpulses, drawTable, levelBetween } from './draw_curve'
import { drawBars, drawGrid, drawRuler } from './draw_time'
import { drawWave, PLAYED, UNPLAYED } from './draw_wave'
import { createLaneCanvas, type Drawing } from './lane_canvas'
import { inOrder, type LaneSettings } from './lane_settings'
import type { LaneSpec } from './lane_stack'
import type { TimelineOptions } from './timeline'
import type { NamedCurve } from './track_lanes'

/** desk = track page, scene = under the stage, phone = small screen, embed = inside another page. */
export type Layout = 'desk' | 'scene' | 'phone' | 'embed'

const WAVE_HEIGHTS: Record<Layout, number> = { desk: 160, scene: 72, phone: 132, embed: 120 }
const CURVE_HEIGHTS: Record<string, number> = { onset: 52, chroma: 72, brightness: 56 }
const SCENE_LANES = ['loudness', 'bass', 'onset']
const CURVES_AWAITED = ['loudness', 'bass', 'onset', 'chroma', 'brightness']

export type SnapTo = (seconds: number, isSuspended: boolean) => number

export function lanesOf(options: TimelineOptions, snapTo: SnapTo, settings: LaneSettings): LaneSpec[] {
  const { layout } = options
  const lanes: LaneSpec[] = []
  if (layout !== 'phone') lanes.push({ id: 'time', title: 'Time', height: layout === 'desk' ? 26 : 24, isPanel: true, draw: drawRuler })
  if (layout !== 'scene') lanes.push(barsLane(options))
  if (options.cues) lanes.push(cuesLane(options, snapTo))
  lanes.push(waveLane(options))
  const curves = inOrder([...drivenLanes(options, settings), ...curveLanes(options, settings)], settings.order)
  return [...lanes, ...curves.map((lane) => ({ ...lane, isMovable: lane.isCurve === true && (layout === 'desk' || layout === 'scene') }))]
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

function barsLane({ sound, missing }: TimelineOptions): LaneSpec {
  const grid = sound.grid.get()
  const reason = grid ? (grid.beats.length ? null : (grid.no_beats ?? 'No beats were found.')) : missing()
  return { id: 'bars', title: 'Bars', height: 24, isPanel: true, missing: reason, draw: (drawing) => drawBars(drawing, sound.beats.get()) }
}

function cuesLane(options: TimelineOptions, snapTo: SnapTo): LaneSpec {
  const mount = (scope: Scope, cell: HTMLElement): void => {
    const store = options.cues
    if (!store) return
    const lane = createCueLane(scope, cell, {
      view: options.view,
      mayEdit: options.mayEdit,
      snap: snapTo,
      onSelect: (id) => store.selected.set(id),
      onMove: (id, times, isDone) => (isDone ? store.change(id, times, 'Move cue') : store.show(id, times)),
      onRename: (id) => options.onRename?.(id),
      onAdd: (seconds) => options.onRename?.(store.add({ seconds, label: '' })),
      onSeek: (seconds) => options.player.seek(seconds),
    })
    const show = (): void => lane.show(store.cues.get(), store.selected.get())
    scope.add(store.cues.subscribe(show))
    scope.add(store.selected.subscribe(show))
    show()
  }
  return { id: 'cues', title: 'Cues', hue: 'hue-red', height: options.layout === 'desk' ? 30 : 28, mount }
}

function waveLane(options: TimelineOptions): LaneSpec {
  const { sound, view, player, layout } = options
  const mount = (scope: Scope, cell: HTMLElement, head: HTMLElement): void => {
    head.classList.add('wave-head')
    head.replaceChildren()
    const words = element('div', { class: 'grow' }, head)
    element('div', { class: 'strong clip', title: options.title }, words, options.title)
    if (options.detail) element('div', { class: 'faint xxs num' }, words, options.detail)
    if (options.href) element('a', { class: 'xs', href: options.href }, head, 'Open')
    const paint = (tones: typeof PLAYED) => (drawing: Drawing): void => {
      const peaks = sound.peaks.get()
      if (tones === UNPLAYED) drawGrid(drawing, sound.beats.get())
      if (peaks) drawWave(drawing, peaks, tones)
    }
    const rest = createLaneCanvas(scope, cell, view, paint(UNPLAYED))
    const played = createLaneCanvas(scope, cell, view, paint(PLAYED))
    const clip = (): void => {
      const x = Math.max(0, view.xOf(player.seconds))
      played.canvas.style.clipPath = `inset(0 calc(100% - ${x}px) 0 0)`
    }
    scope.add(player.events.on('tick', clip))
    scope.add(view.events.on('change', clip))
    const peaks = sound.peaks.get()
    if (peaks) scope.add(peaks.events.on('loaded', () => [rest, played].forEach((canvas) => canvas.redraw())))
    clip()
  }
  const reason = sound.peaks.get() ? null : options.missing()
  return { id: 'wave', title: options.title, height: WAVE_HEIGHTS[layout], isTall: layout === 'desk' || layout === 'embed', missing: reason, mount }
}

function curveLanes(options: TimelineOptions, settings: LaneSettings): LaneSpec[] {
  const { sound, layout } = options
  const curves = sound.lanes.get()
  const heightOf = (name: string): number => settings.heights[name] ?? (layout === 'scene' ? 44 : (CURVE_HEIGHTS[name] ?? 64))
  if (!curves) {
    const names = layout === 'phone' ? ['loudness'] : layout === 'scene' ? SCENE_LANES : CURVES_AWAITED
    return names.map((name) => ({ id: name, title: TITLES[name] ?? name, height: heightOf(name), missing: options.missing() }))
  }
  const isShown = ({ name }: NamedCurve): boolean => {
    if (layout === 'phone') return name === 'loudness'
    if (layout === 'scene' && (!SCENE_LANES.includes(name) || options.driven?.get().covered.has(name))) return false
    return !settings.hidden.includes(name)
  }
  return deskOrder(curves).filter(isShown).map((curve) => ({
    id: curve.name,
    title: curve.title,
    detail: curve.detail,
    hue: curve.hue,
    height: layout === 'phone' ? 40 : heightOf(curve.name),
    isCurve: true,
    hasEye: true,
    ...options.driven?.get().free(curve.name, curve.title, curve.hue),
    draw: drawerOf(curve, options),
  }))
}

const TITLES: Record<string, string> = { loudness: 'Loudness', bass: 'Bass', onset: 'Onsets', chroma: 'Chroma', brightness: 'Brightness' }
const ORDER = ['loudness', 'short_term', 'bass', 'low_mid', 'mid', 'high_mid', 'high', 'onset', 'chroma', 'brightness']

function deskOrder(curves: readonly NamedCurve[]): NamedCurve[] {
  const place = ({ name }: NamedCurve): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)
  return [...curves].sort((one, other) => place(one) - place(other))
}

function drawerOf(curve: NamedCurve, { sound }: TimelineOptions): (drawing: Drawing) => void {
  if (curve.columns > 1) return (drawing) => drawTable(drawing, curve, curve.hue)
  if (curve.name === 'onset' && sound.beats.get().onsets.length) {
    const times = sound.beats.get().onsets
    const strengths = times.map((seconds) => levelBetween(curve, seconds - 0.02, seconds + 0.05))
    return (drawing) => drawImpulses(drawing, times, strengths, curve.hue)
  }
  return (drawing) => {
    drawGrid(drawing, sound.beats.get())
    drawCurve(drawing, curve, curve.hue)
  }
}
