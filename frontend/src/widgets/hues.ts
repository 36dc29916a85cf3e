/** The colours that a cue may have, in the order in which they are offered. */
import type { Hue } from '../wire/types'

export const HUES: readonly Hue[] = ['red', 'orange', 'yellow', 'green', 'blue', 'violet', 'pink', 'grey']
