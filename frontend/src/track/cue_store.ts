/** The cues of a track on this page: every edit shows at once, is saved behind it, and can be undone. */
import { clock } from '../lib/format'
import { createStore, type Store } from '../lib/store'
import type { UndoRegistry } from '../lib/undo'
import { ApiError } from '../wire/api'
import type { Saving } from '../wire/saving'
import type { Cue, Hue, StudioEvent } from '../wire/types'

export type CueValues = Pick<Cue, 'seconds' | 'end_seconds' | 'kind' | 'label' | 'colour' | 'hotkey'>

/** What the studio offers for cues; tests give a fake. */
export interface CueApi {
  list(): Promise<Cue[]>
  add(values: CueValues): Promise<Cue>
  change(id: string, values: Partial<CueValues> & { revision: number }): Promise<Cue>
  remove(id: string): Promise<void>
  restore(id: string): Promise<Cue>
}

export interface CueStoreOptions {
  api: CueApi
  saving: Saving
  undo: UndoRegistry
  /** Tells the person a sentence, as a toast. */
  tell: (sentence: string, isFault: boolean) => void
}

export interface CueStore {
  /** In the order of their times. */
  readonly cues: Store<readonly Cue[]>
  readonly selected: Store<string | null>
  load(): Promise<void>
  add(values: Partial<CueValues> & { seconds: number }): string
  /** Shows a change without saving it, while a hand is moving. */
  show(id: string, values: Partial<CueValues>): void
  change(id: string, values: Partial<CueValues>, title?: string): void
  remove(id: string): void
  take(event: StudioEvent): void
  /** What a cue is called all its time on this page, also before the studio has given a new one its id. */
  keyOf(id: string): string
}

const FIRST_HUE: Hue = 'red'

export function createCueStore({ api, saving, undo, tell }: CueStoreOptions): CueStore {
  const cues = createStore<readonly Cue[]>([])
  const selected = createStore<string | null>(null)
  /** Cues as the studio last told them; what is shown may be ahead. */
  const saved = new Map<string, Cue>()
  /** A cue made here has a name of our own until the studio has given it one. */
  const made = new Map<string, Promise<string>>()
  const names = new Map<string, string>()
  const pending = new Map<string, Partial<CueValues>>()

  const put = (cue: Cue): void => cues.set((now) => sorted([...now.filter((one) => one.id !== cue.id), cue]))
  const drop = (id: string): void => {
    cues.set((now) => now.filter((one) => one.id !== id))
    if (selected.get() === id) selected.set(null)
  }
  const find = (id: string): Cue | undefined => cues.get().find((cue) => cue.id === id)
  const shownName = (id: string): string => names.get(id) ?? id
  const realName = async (id: string): Promise<string> => (await made.get(id)) ?? id
  const fail = (fault: unknown): void => tell(fault instanceof Error ? fault.message : String(fault), true)

  const keep = (cue: Cue): void => {
    saved.set(cue.id, cue)
    put({ ...cue, ...pending.get(cue.id) })
  }

  /** Sends what is pending for a cue; when somebody else was faster, ours goes on top of theirs. */
  async function send(id: string): Promise<Cue | null> {
    const real = await realName(id)
    const values = pending.get(real) ?? pending.get(id)
    if (!values) return null
    pending.delete(id)
    pending.set(real, values)
    const sendAt = (revision: number): Promise<Cue> => api.change(real, { ...values, revision })
    let cue: Cue
    try {
      cue = await sendAt(saved.get(real)?.revision ?? 1)
    } catch (fault) {
      if (!(fault instanceof ApiError) || !fault.isConflict || !fault.current) {
        if (!(fault instanceof ApiError && fault.isOffline)) forget(real)
        throw fault
      }
      const theirs = fault.current as Cue
      saved.set(real, theirs)
      cue = await sendAt(theirs.revision)
      tell(`Somebody changed “${theirs.label || 'Cue'}” a moment ago. Yours was put at ${clock(cue.seconds)}.`, false)
    }
    if (pending.get(real) === values) pending.delete(real)
    keep(cue)
    return cue
  }

  /** The studio refused: show what it has. */
  function forget(id: string): void {
    pending.delete(id)
    const last = saved.get(id)
    if (last) put(last)
  }

  function apply(id: string, values: Partial<CueValues>): void {
    const name = shownName(id)
    const cue = find(name)
    if (!cue) return
    put({ ...cue, ...values })
    pending.set(name, { ...pending.get(name), ...values })
    saving.save(`cue:${name}`, () => send(name)).catch(fail)
  }

  function bringBack(id: string, cue: Cue): Promise<void> {
    const name = shownName(id)
    put({ ...cue, id: name })
    return saving
      .save(`cue:${name}:there`, async () => api.restore(await realName(name)))
      .then((restored) => {
        if (restored) keep(restored)
      })
      .catch((fault: unknown) => {
        drop(name)
        throw fault
      })
  }

  function takeAway(id: string): Promise<void> {
    const name = shownName(id)
    const cue = find(name)
    drop(name)
    pending.delete(name)
    return saving
      .save(`cue:${name}:there`, async () => api.remove(await realName(name)))
      .then(() => undefined)
      .catch((fault: unknown) => {
        if (cue) put(cue)
        throw fault
      })
  }

  function add(values: Partial<CueValues> & { seconds: number }): string {
    const id = `new-${crypto.randomUUID()}`
    const cue: CueValues = { end_seconds: null, kind: values.end_seconds ? 'span' : 'moment', label: '', colour: FIRST_HUE, hotkey: null, ...values }
    put({ ...cue, id, track_id: '', revision: 0, created_by: null })
    selected.set(id)
    const wait = saving.save(`cue:${id}:there`, () => api.add(cue)).then((added) => {
      if (!added) throw new Error('The cue was not added.')
      rename(id, added)
      return added.id
    })
    made.set(id, wait)
    wait.catch((fault: unknown) => {
      drop(id)
      fail(fault)
    })
    undo.push({ title: 'Add cue', undo: () => takeAway(id), redo: () => bringBack(id, { ...cue, id, track_id: '', revision: 0, created_by: null }) })
    return id
  }

  function rename(id: string, added: Cue): void {
    names.set(id, added.id)
    const shown = find(id)
    const waiting = pending.get(id)
    pending.delete(id)
    cues.set((now) => now.filter((cue) => cue.id !== id))
    if (waiting) pending.set(added.id, waiting)
    // It may have been deleted while it was on its way.
    saved.set(added.id, added)
    if (shown) put({ ...added, ...waiting })
    if (selected.get() === id) selected.set(added.id)
  }

  return {
    cues,
    selected,
    keyOf: (id) => [...names].find(([, real]) => real === id)?.[0] ?? id,
    async load() {
      for (const cue of await api.list()) saved.set(cue.id, cue)
      cues.set(sorted([...saved.values()].map((cue) => ({ ...cue, ...pending.get(cue.id) }))))
    },
    add,
    show(id, values) {
      const cue = find(shownName(id))
      if (cue) put({ ...cue, ...values })
    },
    change(id, values, title = 'Change cue') {
      const name = shownName(id)
      const before = saved.get(name) ?? find(name)
      if (!before) return
      const old = Object.fromEntries(Object.keys(values).map((key) => [key, before[key as keyof CueValues]])) as Partial<CueValues>
      const earlier = { ...old, ...pick(pending.get(name), values) }
      apply(name, values)
      undo.push({ title, undo: () => apply(name, earlier), redo: () => apply(name, values) })
    },
    remove(id) {
      const name = shownName(id)
      const cue = find(name)
      if (!cue) return
      takeAway(name).catch(fail)
      undo.push({ title: 'Delete cue', undo: () => bringBack(name, cue), redo: () => takeAway(name) })
    },
    take(event) {
      const cue = event.payload as unknown as Cue
      if (event.kind === 'cue.removed') {
        const id = event.subject.split(':')[1] ?? cue.id
        saved.delete(id)
        return drop(id)
      }
      if (!cue.id || (saved.get(cue.id)?.revision ?? -1) >= cue.revision) return
      // Our own new cue comes back as an event before its answer: the answer will name it.
      if (event.kind === 'cue.added' && [...made.keys()].some((id) => !names.has(id) && isSame(find(id), cue))) return
      keep(cue)
    },
  }
}

function sorted(cues: readonly Cue[]): readonly Cue[] {
  return [...cues].sort((one, other) => one.seconds - other.seconds || one.id.localeCompare(other.id))
}

function pick(values: Partial<CueValues> | undefined, wanted: Partial<CueValues>): Partial<CueValues> {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([key]) => key in wanted))
}

function isSame(mine: Cue | undefined, theirs: Cue): boolean {
  return mine !== undefined && Math.abs(mine.seconds - theirs.seconds) < 1e-6 && mine.label === theirs.label
}
