/** Ops: what an edit of a track is made of, and what it does to the cues and markers that a page shows. */
import type { Cue, Marker } from '../wire/types'

export type CueFields = Pick<Cue, 'seconds' | 'end_seconds' | 'kind' | 'label' | 'colour' | 'hotkey' | 'anchor' | 'beat' | 'end_beat'>
export type MarkerFields = Omit<Marker, 'id' | 'is_beyond_end'>

interface Change<Thing extends string, Fields> {
  thing: Thing
  op: 'add' | 'change' | 'remove' | 'restore'
  id: string
  before: Partial<Fields>
  after: Partial<Fields>
}

export type CueOp = Change<'cue', CueFields>
export type MarkerOp = Change<'marker', MarkerFields>
export type GridOp = Change<'grid', { is_locked: boolean; is_in_force: boolean }>
export type EditOp = CueOp | MarkerOp | GridOp

export const NEW_CUE: CueFields = {
  seconds: 0, end_seconds: null, kind: 'moment', label: '', colour: 'blue', hotkey: null, anchor: 'seconds', beat: null, end_beat: null,
}
const TIMES = ['seconds', 'end_seconds', 'kind', 'anchor'] as const
const BEATS = ['beat', 'end_beat'] as const

export function fieldsOf(cue: Cue): CueFields {
  const { seconds, end_seconds, kind, label, colour, hotkey, anchor, beat, end_beat } = cue
  return { seconds, end_seconds, kind, label, colour, hotkey, anchor, beat, end_beat }
}

/** `values` are those that change; what the page shows of them now is what stood there before. */
export function changeOf(cue: Cue, values: Partial<CueFields>): CueOp {
  const now = fieldsOf(cue)
  const names = new Set<keyof CueFields>(Object.keys(values) as (keyof CueFields)[])
  // Of a cue in beats the beat is the truth: its seconds may have moved with the grid meanwhile.
  if (cue.anchor === 'beats' && TIMES.some((name) => names.has(name))) for (const name of BEATS) if (now[name] !== null) names.add(name)
  const before = Object.fromEntries([...names].map((name) => [name, now[name]])) as Partial<CueFields>
  return { thing: 'cue', op: 'change', id: cue.id, before, after: values }
}

export function removalOf(cue: Cue): CueOp {
  const { beat, end_beat, ...known } = fieldsOf(cue)
  const beats = { ...(beat === null ? {} : { beat }), ...(end_beat === null ? {} : { end_beat }) }
  return { thing: 'cue', op: 'remove', id: cue.id, before: { ...known, ...beats }, after: {} }
}

const INVERSE = { add: 'remove', remove: 'restore', restore: 'remove', change: 'change' } as const

/** What takes them back, last first, for the page to show at once. */
export function inverseOf(ops: readonly EditOp[]): EditOp[] {
  return ops.toReversed().map((op) => {
    const before = op.op === 'change' ? pick(op.before, op.after) : op.before
    return { ...op, op: INVERSE[op.op], before: op.after, after: before } as EditOp
  })
}

function pick(values: object, names: object): object {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name in names))
}

/** Two edits of one gesture as one: a change of the same thing keeps what stood before the first. */
export function mergedOps(first: readonly EditOp[], second: readonly EditOp[]): EditOp[] {
  const merged = [...first]
  const places = new Map(first.map((op, at) => [`${op.thing} ${op.id}`, at]))
  for (const op of second) {
    const at = places.get(`${op.thing} ${op.id}`) ?? -1
    const known = merged[at]
    if (known && op.op === 'change' && (known.op === 'change' || known.op === 'add')) {
      const before = known.op === 'add' ? known.before : { ...op.before, ...known.before }
      merged[at] = { ...known, before, after: { ...known.after, ...op.after } } as EditOp
    } else places.set(`${op.thing} ${op.id}`, merged.push(op) - 1)
  }
  return merged
}

/** Does an op to the cues shown; the studio's answer brings what only it knows. */
export function doToCues(cues: Map<string, Cue>, op: EditOp, trackId: string): void {
  if (op.thing !== 'cue') return
  if (op.op === 'remove') return void cues.delete(op.id)
  const known = cues.get(op.id)
  if (op.op === 'change' && !known) return
  const blank: Cue = { ...NEW_CUE, id: op.id, track_id: trackId, revision: 0, created_by: null, is_beyond_end: false }
  const cue: Cue = { ...(known ?? blank), ...op.after }
  if (cue.kind === 'moment') cue.end_seconds = null
  const isMoved = TIMES.some((name) => name in op.after)
  if (cue.anchor === 'seconds' || (isMoved && op.after.beat === undefined)) Object.assign(cue, { beat: null, end_beat: null })
  if (op.after.hotkey) for (const [id, other] of cues) if (other.hotkey === op.after.hotkey && id !== op.id) cues.set(id, { ...other, hotkey: null })
  cues.set(op.id, cue)
}

/** As `doToCues`, for tempo markers; returns them in time order. */
export function markersAfter(markers: readonly Marker[], ops: readonly EditOp[]): Marker[] {
  const now = new Map(markers.map((marker) => [marker.id, marker]))
  for (const op of ops) {
    if (op.thing !== 'marker') continue
    const known = now.get(op.id)
    if (op.op === 'remove') now.delete(op.id)
    else if (known) now.set(op.id, { ...known, ...op.after })
    else if (op.op !== 'change') now.set(op.id, { id: op.id, seconds: 0, bpm: 120, beats_per_bar: 4, downbeat: 1, ...op.after })
  }
  return [...now.values()].sort((one, other) => one.seconds - other.seconds)
}

/** What makes the one list of markers the other, by their ids. */
export function markerOps(before: readonly Marker[], after: readonly Marker[]): MarkerOp[] {
  const [old, wanted] = [new Map(before.map((one) => [one.id, one])), new Map(after.map((one) => [one.id, one]))]
  const ops: MarkerOp[] = []
  for (const [id, marker] of old) if (!wanted.has(id)) ops.push({ thing: 'marker', op: 'remove', id, before: markerFields(marker), after: {} })
  for (const [id, marker] of wanted) {
    const was = old.get(id)
    if (!was) ops.push({ thing: 'marker', op: 'add', id, before: {}, after: markerFields(marker) })
    else {
      const [fields, then] = [markerFields(marker), markerFields(was)]
      const changed = Object.fromEntries(Object.entries(fields).filter(([name, value]) => then[name as keyof MarkerFields] !== value))
      // All of the marker goes along: should somebody have removed it, it can come back whole.
      if (Object.keys(changed).length) ops.push({ thing: 'marker', op: 'change', id, before: then, after: changed })
    }
  }
  return ops
}

function markerFields({ seconds, bpm, beats_per_bar, downbeat }: Marker): MarkerFields {
  return { seconds, bpm, beats_per_bar, downbeat }
}
