/** What the explorer asks of the studio, beside the network itself. */
import type { Look, VectorSpec } from '../network/vectors'
import { get } from '../wire/api'
import type { components } from '../wire/schema'
import type { Items } from '../wire/types'
import type { Interpolation, PathDraft, PathPoint } from './path'

type Schemas = components['schemas']

export type Pin = Omit<Schemas['PinOut'], 'vector' | 'look'> & { vector: VectorSpec; look: Look }
export type SavedPath = Omit<Schemas['PathOut'], 'waypoints'> & { waypoints: PathPoint[]; interpolation: Interpolation }
export type Directions = Schemas['DirectionsOut']
export type Harvest = Schemas['HarvestOut']

const ask = <Answer>(key: string[], path: string) => ({ queryKey: key, queryFn: ({ signal }: { signal: AbortSignal }) => get<Answer>(path, signal) })

export const explorerQueries = {
  pins: (network: string) => ask<Items<Pin>>(['pins', network], `/networks/${network}/pins`),
  paths: (network: string) => ask<Items<SavedPath>>(['paths', network], `/networks/${network}/paths`),
  directions: (snapshot: string) => ask<Items<Directions>>(['directions', snapshot], `/snapshots/${snapshot}/directions`),
  harvests: (snapshot: string) => ask<Items<Harvest>>(['harvests', snapshot], `/snapshots/${snapshot}/harvests`),
}

/** What of a path the studio keeps. A point that is a pin follows it; any other has a vector of its own. */
export function keptPart({ name, waypoints, interpolation, loop }: PathDraft) {
  return { name, interpolation, loop, waypoints: waypoints.map(({ pin_id, vector, length }) => (pin_id ? { pin_id, length } : { vector, length })) }
}

export function draftOf({ id, name, revision, snapshot_id, waypoints, interpolation, loop }: SavedPath): PathDraft {
  return { id, name, revision, snapshot_id, waypoints, interpolation, loop }
}
