/** Words: how conditions, scores and times of portraits are said. */
import { count } from '../lib/format'
import type { ConditionName, Filter, Range, RangeName, Sort, TimeRange } from './filter'

export interface Scale {
  title: string
  unit: string
  /** The ends of its histogram when nothing has been scored yet. */
  from: number
  to: number
  step: number
  /** Larger values are counted in the histogram's last bin. */
  isOpen?: boolean
}

export const scales: Record<RangeName, Scale> = {
  sharpness: { title: 'Sharpness in the face', unit: '', from: 0, to: 100, step: 1 },
  face_px: { title: 'Largest face', unit: 'px', from: 0, to: 1400, step: 10, isOpen: true },
  roll: { title: 'Roll', unit: '°', from: -35, to: 35, step: 1 },
  clipped: { title: 'Clipped light', unit: '%', from: 0, to: 10, step: 0.1, isOpen: true },
  brightness: { title: 'Brightness', unit: '', from: 0, to: 100, step: 1 },
  yaw: { title: 'Turned aside', unit: '°', from: -90, to: 90, step: 1 },
  off_centre: { title: 'Off centre', unit: '%', from: 0, to: 60, step: 1, isOpen: true },
  faces: { title: 'Faces', unit: '', from: 0, to: 10, step: 1 },
  stars: { title: 'Stars', unit: '', from: 0, to: 5, step: 1 },
}

const short: Partial<Record<RangeName, string>> = { sharpness: 'Sharpness', face_px: 'Face', clipped: 'Clipped light' }

export const sortNames: Record<Sort, string> = {
  taken: 'By time taken', received: 'By arrival', sharpness: 'By sharpness', face_px: 'By face size', stars: 'By stars',
}

/** −3 as "−3", 2.24 as "2.2", 1400 as "1,400". */
export function figure(value: number): string {
  const rounded = Math.abs(value) >= 10 ? Math.round(value) : Math.round(value * 10) / 10
  return `${rounded < 0 ? '−' : ''}${count(Math.abs(rounded))}`
}

/** With its unit: "612 px", "−3°", "2.2 %". */
export function measure(name: RangeName, value: number): string {
  const { unit } = scales[name]
  return unit === '' ? figure(value) : unit === '°' ? `${figure(value)}°` : `${figure(value)} ${unit}`
}

/** "42 – 100", "380 – 1,400 px", "−12° – 12°". */
export function span(name: RangeName, [from, to]: Range, ends: { from: number; to: number }): string {
  const [left, right] = [from ?? ends.from, to ?? ends.to]
  if (scales[name].unit === '°') return `${measure(name, left)} – ${measure(name, right)}`
  return `${figure(left)} – ${measure(name, right)}`
}

function rangeWords(name: RangeName, [from, to]: Range): string {
  const title = short[name] ?? scales[name].title
  if (name === 'faces') return facesWords(from, to)
  if (name === 'stars') return starsWords(from, to)
  if (to === null && from !== null) return `${title} ${measure(name, from)} and more`
  if (from === null && to !== null) return `${title} up to ${measure(name, to)}`
  return `${title} ${figure(from!)} to ${measure(name, to!)}`
}

const numbers = ['No', 'One', 'Two', 'Three', 'Four', 'Five']

function facesWords(from: number | null, to: number | null): string {
  const noun = (value: number): string => (value === 1 ? 'face' : 'faces')
  const [low, high] = [from ?? 0, to]
  if (low === high) return high === 0 ? 'No face' : `${numbers[low] ?? low} ${noun(low)}`
  if (high === null) return `${numbers[low] ?? low} ${noun(low)} and more`
  return `${low} to ${high} faces`
}

function starsWords(from: number | null, to: number | null): string {
  const low = from ?? 0
  const noun = (value: number): string => (value === 1 ? 'star' : 'stars')
  if (to === null || to === 5) return low === 5 ? '5 stars' : `${low} ${noun(low)} and more`
  if (low === to) return low === 0 ? 'No stars' : `${low} ${noun(low)}`
  return `${low} to ${to} stars`
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

function takenWords([from, to]: TimeRange): string {
  const say = (iso: string): string => day.format(new Date(iso))
  if (from !== null && to !== null) return say(from) === say(to) ? `Taken ${say(from)}` : `Taken ${say(from)} to ${say(to)}`
  return from === null ? `Taken until ${say(to!)}` : `Taken since ${say(from)}`
}

/** The same within a sentence: what a person wrote is in quotes already. */
export function quotedChip(filter: Filter, name: ConditionName, names: (id: string) => string): string {
  const words = chipWords(filter, name, names)
  return words.startsWith('“') ? words : `“${words}”`
}

/** What a chip says. `names` finds a session's or a device's name by its id. */
export function chipWords(filter: Filter, name: ConditionName, names: (id: string) => string): string {
  if (name in scales) return rangeWords(name as RangeName, filter[name as RangeName]!)
  return otherWords(filter, name as Exclude<ConditionName, RangeName>, names)
}

function otherWords(filter: Filter, name: Exclude<ConditionName, RangeName>, names: (id: string) => string): string {
  switch (name) {
    case 'sessions':
    case 'devices': {
      const ids = filter[name] ?? []
      return ids.length === 1 ? names(ids[0]!) : `${ids.length} ${name}`
    }
    case 'taken':
      return takenWords(filter.taken!)
    case 'duplicates':
      return filter.duplicates === 'tops' ? 'One of each stack' : 'Only stacks'
    case 'stack':
      return 'One stack'
    case 'state':
      return filter.state === 'broken' ? 'Broken files' : 'Readable files'
    case 'text':
      return `“${filter.text}”`
  }
}

/** "Undo: rejected 1,386 portraits"; the bare name while there is nothing, or it is not known yet. */
export function stepWords(name: string, batch: string | null | undefined): string {
  return batch ? `${name}: ${batch.charAt(0).toLowerCase()}${batch.slice(1)}` : name
}

const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' })
const dayMonthYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
const toSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** "18 November", with the year when it is another one. */
export function dayOf(iso: string, now: Date = new Date()): string {
  const then = new Date(iso)
  return (then.getFullYear() === now.getFullYear() ? dayAndMonth : dayMonthYear).format(then)
}

/** "18 November, 20:07:31". */
export function momentOf(iso: string): string {
  return `${dayOf(iso)}, ${toSeconds.format(new Date(iso))}`
}

const decisions: Record<number, string> = { [-1]: 'rejected', 0: 'undecided', 1: 'picked' }

/** How a picture is named to who does not see it: by time and decision. */
export function spokenPortrait(one: { taken_at: string; verdict: number; stars: number; state?: string }): string {
  const stars = one.stars > 0 ? `, ${one.stars} ${one.stars === 1 ? 'star' : 'stars'}` : ''
  return `${momentOf(one.taken_at)}, ${decisions[one.verdict] ?? 'undecided'}${stars}${one.state === 'broken' ? ', file cannot be read' : ''}`
}
