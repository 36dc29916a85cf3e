/** Mine: what this person changed lately, so that they hear of it when somebody else changes it after them. */
import { clock } from '../lib/format'
import type { Cue } from '../wire/types'
import type { EditOp } from './edit_ops'

/** What somebody else's edit did. */
export interface Theirs {
  title: string
  cues: readonly Cue[]
  removed: readonly string[]
  hasGrid: boolean
}

export interface Mine {
  did(ops: readonly EditOp[]): void
  /** What to tell, before their edit is shown; null where nothing of mine is another now. `now`: the cues as they are shown. */
  heard(theirs: Theirs, now: ReadonlyMap<string, Cue>): ((name: string) => string) | null
}

/** What an event tells, without what is on its way from here: the studio's answer says what became of that. */
export function theirsOf(
  news: { title: string; cues: readonly Cue[]; removed_cues: readonly string[]; grid_revision: number | null }, onItsWay: readonly EditOp[],
): Theirs {
  const ids = new Set(onItsWay.map(({ id }) => id))
  return {
    title: news.title, cues: news.cues.filter(({ id }) => !ids.has(id)), removed: news.removed_cues.filter((id) => !ids.has(id)),
    hasGrid: news.grid_revision !== null && onItsWay.every(({ thing }) => thing === 'cue'),
  }
}

/** What is older was settled: nobody wonders where it went. */
const LATELY_MS = 10 * 60_000
const GRID = 'grid'
const GONE = 'gone'

interface Deed {
  at: number
  fields: Set<string>
}

export function createMine(now: () => number = () => performance.now()): Mine {
  const deeds = new Map<string, Deed>()
  const note = (id: string, fields: readonly string[]): void => {
    const had = deeds.get(id)
    deeds.set(id, { at: now(), fields: new Set([...(had?.fields.has(GONE) ? [] : (had?.fields ?? [])), ...fields]) })
  }
  const changed = (cue: Cue, shown: Cue | undefined): boolean => {
    const fields = deeds.get(cue.id)?.fields
    if (!fields) return false
    if (!shown) return fields.has(GONE)
    return [...fields].some((field) => shown[field as keyof Cue] !== cue[field as keyof Cue])
  }
  return {
    did(ops) {
      for (const { thing, op, id, after } of ops) {
        if (thing !== 'cue') note(GRID, [GRID])
        else note(id, op === 'remove' ? [GONE] : Object.keys(after))
      }
    },
    heard({ title, cues, removed, hasGrid }, shown) {
      for (const [id, { at }] of deeds) if (now() - at > LATELY_MS) deeds.delete(id)
      const others = cues.filter((cue) => changed(cue, shown.get(cue.id)))
      const gone = removed.flatMap((id) => (deeds.has(id) && shown.has(id) ? shown.get(id)! : []))
      const isGrid = hasGrid && deeds.has(GRID)
      for (const cue of [...others, ...gone]) deeds.delete(cue.id)
      if (isGrid) deeds.delete(GRID)
      const count = others.length + gone.length
      if (count + Number(isGrid) === 0) return null
      if (count === 0) return (name) => `${name} changed the beat grid after you.`
      if (count > 1 || isGrid) return (name) => `${name} changed ${count} cue${count === 1 ? '' : 's'}${isGrid ? ' and the beat grid' : ''} after you: ${title.charAt(0).toLowerCase()}${title.slice(1)}.`
      const [cue] = [...others, ...gone]
      const words = cue!.label ? `“${cue!.label}”` : `the cue at ${clock(cue!.seconds)}`
      if (gone.length) return (name) => `${name} deleted ${words}, which you had changed.`
      return shown.has(cue!.id) ? (name) => `${name} changed ${words} after you.` : (name) => `${name} brought ${words} back, which you had deleted.`
    },
  }
}
