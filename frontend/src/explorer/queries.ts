/** What the explorer asks of the studio beyond what the network's own page asks. */
import { get } from '../wire/api'
import type { components } from '../wire/schema'
import type { Items } from '../wire/types'
import type { Interpolation, PathDraft, PathPoint } from './path'

type Schemas = components['schemas']

export type SavedPath = Omit<Schemas['PathOut'], 'waypoints'> & { waypoints: PathPoint[]; interpolation: Interpolation }
export type Harvest = Schemas['HarvestOut']

const ask = <Answer>(key: string[], path: string) => ({ queryKey: key, queryFn: ({ signal }: { signal: AbortSignal }) => get<Answer>(path, signal) })

export const explorerQueries = {
  paths: (network: string) => ask<Items<SavedPath>>(['paths', network], `/networks/${network}/paths`),
  harvests: (snapshot: string) => ask<Items<Harvest>>(['harvests', snapshot], `/snapshots/${snapshot}/harvests`),
}

/** What of a path the studio keeps. A point that is a pin follows it; any other has a vector of its own. */
export function keptPart({ name, waypoints, interpolation, loop }: PathDraft) {
  return { name, interpolation, loop, waypoints: waypoints.map(({ pin_id, vector, length }) => (pin_id ? { pin_id, length } : { vector, length })) }
}

export function draftOf({ id, name, revision, snapshot_id, waypoints, interpolation, loop }: SavedPath): PathDraft {
  return { id, name, revision, snapshot_id, waypoints, interpolation, loop }
}
