/** Finding cues by words: each must be in the label, or be a colour, a kind, a key, or how the cue is kept. */
import type { Cue } from '../../wire/types'

export function matcher(words: string): (cue: Cue) => boolean {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return (cue) => wanted.every((word) => cue.label.toLowerCase().includes(word) || isFact(cue, word))
}

function isFact(cue: Cue, word: string): boolean {
  return word === cue.colour || word === cue.kind || word === `${cue.kind}s` || word === `key${cue.hotkey ?? ''}` || word === `in:${cue.anchor}`
}

export function found(cues: readonly Cue[], words: string): readonly Cue[] {
  return words.trim() ? cues.filter(matcher(words)) : cues
}
