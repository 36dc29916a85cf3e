/**
 * Warnings: what is going wrong with the pictures while the sitter is still there. Pure rules over the shots of a session,
 * oldest first; sharpness and brightness are 0 to 100, `clipped` is a percentage, `faces` a count or null where nobody looked.
 */

export interface ShotFacts {
  sharpness: number | null
  brightness: number | null
  clipped: number | null
  faces: number | null
}

export type WarningKind = 'faces' | 'focus' | 'light' | 'clipping'

export interface ShotWarning {
  kind: WarningKind
  title: string
  /** What was measured and what to do about it. */
  text: string
}

/** Judged by the last so many shots; as many good ones must have gone before. */
export const WINDOW = 7
const FOCUS_SHARE = 0.6
const MOST_WITHOUT_FACE = 5
/** Light has changed when it moved by more than a quarter, and by more than eye and camera vary anyway. */
const LIGHT_SHARE = 0.25
const LIGHT_LEAST = 8
/** Black backdrops clip a lot by intention: it counts when it grew, or when hardly a picture is left. */
const CLIPPED_GROWTH = 15
const CLIPPED_MOST = 60

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = 0, high = 0] = [sorted[middle - 1] ?? sorted[middle], sorted[middle]]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}

export interface Change {
  /** Medians before the change and of the last shots. */
  was: number
  is: number
  /** How many shots ago it began. */
  shotsAgo: number
}

/**
 * Whether the newest values have left where the session was before, by the rule `isOff(now, before)`. Values taken since
 * are not counted into "before", so that a fault which lasts is not taken for the new order of things.
 */
export function changeIn(values: readonly number[], isOff: (now: number, before: number) => boolean): Change | null {
  const good: number[] = []
  let from: number | null = null
  for (let at = 0; at < values.length; at += 1) {
    const leaving = values[at - WINDOW]
    if (leaving !== undefined && (from === null || at - WINDOW < from)) good.push(leaving)
    if (good.length < WINDOW) continue
    const was = median(good)
    const recent = values.slice(at - WINDOW + 1, at + 1)
    if (!isOff(median(recent), was)) from = null
    else from ??= at - WINDOW + 1 + Math.max(0, recent.findIndex((value) => isOff(value, was)))
  }
  if (from === null) return null
  return { was: median(good), is: median(values.slice(-WINDOW)), shotsAgo: values.length - from }
}

export function focusChange(shots: readonly ShotFacts[]): Change | null {
  return changeIn(known(shots, 'sharpness'), (now, before) => now < FOCUS_SHARE * before)
}

export function lightChange(shots: readonly ShotFacts[]): Change | null {
  return changeIn(known(shots, 'brightness'), (now, before) => Math.abs(now - before) > Math.max(LIGHT_LEAST, LIGHT_SHARE * before))
}

/** Of the last shots in which somebody looked for faces: how many hold none. Null before there are enough. */
export function withoutFace(shots: readonly ShotFacts[]): number | null {
  const faces = known(shots, 'faces').slice(-WINDOW)
  return faces.length < WINDOW ? null : faces.filter((count) => count === 0).length
}

/** The most pressing first. */
export function warningsOf(shots: readonly ShotFacts[]): ShotWarning[] {
  return [facesWarning(shots), focusWarning(shots), lightWarning(shots), clippingWarning(shots)].filter((one) => one !== null)
}

function facesWarning(shots: readonly ShotFacts[]): ShotWarning | null {
  const missing = withoutFace(shots)
  if (missing === null || missing < MOST_WITHOUT_FACE) return null
  return {
    kind: 'faces',
    title: missing === WINDOW ? `No face in the last ${WINDOW} shots.` : `No face in ${missing} of the last ${WINDOW} shots.`,
    text: 'Ask the sitter back into the picture, or turn the camera, and make a test shot.',
  }
}

function focusWarning(shots: readonly ShotFacts[]): ShotWarning | null {
  const change = focusChange(shots)
  if (!change) return null
  return {
    kind: 'focus',
    title: `Focus was lost ${shotsAgo(change.shotsAgo)}.`,
    text: `Sharpness fell from ${Math.round(change.was)} to ${Math.round(change.is)}. Ask the sitter to lean back to the mark, or refocus and make a test shot.`,
  }
}

function lightWarning(shots: readonly ShotFacts[]): ShotWarning | null {
  const change = lightChange(shots)
  if (!change) return null
  const verb = change.is < change.was ? 'fell' : 'rose'
  return {
    kind: 'light',
    title: `The light changed ${shotsAgo(change.shotsAgo)}.`,
    text: `Brightness ${verb} from ${Math.round(change.was)} to ${Math.round(change.is)}. Look at lamps and windows, then make a test shot.`,
  }
}

function clippingWarning(shots: readonly ShotFacts[]): ShotWarning | null {
  const values = known(shots, 'clipped')
  if (values.length < WINDOW) return null
  const now = median(values.slice(-WINDOW))
  const grown = changeIn(values, (recent, before) => recent > before + CLIPPED_GROWTH)
  if (!grown && now <= CLIPPED_MOST) return null
  return {
    kind: 'clipping',
    title: `${Math.round(now)} % of the picture is black or burnt out.`,
    text: grown ? `It was ${Math.round(grown.was)} % before. Change the shutter, the ISO or the light.` : 'Change the shutter, the ISO or the light.',
  }
}

function known(shots: readonly ShotFacts[], name: keyof ShotFacts): number[] {
  return shots.map((shot) => shot[name]).filter((value) => value !== null)
}

function shotsAgo(count: number): string {
  return count === 1 ? '1 shot ago' : `${count} shots ago`
}
