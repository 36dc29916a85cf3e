/** The cues of a track on this page: every change shows at once, is saved behind it, and can be undone. */
import { newId } from '../lib/new_id'
import { createStore, type Store } from '../lib/store'
import type { Cue, Hue } from '../wire/types'
import { changeOf, NEW_CUE, removalOf, type CueFields } from './edit_ops'
import type { Edits } from './edits'

export type CueValues = CueFields

export interface CueChange {
  id: string
  values: Partial<CueValues>
}

export interface CueStore {
  /** In the order of their times. */
  readonly cues: Store<readonly Cue[]>
  /** The one that was chosen last. */
  readonly selected: Store<string | null>
  /** All that are chosen. */
  readonly selection: Store<ReadonlySet<string>>
  add(values: Partial<CueValues> & { seconds: number }): string
  /** Shows a change without saving it, while a hand is moving. */
  show(id: string, values: Partial<CueValues>): void
  showMany(changes: readonly CueChange[]): void
  /** Changes of one `gesture` are one step of undo. */
  change(id: string, values: Partial<CueValues>, title?: string, gesture?: string): void
  changeMany(changes: readonly CueChange[], title: string, gesture?: string): void
  addMany(values: readonly (Partial<CueValues> & { seconds: number })[], title: string): string[]
  remove(id: string): void
  removeMany(ids: readonly string[], title?: string): void
}

const FIRST_HUE: Hue = 'red'

export function createCueStore(edits: Edits): CueStore {
  const { cues } = edits
  const selected = createStore<string | null>(null)
  const selection = createStore<ReadonlySet<string>>(new Set())
  const saved = new Map<string, Cue>()

  selected.subscribe(() => {
    const id = selected.get()
    if (id === null) selection.set(new Set())
    else if (!selection.get().has(id)) selection.set(new Set([id]))
  })
  const byId = (): Map<string, Cue> => new Map(cues.get().map((cue) => [cue.id, cue]))
  let isMoving = false
  cues.subscribe(() => {
    // A hand that moves cues takes none away.
    if (isMoving || selection.get().size === 0) return
    const there = byId()
    const kept = new Set([...selection.get()].filter((id) => there.has(id)))
    if (kept.size === selection.get().size) return
    const id = selected.get()
    selection.set(kept)
    if (id !== null && !there.has(id)) selected.set([...kept].at(-1) ?? null)
  })

  /** While a hand moves a cue, what stood there before is what it was when the hand took it. */
  const hold = (changes: readonly CueChange[]): void => {
    const fresh = changes.filter(({ id }) => !saved.has(id))
    if (fresh.length === 0) return
    const there = byId()
    for (const { id } of fresh) {
      const cue = there.get(id)
      if (cue) saved.set(id, cue)
    }
  }

  function showMany(changes: readonly CueChange[]): void {
    hold(changes)
    isMoving = true
    edits.show(new Map(changes.map(({ id, values }) => [id, values])))
    isMoving = false
  }

  function changeMany(changes: readonly CueChange[], title: string, gesture?: string): void {
    const there = byId()
    const ops = changes.flatMap(({ id, values }) => {
      const cue = saved.get(id) ?? there.get(id)
      saved.delete(id)
      return cue ? [changeOf(cue, values)] : []
    })
    edits.apply(title, ops, gesture === undefined ? {} : { gesture })
  }

  function addMany(values: readonly (Partial<CueValues> & { seconds: number })[], title: string): string[] {
    const made = values.map((one) => ({ id: newId(), after: { ...NEW_CUE, kind: one.end_seconds ? 'span' : 'moment', colour: FIRST_HUE, ...one } as CueValues }))
    edits.apply(title, made.map(({ id, after }) => ({ thing: 'cue', op: 'add', id, before: {}, after })))
    return made.map(({ id }) => id)
  }

  function removeMany(ids: readonly string[], title = ids.length === 1 ? 'Delete cue' : `Delete ${ids.length} cues`): void {
    const wanted = new Set(ids)
    edits.apply(title, cues.get().filter((cue) => wanted.has(cue.id)).map(removalOf))
  }

  return {
    cues,
    selected,
    selection,
    add(values) {
      const [id] = addMany([values], 'Add cue')
      selected.set(id!)
      return id!
    },
    show: (id, values) => showMany([{ id, values }]),
    showMany,
    change: (id, values, title = 'Change cue', gesture) => changeMany([{ id, values }], title, gesture),
    changeMany,
    addMany,
    remove: (id) => removeMany([id]),
    removeMany,
  }
}
