/** Moves of cues: what keys, buttons and the list do with those that are chosen. */
import { plural } from '../../lib/format'
import { newId } from '../../lib/new_id'
import { toast, toastFault } from '../../parts/toasts'
import { beatLine } from '../../widgets/beat_line'
import { chooseMany } from '../../widgets/choose_cues'
import { ontoGrid, repeatBeats, shiftedByBeats, shiftedBySeconds, type Shift } from '../../widgets/shift_cues'
import { gridTime } from '../../widgets/snap'
import type { Cue, Hue } from '../../wire/types'
import type { Desk } from '../desk'
import { copyCues, readCopied } from './copying'
import { cuesIn, linesOf, pasted } from './clipboard'
import { landing } from './quantise'

/** So near, seconds, a key that is set means the cue that stands there. */
const SAME_PLACE = 0.005
/** So near, seconds, a cue that is tapped means the beat. */
const NEAR = 0.12
const NEAR_ZERO = 0.02

const say = (sentence: string): void => void toast(sentence)

let held = newId()

/** Presses of a key that stays down are one gesture. */
export function gestureOf(event?: { repeat: boolean }): string {
  if (!event?.repeat) held = newId()
  return held
}

export function cueMoves(desk: Desk) {
  const { cues, sound, view, player, cueTools } = desk
  const chosen = (): Cue[] => {
    const ids = cues.selection.get()
    return ids.size ? cues.cues.get().filter(({ id }) => ids.has(id)) : []
  }
  const line = () => beatLine(sound.beats.get())
  const perBar = (): number => sound.beats.get().markers[0]?.beats_per_bar ?? 4
  const words = (some: readonly Cue[], one: string): string => (some.length === 1 ? `${one} cue` : `${one} ${some.length} cues`)
  const settle = (shifts: Shift[] | null, title: string, gesture?: string): void => {
    if (shifts === null) return say('That would take a cue out of the track.')
    if (shifts.length) cues.changeMany(shifts, title, gesture)
  }
  /** Where a cue set at a second goes: to the grid, when snapping is on and it is near. */
  const placeNear = (seconds: number): number => {
    const kind = cueTools.snap.get()
    if (kind === 'zero') return cueTools.crossing(seconds, NEAR_ZERO) ?? seconds
    const onGrid = gridTime(sound.beats.get(), seconds, kind)
    return onGrid !== null && Math.abs(onGrid - seconds) < NEAR ? onGrid : seconds
  }
  const addMany = (values: Parameters<typeof cues.addMany>[0], title: string): void => chooseMany(cues, cues.addMany(values, title))
  const holder = (key: number): Cue | undefined => cues.cues.get().find(({ hotkey }) => hotkey === key)

  return {
    chosen,
    placeNear,
    all: () => chooseMany(cues, cues.cues.get().map(({ id }) => id)),
    none: () => cues.selected.set(null),
    remove(): void {
      const ids = chosen().map(({ id }) => id)
      if (ids.length) cues.removeMany(ids)
    },
    /** Over the loop, or two seconds from the playhead on. */
    addSpan(): void {
      const span = player.loopSelection ?? { from: placeNear(player.seconds), to: placeNear(Math.min(player.seconds + 2, view.durationSeconds)) }
      addMany([{ seconds: span.from, end_seconds: span.to, kind: 'span' }], 'Add cue')
      if (cueTools.open.get() !== 'table') desk.renaming.set(cues.selected.get())
    },
    shiftBeats(beats: number, event?: { repeat: boolean }): void {
      const some = chosen()
      const along = line()
      if (!some.length) return
      if (!along) return say('This track has no beats to move along. Alt and an arrow moves by 10 ms.')
      settle(shiftedByBeats(some, along, beats, view.durationSeconds), words(some, 'Move'), gestureOf(event))
    },
    shiftBars(bars: number, event?: { repeat: boolean }): void {
      this.shiftBeats(bars * perBar(), event)
    },
    shiftSeconds(by: number, event?: { repeat: boolean }): void {
      const some = chosen()
      if (some.length) settle(shiftedBySeconds(some, by, view.durationSeconds), words(some, 'Move'), gestureOf(event))
    },
    /** Each to what snapping goes to; with snapping off to the beat. */
    ontoGrid(): void {
      const some = chosen()
      const kind = cueTools.snap.get() === 'off' ? 'beat' : cueTools.snap.get()
      const place = (seconds: number): number | null =>
        kind === 'zero' ? cueTools.crossing(seconds, NEAR_ZERO) : gridTime(sound.beats.get(), seconds, kind)
      const shifts = ontoGrid(some, place)
      if (!shifts.length) return say(some.length === 1 ? 'The cue stands on the grid.' : 'All of them stand on the grid.')
      settle(shifts, `Put ${plural(shifts.length, 'cue')} on the grid`)
    },
    /** Kept in beats they go along when the grid changes; kept in seconds they stay. */
    keepIn(anchor: Cue['anchor']): void {
      if (anchor === 'beats' && !line()) return say('This track has no beats to keep cues in.')
      const some = chosen().filter((cue) => cue.anchor !== anchor)
      if (some.length) cues.changeMany(some.map(({ id }) => ({ id, values: { anchor } })), `Keep ${plural(some.length, 'cue')} in ${anchor}`)
    },
    toggleKeptIn(): void {
      this.keepIn(chosen().every(({ anchor }) => anchor === 'beats') ? 'seconds' : 'beats')
    },
    colour(colour: Hue): void {
      const some = chosen()
      cues.changeMany(some.map(({ id }) => ({ id, values: { colour } })), words(some, 'Colour'))
    },
    label(label: string): void {
      const some = chosen()
      cues.changeMany(some.map(({ id }) => ({ id, values: { label } })), words(some, 'Rename'))
    },
    copy(): void {
      const some = chosen()
      if (!some.length) return
      copyCues(linesOf(some, line()))
      say(`Copied ${plural(some.length, 'cue')}.`)
    },
    cut(): void {
      this.copy()
      this.remove()
    },
    /** At the playhead; `text`: what the clipboard holds, else what was copied here last. */
    async paste(text?: string): Promise<void> {
      const copied = cuesIn(text ?? (await readCopied()))
      if (!copied.length) return void toastFault(new Error('There are no cues to paste. Copy some here, or lines of start, end and label from a spreadsheet.'))
      const { cues: made, leftOut } = pasted(copied, placeNear(player.seconds), line(), view.durationSeconds)
      if (made.length) addMany(made, `Paste ${plural(made.length, 'cue')}`)
      if (leftOut) say(`${plural(leftOut, 'cue')} would lie beyond the end of the track and ${leftOut === 1 ? 'was' : 'were'} left out.`)
    },
    /** Once more behind themselves, a whole number of bars on. */
    duplicate(): void {
      const some = chosen()
      if (!some.length) return
      const along = line()
      const extentSeconds = Math.max(1, ...some.map((cue) => (cue.end_seconds ?? cue.seconds) - some[0]!.seconds))
      const shifts = along
        ? shiftedByBeats(some, along, repeatBeats(some, along, perBar()), view.durationSeconds)
        : shiftedBySeconds(some, extentSeconds, view.durationSeconds)
      if (!shifts) return say('There is no room for a copy before the end of the track.')
      addMany(some.map(({ kind, label, colour, anchor }, index) => ({ kind, label, colour, anchor, ...shifts[index]!.values })), words(some, 'Duplicate'))
    },
    jump(key: number): void {
      const cue = holder(key)
      if (!cue) return say(`No cue has the key ${key}. Shift ${key} sets one at the playhead.`)
      cueTools.jump(cueTools.quantise.get() && !player.isPlaying ? landing(sound.beats.get().beats, cue.seconds) : cue.seconds)
      if (cueTools.waiting.get() === null && view.xOf(cue.seconds) * (view.width - view.xOf(cue.seconds)) < 0) view.moveTo(cue.seconds)
      chooseMany(cues, [cue.id])
    },
    setKey(key: number): void {
      const seconds = placeNear(player.seconds)
      const here = cues.cues.get().find((cue) => Math.abs(cue.seconds - seconds) < SAME_PLACE)
      if (here) cues.change(here.id, { hotkey: key }, `Set key ${key}`)
      else addMany([{ seconds, hotkey: key }], `Set key ${key}`)
      if (here) chooseMany(cues, [here.id])
    },
    clearKey(key: number): void {
      const cue = holder(key)
      if (cue) cues.change(cue.id, { hotkey: null }, `Clear key ${key}`)
      else say(`No cue has the key ${key}.`)
    },
  }
}

export type CueMoves = ReturnType<typeof cueMoves>
