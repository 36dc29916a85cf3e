/** The colours that a cue may have, in the order in which they are offered. */
import type { Hue } from '../wire/types'

export const HUES: readonly Hue[] = ['red', 'orange', 'yellow', 'green', 'blue', 'violet', 'pink', 'grey']

/** As a list or a cell says it: "Red". */
export const hueName = (hue: Hue): string => hue[0]!.toUpperCase() + hue.slice(1)

export const HUE_CHOICES: { value: string; label: string }[] = HUES.map((hue) => ({ value: hue, label: hueName(hue) }))
