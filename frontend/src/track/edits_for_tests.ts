/** A studio for tests of edits: it merges by field as studio/tracks/edits.py does, as far as these tests go. */
import { ApiError } from '../wire/api'
import type { Cue, EditAnswer, StudioEvent } from '../wire/types'
import { doToCues, inverseOf, type EditOp } from './edit_ops'
import type { EditApi, EditOrder } from './edits'

export interface FakeStudio {
  api: EditApi
  rows: Map<string, Cue>
  orders: EditOrder[]
  steps: string[]
  /** What the next edit is answered with besides. */
  conflict: string | null
  /** Edits are answered as if nothing came of them. */
  isIdle: boolean
  /** The next edit is refused with this. */
  refusal: ApiError | null
  /** Somebody else's edit, as an event. */
  theirs(ops: EditOp[]): StudioEvent
}

export function createFakeStudio(): FakeStudio {
  const done = new Map<string, EditOp[]>()
  let number = 0
  const run = (ops: readonly EditOp[]): { cues: Cue[]; removed: string[] } => {
    for (const op of ops) {
      doToCues(studio.rows, op, 'track')
      const cue = studio.rows.get(op.id)
      if (cue) studio.rows.set(op.id, { ...cue, revision: cue.revision + 1 })
    }
    const ids = [...new Set(ops.map((op) => op.id))]
    return { cues: ids.flatMap((id) => studio.rows.get(id) ?? []), removed: ids.filter((id) => !studio.rows.has(id)) }
  }
  const answered = (key: string, title: string, ops: readonly EditOp[]): EditAnswer => {
    if (studio.refusal) {
      const fault = studio.refusal
      studio.refusal = null
      throw fault
    }
    const { cues, removed } = run(ops)
    number += 1
    const conflicts = studio.conflict ? [{ thing: 'cue' as const, id: ops[0]?.id ?? '', sentence: studio.conflict, copy_id: null }] : []
    studio.conflict = null
    const edit = { id: key, number, title, created_at: '', undone_at: null, is_mine: true, person: null }
    return { edit, cues: cues as EditAnswer['cues'], removed_cues: removed, grid: null, conflicts, event: number, has_effect: !studio.isIdle }
  }
  const studio: FakeStudio = {
    rows: new Map(),
    orders: [],
    steps: [],
    conflict: null,
    isIdle: false,
    refusal: null,
    api: {
      cues: () => Promise.resolve([...studio.rows.values()]),
      mine: () => Promise.resolve([]),
      async edit(order) {
        await Promise.resolve()
        studio.orders.push(structuredClone(order))
        const answer = answered(order.key, order.title, order.ops)
        done.set(order.key, order.ops)
        return answer
      },
      async step(key, direction) {
        await Promise.resolve()
        studio.steps.push(`${direction} ${key}`)
        const ops = done.get(key) ?? []
        return answered(key, '', direction === 'undo' ? inverseOf(ops) : ops)
      },
    },
    theirs(ops) {
      const { cues, removed } = run(ops)
      number += 1
      const payload = { track_id: 'track', edit_id: null, title: '', cues, removed_cues: removed, grid_revision: null, is_whole: false }
      return { number, kind: 'track.edited', subject: 'track:track', payload, actor: null, at: '' }
    },
  }
  return studio
}
