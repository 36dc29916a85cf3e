/** The lanes of the curves of a track, and a second curve laid over any lane. */
import { drawCurve, drawImpulses, drawTable, levelBetween } from './draw_curve'
import { drawGrid } from './draw_time'
import type { Drawing } from './lane_canvas'
import { changeLaneSettings, type LaneSettings } from './lane_settings'
import type { LaneOverlay, LaneSpec } from './lane_stack'
import type { TimelineOptions } from './timeline'
import type { NamedCurve } from './track_lanes'

const HEIGHTS: Record<string, number> = { onset: 52, chroma: 72, brightness: 56 }
const SCENE_LANES = ['loudness', 'bass', 'onset']
const AWAITED = ['loudness', 'bass', 'onset', 'chroma', 'brightness']
const TITLES: Record<string, string> = { loudness: 'Loudness', bass: 'Bass', onset: 'Onsets', chroma: 'Chroma', brightness: 'Brightness' }
const ORDER = ['loudness', 'short_term', 'bass', 'low_mid', 'mid', 'high_mid', 'high', 'onset', 'chroma', 'brightness']

export function curveLanes(options: TimelineOptions, settings: LaneSettings): LaneSpec[] {
  const { sound, layout } = options
  const curves = sound.lanes.get()
  const heightOf = (name: string): number => settings.heights[name] ?? (layout === 'scene' ? 44 : (HEIGHTS[name] ?? 64))
  if (!curves) {
    const names = layout === 'phone' ? ['loudness'] : layout === 'scene' ? SCENE_LANES : AWAITED
    return names.map((name) => ({ id: name, title: TITLES[name] ?? name, height: heightOf(name), missing: options.missing() }))
  }
  const isShown = ({ name }: NamedCurve): boolean => {
    if (layout === 'phone') return name === 'loudness'
    if (layout === 'scene' && (!SCENE_LANES.includes(name) || options.driven?.get().covered.has(name))) return false
    return !settings.hidden.includes(name)
  }
  return deskOrder(curves).filter(isShown).map((curve) => withOverlay({
    id: curve.name,
    title: curve.title,
    detail: curve.detail,
    hue: curve.hue,
    height: layout === 'phone' ? 40 : heightOf(curve.name),
    isCurve: true,
    hasEye: true,
    ...options.driven?.get().free(curve.name, curve.title, curve.hue),
    draw: drawerOf(curve, options),
  }, options, settings))
}

function deskOrder(curves: readonly NamedCurve[]): NamedCurve[] {
  const place = ({ name }: NamedCurve): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)
  return [...curves].sort((one, other) => place(one) - place(other))
}

function drawerOf(curve: NamedCurve, { sound }: TimelineOptions): (drawing: Drawing) => void {
  if (curve.columns > 1) return (drawing) => drawTable(drawing, curve, curve.hue)
  if (curve.name === 'onset') {
    return (drawing) => {
      const { onsets } = sound.beats.get()
      if (onsets.length) drawImpulses(drawing, onsets, strengthsOf(onsets, curve), curve.hue)
      else drawCurve(drawing, curve, curve.hue)
    }
  }
  return (drawing) => {
    drawGrid(drawing, sound.beats.get())
    drawCurve(drawing, curve, curve.hue)
  }
}

const strengths = new WeakMap<readonly number[], number[]>()

/** How strong each onset is on the curve; found once for a list of onsets. */
function strengthsOf(onsets: readonly number[], curve: NamedCurve): number[] {
  const found = strengths.get(onsets) ?? onsets.map((seconds) => levelBetween(curve, seconds - 0.02, seconds + 0.05))
  strengths.set(onsets, found)
  return found
}

/** The second curve that a person has laid over a lane; null where there is none (any more). */
function overlayOf(id: string, { sound, layout }: TimelineOptions, { overlays }: LaneSettings): NamedCurve | null {
  if (layout === 'phone' || layout === 'embed') return null
  return (sound.lanes.get() ?? []).find(({ name, columns }) => name === overlays[id] && columns === 1) ?? null
}

/** The hue of the second curve: its own, or one that parts from the lane's. */
function overlayHue(curve: NamedCurve, ground: string | undefined): string {
  return curve.hue !== ground ? curve.hue : ground === 'hue-pink' ? 'hue-yellow' : 'hue-pink'
}

/** What draws the second curve, for lanes that draw themselves. */
export function overlayOn(id: string, options: TimelineOptions, settings: LaneSettings, ground?: string): ((drawing: Drawing) => void) | undefined {
  const curve = overlayOf(id, options, settings)
  return curve ? (drawing) => drawCurve(drawing, curve, overlayHue(curve, ground), true) : undefined
}

/** Gives a lane the choice of a second curve, and draws the chosen one over it. */
export function withOverlay(lane: LaneSpec, options: TimelineOptions, settings: LaneSettings): LaneSpec {
  const curves = options.sound.lanes.get() ?? []
  if (curves.length === 0 || options.layout === 'phone' || options.layout === 'embed') return lane
  const chosen = overlayOf(lane.id, options, settings)
  const { draw } = lane
  const overlay: LaneOverlay = {
    chosen: chosen && { title: chosen.name === 'short_term' ? `${chosen.title}, ${chosen.detail}` : chosen.title, hue: overlayHue(chosen, lane.hue) },
    choices: curves.filter(({ name, columns }) => columns === 1 && name !== lane.id).map(({ name, title, detail }) => ({ value: name, label: detail ? `${title}, ${detail}` : title })),
    value: chosen?.name ?? '',
    choose(name) {
      const { [lane.id]: _former, ...rest } = settings.overlays
      changeLaneSettings({ overlays: name ? { ...rest, [lane.id]: name } : rest })
    },
  }
  const drawOver = overlayOn(lane.id, options, settings, lane.hue)
  if (!draw || !drawOver) return { ...lane, overlay }
  return {
    ...lane,
    overlay,
    draw(drawing) {
      draw(drawing)
      drawOver(drawing)
    },
  }
}
