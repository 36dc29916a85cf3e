/**
 * Edits: what this person changes in a track's grid and cues. Each shows at once, leaves in its order, can be undone (also
 * after a reload), and lies on top of what others do meanwhile until the studio has answered.
 */
import { newId } from '../lib/new_id'
import { createStore, type Store } from '../lib/store'
import type { Step, UndoRegistry } from '../lib/undo'
import { ApiError } from '../wire/api'
import type { Saving } from '../wire/saving'
import type { BeatGrid, Cue, EditAnswer, StudioEvent, TrackEdit } from '../wire/types'
import { createEditQueue, type Errand } from './edit_queue'
import { doToCues, inverseOf, mergedOps, type CueFields, type EditOp } from './edit_ops'
import { createMine, theirsOf } from './mine'

export interface EditOrder {
  key: string
  title: string
  ops: EditOp[]
  cues_stay: boolean
}

/** What the studio offers for edits; tests give a fake. */
export interface EditApi {
  cues(): Promise<Cue[]>
  edit(order: EditOrder): Promise<EditAnswer>
  step(key: string, direction: 'undo' | 'redo'): Promise<EditAnswer>
  /** One's own, newest first. */
  mine(): Promise<TrackEdit[]>
}

export interface ApplyOptions {
  /** Edits of one gesture are one step of undo. */
  gesture?: string
  /** Cues kept in beats keep their seconds: for a grid that was only counted wrongly. */
  cuesStay?: boolean
}

export interface Edits {
  /** In the order of their times, with all that is on its way. */
  readonly cues: Store<readonly Cue[]>
  /** Ops that are not answered yet, in order. */
  readonly ahead: Store<readonly EditOp[]>
  apply(title: string, ops: EditOp[], options?: ApplyOptions): void
  /** Shows values without saving them, while a hand is moving; the next change of that cue settles them. */
  show(values: ReadonlyMap<string, Partial<CueFields>>): void
  load(): Promise<void>
  /** What one did here before the page was opened can be undone, too. */
  rememberSteps(): Promise<void>
  take(event: StudioEvent): void
  /** An edit that was made by another way than `apply`, such as an import: shown, and taken back as any other. */
  adopt(answer: EditAnswer): void
}

export interface EditsOptions {
  trackId: string
  api: EditApi
  saving: Saving
  undo: UndoRegistry
  /** Tells the person a sentence, as a toast. `isOfStep`: it says what became of an undo. */
  tell: (sentence: string, isFault: boolean, isOfStep?: boolean) => void
  /** Somebody else changed what this person had changed: the sentence wants their name. */
  tellOfOther?: (actor: string | null, sentence: (name: string) => string) => void
  /** This person: what they do on another page of theirs is no news. */
  me?: string | undefined
  /** The grid came with an answer; null: it is another now and must be fetched. */
  onGrid: (grid: BeatGrid | null) => void
}

interface Move extends Errand {
  title: string
  ops: EditOp[]
  direction: 'do' | 'undo' | 'redo'
  /** The edit that is made, or taken back. */
  editKey: string
  cuesStay: boolean
  gesture: string | undefined
}

/** One step of undo: the edits of one gesture. */
interface Deed {
  step: Step
  keys: string[]
  gesture: string | undefined
  isUndone: boolean
}

const MOST_TOLD = 3

export function createEdits({ trackId, api, saving, undo, tell, tellOfOther, me, onGrid }: EditsOptions): Edits {
  const cues = createStore<readonly Cue[]>([])
  const ahead = createStore<readonly EditOp[]>([])
  /** Cues as the studio last told them. */
  let base = new Map<string, Cue>()
  /** The event by which a cue was last told: older news is not believed. */
  const heard = new Map<string, number>()
  const opsOf = new Map<string, EditOp[]>()
  let moving = new Map<string, Partial<CueFields>>()
  /** As `cues`, without what a hand is moving. */
  let still: readonly Cue[] = []
  /** Edits of this page that are answered, by the numbers of their events. */
  const answered = new Set<number>()
  let last: Deed | null = null
  let waitingEvents: StudioEvent[] | null = null
  const mine = createMine()

  const queue = createEditQueue<Move, EditAnswer>({
    saving,
    send: (move) => (move.direction === 'do'
      ? api.edit({ key: move.editKey, title: move.title, ops: move.ops, cues_stay: move.cuesStay })
      : api.step(move.editKey, move.direction)),
    done: (move, answer, fault) => {
      if (answer) keep(answer)
      else refuse(move, fault)
      if (answer && move.direction === 'do' && !answer.has_effect) forget(move.editKey)
      render()
    },
  })

  function render(): void {
    const shown = new Map(base)
    const ops = queue.waiting.flatMap((move) => move.ops)
    for (const op of ops) doToCues(shown, op, trackId)
    still = sorted([...shown.values()])
    renderMoving()
    if (ops.length || ahead.get().length) ahead.set(ops)
  }

  function renderMoving(): void {
    const moved = (cue: Cue): Cue => {
      const values = moving.get(cue.id)
      return values ? { ...cue, ...values } : cue
    }
    cues.set(moving.size ? sorted(still.map(moved)) : still)
  }

  function keep(answer: EditAnswer): void {
    for (const cue of answer.cues) takeCue(cue.id, cue, answer.event)
    for (const id of answer.removed_cues) takeCue(id, null, answer.event)
    if (answer.grid) onGrid(answer.grid)
    answered.add(answer.event)
    const { conflicts } = answer
    for (const { sentence } of conflicts.slice(0, MOST_TOLD)) tell(sentence, false)
    if (conflicts.length > MOST_TOLD) tell(`The same happened to ${conflicts.length - MOST_TOLD} more.`, false)
  }

  function takeCue(id: string, cue: Cue | null, event: number): void {
    if ((heard.get(id) ?? -1) > event || (cue && (base.get(id)?.revision ?? -1) > cue.revision)) return
    heard.set(id, event)
    if (cue) base.set(id, cue)
    else base.delete(id)
  }

  /** Nothing came of it, so there is nothing to undo. */
  function forget(editKey: string): void {
    opsOf.delete(editKey)
    const step = deeds.get(editKey)?.step
    if (step) undo.forget(step)
  }

  /** The studio said no: what it has is shown again. */
  function refuse(move: Move, fault: unknown): void {
    if (move.direction === 'do') forget(move.editKey)
    const status = fault instanceof ApiError ? fault.status : 0
    // What hangs on something refused before needs no sentence of its own.
    if (status === 404) return
    const isOfStep = move.direction !== 'do'
    tell(fault instanceof Error ? fault.message : String(fault), !(isOfStep && status === 409), isOfStep)
  }

  const deeds = new Map<string, Deed>()

  function enqueue(move: Omit<Move, 'key' | 'isSent'>): void {
    queue.push({ ...move, key: newId(), isSent: false })
    render()
  }

  function step(deed: Deed, direction: 'undo' | 'redo'): void {
    deed.isUndone = direction === 'undo'
    for (const editKey of direction === 'undo' ? deed.keys.toReversed() : deed.keys) {
      const ops = opsOf.get(editKey) ?? []
      enqueue({ title: '', editKey, direction, ops: direction === 'undo' ? inverseOf(ops) : ops, cuesStay: false, gesture: undefined })
    }
  }

  function deedOf(title: string, keys: string[], gesture?: string): Deed {
    const deed: Deed = { keys, gesture, isUndone: false, step: { title, undo: () => step(deed, 'undo'), redo: () => step(deed, 'redo') } }
    for (const key of keys) deeds.set(key, deed)
    return deed
  }

  function apply(title: string, ops: EditOp[], { gesture, cuesStay = false }: ApplyOptions = {}): void {
    if (ops.length === 0) return
    if (moving.size) {
      const settled = new Set(ops.map(({ id }) => id))
      moving = new Map([...moving].filter(([id]) => !settled.has(id)))
    }
    const goesOn = last !== null && gesture !== undefined && last.gesture === gesture && !last.isUndone
    const newest = queue.waiting.at(-1)
    if (goesOn && newest && !newest.isSent && newest.direction === 'do' && last!.keys.includes(newest.editKey)) {
      newest.ops = mergedOps(newest.ops, ops)
      mine.did(ops)
      opsOf.set(newest.editKey, newest.ops)
      return render()
    }
    const editKey = newId()
    opsOf.set(editKey, ops)
    mine.did(ops)
    if (goesOn) {
      last!.keys.push(editKey)
      deeds.set(editKey, last!)
    } else {
      last = deedOf(title, [editKey], gesture)
      undo.push(last.step)
    }
    enqueue({ title, editKey, direction: 'do', ops, cuesStay, gesture })
  }

  function take(event: StudioEvent): void {
    if (event.kind !== 'track.edited' || event.subject !== `track:${trackId}`) return
    if (waitingEvents) return void waitingEvents.push(event)
    const news = event.payload as unknown as EditNews
    if (event.actor !== (me ?? null)) {
      const sentence = mine.heard(theirsOf(news, queue.waiting.flatMap((move) => move.ops)), base)
      if (sentence) tellOfOther?.(event.actor, sentence)
    }
    // What one did oneself comes with its answer, all of it.
    if (news.is_whole && !answered.has(event.number) && !isOnItsWay(news.edit_id)) void load().catch(() => undefined)
    for (const cue of news.cues) takeCue(cue.id, cue, event.number)
    for (const id of news.removed_cues) takeCue(id, null, event.number)
    if (news.grid_revision !== null) onGrid(null)
    render()
  }

  const isOnItsWay = (editKey: string | null): boolean => queue.waiting.some((move) => move.isSent && move.editKey === editKey)

  /** Events that come while the list is on its way are newer than it, or in it already. */
  async function load(): Promise<void> {
    waitingEvents ??= []
    try {
      base = new Map((await api.cues()).map((cue) => [cue.id, cue]))
    } finally {
      const events = waitingEvents ?? []
      waitingEvents = null
      for (const event of events) take(event)
      render()
    }
  }

  return {
    cues,
    ahead,
    apply,
    show(values) {
      for (const [id, one] of values) moving.set(id, { ...moving.get(id), ...one })
      renderMoving()
    },
    load,
    adopt(answer) {
      last = deedOf(answer.edit.title, [answer.edit.id])
      undo.push(last.step)
      keep(answer)
      render()
    },
    async rememberSteps() {
      const rows = (await api.mine()).filter(({ id }) => !deeds.has(id))
      const stands = rows.filter((row) => row.undone_at === null)
      const newest = stands[0]?.number ?? 0
      const gone = rows.filter((row) => row.undone_at !== null && row.number > newest)
      const steps = (some: TrackEdit[]): Step[] => some.toReversed().map((row) => deedOf(row.title, [row.id]).step)
      // Taken back last is done again first; they were taken back from the newest on.
      undo.remember(steps(stands), steps(gone).toReversed())
    },
    take,
  }
}

interface EditNews {
  edit_id: string | null
  title: string
  cues: Cue[]
  removed_cues: string[]
  grid_revision: number | null
  is_whole: boolean
}

function sorted(cues: Cue[]): readonly Cue[] {
  const order = (one: Cue, other: Cue): number => one.seconds - other.seconds || (one.id < other.id ? -1 : 1)
  // Cues moved together mostly keep their order.
  return cues.every((cue, at) => at === 0 || order(cues[at - 1]!, cue) < 0) ? cues : cues.sort(order)
}
