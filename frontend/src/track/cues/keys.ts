/** Keys of cues (UX §5), and what each does. */
import { isTyping, nameOfKey, type Command } from '../../lib/keys'
import type { Scope } from '../../lib/scope'
import type { Desk } from '../desk'
import { cueMoves } from './cue_moves'

export const KEYS = [1, 2, 3, 4, 5, 6, 7, 8] as const
const PASTE = 'Mod+v'

export function cueCommands(desk: Desk, mayEdit: boolean): Command[] {
  const moves = cueMoves(desk)
  const { cues, cueTools, renaming } = desk
  const playing = (id: string, title: string, key: string, run: () => void): Command => ({ id: `track.${id}`, title, group: 'Playing', key, run, isOnce: true })
  const seeing = (id: string, title: string, key: string, run: () => void): Command => ({ id: `track.${id}`, title, group: 'Cues', key, run })
  const cueing = (id: string, title: string, key: string, run: (event?: KeyboardEvent) => void, needsCue = true, isOff = () => false): Command => ({
    id: `track.${id}`, title, group: 'Cues', key, run, isOnce: !key.includes('Arrow'), isOff: () => !mayEdit || (needsCue && !cues.selected.get()) || isOff(),
  })
  return [
    ...KEYS.map((key) => playing(`jump${key}`, `To the cue with key ${key}`, String(key), () => moves.jump(key))),
    playing('quantise', 'Quantise jumps', 'q', () => cueTools.quantise.set((isOn) => !isOn)),
    cueing('rename', 'Rename the cue', 'Enter', () => renaming.set(cues.selected.get())),
    cueing('delete', 'Delete the cues', 'Delete | Backspace', () => moves.remove()),
    cueing('snap', 'Snap', 's', () => cueTools.toggleSnap(), false),
    cueing('span', 'Cue over the loop', 'Shift+m', () => moves.addSpan(), false),
    ...KEYS.map((key) => cueing(`set${key}`, `Key ${key} for the cue here`, `Shift+${key}`, () => moves.setKey(key), false)),
    ...KEYS.map((key) => cueing(`clear${key}`, `Clear key ${key}`, `Alt+Shift+${key}`, () => moves.clearKey(key), false)),
    seeing('all', 'Choose all cues', 'Mod+a', () => moves.all()),
    { ...seeing('copy', 'Copy the cues', 'Mod+c', () => moves.copy()), isOff: () => !cues.selected.get() || hasText() },
    cueing('cut', 'Cut the cues', 'Mod+x', () => moves.cut(), true, hasText),
    // The browser's own paste event follows the key: it alone may read what other programs have copied.
    { ...cueing('paste', 'Paste cues at the playhead', PASTE, (event) => void ((event && nameOfKey(event) === PASTE) || moves.paste()), false), keepsDefault: true },
    cueing('duplicate', 'Duplicate the cues behind themselves', 'Mod+d', () => moves.duplicate()),
    cueing('earlier', 'Cues one beat earlier', 'Mod+ArrowLeft', (event) => moves.shiftBeats(-1, event)),
    cueing('later', 'Cues one beat later', 'Mod+ArrowRight', (event) => moves.shiftBeats(1, event)),
    cueing('bar-earlier', 'Cues one bar earlier', 'Mod+Shift+ArrowLeft', (event) => moves.shiftBars(-1, event)),
    cueing('bar-later', 'Cues one bar later', 'Mod+Shift+ArrowRight', (event) => moves.shiftBars(1, event)),
    cueing('to-grid', 'Put the cues on the grid', 'j', () => moves.ontoGrid()),
    cueing('keep-in', 'Keep the cues in beats or in seconds', 'v', () => moves.toggleKeptIn()),
    { id: 'track.leave', title: 'Choose no cue', group: 'Cues', key: 'Escape', run: () => moves.none(), isOff: () => !cues.selected.get() },
  ]
}

/** Of the desk alone: what opens beside its lanes. */
export function cuePanelCommands({ cueTools: { open } }: Desk, mayEdit: boolean): Command[] {
  const turn = (name: 'table' | 'analysis') => (): void => open.set((now) => (now === name ? null : name))
  return [
    { id: 'track.table', title: 'Table of cues', group: 'Cues', key: 'e', run: turn('table'), isOnce: true },
    { id: 'track.analysis', title: 'Cues from the analysis', group: 'Cues', key: 'a', run: turn('analysis'), isOnce: true, isOff: () => !mayEdit },
  ]
}

/** Words that are marked on the page are what a copy means. */
function hasText(): boolean {
  return getSelection()?.isCollapsed === false
}

export function listenForPaste(scope: Scope, desk: Desk): void {
  scope.listen(document, 'paste', (event) => {
    const { target, clipboardData } = event as ClipboardEvent
    if (isTyping(target) || (target as HTMLElement).closest?.('[role="dialog"]')) return
    event.preventDefault()
    void cueMoves(desk).paste(clipboardData?.getData('text/plain') ?? '')
  })
}
