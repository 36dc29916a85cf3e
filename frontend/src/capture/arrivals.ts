/**
 * Arrivals: shots as the device told of them, joined with the portraits that came for them. A shot is seen at once by its
 * number; its picture and the studio's own scores follow.
 */
import type { Portrait } from '../wire/types'
import type { ShotMessage } from './messages'
import type { ShotFacts } from './warnings'

export interface Arrival extends ShotFacts {
  key: string
  name: string
  /** Null while the picture is still on the device, or has no thumbnail yet. */
  portrait: Portrait | null
  /** Whether the number is the studio's, measured in the face box, or the device's own. */
  isScored: boolean
  takenAt: string
}

/**
 * Oldest first. There may be portraits of which the line has told nothing: taken while it was broken, or before this page.
 */
export function arrivalsOf(shots: readonly ShotMessage[], portraits: readonly Portrait[]): Arrival[] {
  const byName = new Map(portraits.map((one) => [one.name, one]))
  const told = new Set(shots.map((shot) => shot.name))
  const untold = portraits.filter((one) => !told.has(one.name)).map((one) => arrivalOf(null, one))
  const all = [...shots.map((shot) => arrivalOf(shot, byName.get(shot.name) ?? null)), ...untold]
  if (untold.length === 0) return all
  // The device's own clock stands in the names; where it does not, the studio's times must do.
  const stamps = new Map(all.map((one) => [one.key, stampOf(one.name)]))
  const hasStamps = [...stamps.values()].every((stamp) => stamp !== null)
  const order = (one: Arrival): string => (hasStamps ? (stamps.get(one.key) ?? '') : one.takenAt)
  return all.sort((a, b) => order(a).localeCompare(order(b)))
}

/** The time in a name such as "faces_11-21-2026_13-05-07-123456.jpeg", so that it sorts. */
export function stampOf(name: string): string | null {
  const found = /_(\d\d-\d\d)-(\d{4})_(\d\d-\d\d-\d\d-\d{6})\.\w+$/.exec(name)
  return found && `${found[2]}-${found[1]}_${found[3]}`
}

function arrivalOf(shot: ShotMessage | null, portrait: Portrait | null): Arrival {
  const isScored = portrait !== null && portrait.sharpness !== null
  return {
    key: shot ? `${shot.session_id} ${shot.sequence}` : `portrait ${portrait?.id ?? 0}`,
    name: shot?.name ?? portrait?.name ?? '',
    portrait,
    isScored,
    takenAt: portrait?.taken_at ?? shot?.at ?? '',
    sharpness: (isScored ? portrait.sharpness : shot?.measures.sharpness) ?? null,
    brightness: shot?.measures.brightness ?? portrait?.brightness ?? null,
    clipped: shot?.measures.clipped ?? portrait?.clipped ?? null,
    faces: portrait?.faces ?? shot?.measures.faces ?? null,
  }
}

/**
 * The facts by which warnings judge: sharpness all from the device, or all from the studio, because the two measure in
 * different places and a mixture would look like a change.
 */
export function factsOf(shots: readonly ShotMessage[], arrivals: readonly Arrival[]): ShotFacts[] {
  if (shots.length === 0) return arrivals.filter((one) => one.isScored)
  const faces = new Map(arrivals.map((one) => [one.name, one.faces]))
  return shots.map((shot) => ({ ...shot.measures, faces: shot.measures.faces ?? faces.get(shot.name) ?? null }))
}

export interface FaceBox {
  left: number
  top: number
  width: number
  height: number
}

/** The largest face of a scored portrait, in percent of the picture. */
export function faceBoxOf(portrait: Pick<Portrait, 'face_px' | 'face_x' | 'face_y' | 'width_px' | 'height_px'> | null): FaceBox | null {
  if (!portrait?.face_px || portrait.face_x === null || portrait.face_y === null) return null
  const width = (portrait.face_px / portrait.width_px) * 100
  const height = (portrait.face_px / portrait.height_px) * 100
  return { left: portrait.face_x * 100 - width / 2, top: portrait.face_y * 100 - height / 2, width, height }
}
