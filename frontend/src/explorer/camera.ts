/** The camera before a StyleGAN3 network, moved by hand on the picture. Places are in picture widths from its middle. */
import { plainLook, type Look } from '../network/vectors'

/** As far as the studio allows; hand, wheel, slider and typing end at the same places. */
export const PAN: readonly [number, number] = [-2, 2]
export const ZOOM: readonly [number, number] = [0.1, 10]

const within = (value: number, [least, most]: readonly [number, number]): number => Math.min(most, Math.max(least, value))
const rounded = (value: number): number => Math.round(value * 10_000) / 10_000

/** What is seen goes with the hand. */
export function dragged(look: Look, right: number, down: number): Look {
  return { ...look, pan_x: rounded(within(look.pan_x + right, PAN)), pan_y: rounded(within(look.pan_y + down, PAN)) }
}

/** Nearer by a factor; what lies under the pointer stays there. */
export function zoomed(look: Look, factor: number, at: { x: number; y: number }): Look {
  const zoom = within(look.zoom * factor, ZOOM)
  const grown = zoom / look.zoom
  return dragged({ ...look, zoom: rounded(zoom) }, (at.x - look.pan_x) * (1 - grown), (at.y - look.pan_y) * (1 - grown))
}

export function turned(look: Look, degrees: number): Look {
  const turn = (look.turn + degrees) % 360
  return { ...look, turn: rounded(turn > 180 ? turn - 360 : turn < -180 ? turn + 360 : turn) }
}

export function unmoved(look: Look): Look {
  const { pan_x, pan_y, turn, zoom } = plainLook
  return { ...look, pan_x, pan_y, turn, zoom }
}

export function isMoved(look: Look): boolean {
  return JSON.stringify(unmoved(look)) !== JSON.stringify(look)
}
