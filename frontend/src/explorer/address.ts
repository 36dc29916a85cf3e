/** The explorer's state in the page's address, so that a reload, a link and the back button bring it back. */
import { plainLook, plainVector, type Look, type Mix, type VectorSpec } from '../network/vectors'
import { brief, fromBrief } from './recipe'

/** What is explored: one vector through one snapshot. */
export interface Explored {
  snapshotId: string
  vector: VectorSpec
  look: Look
  /** Mixes that are switched off and kept at hand. */
  resting: Mix[]
}

/** Longer addresses are cut off by some programs that carry them. */
const LONGEST_HASH = 6000

export function freshlyExplored(snapshotId: string, seed = 0): Explored {
  return { snapshotId, vector: plainVector(seed), look: plainLook, resting: [] }
}

export function toText({ snapshotId, vector, look, resting }: Explored): string {
  const moved = Object.fromEntries(Object.entries(look).filter(([name, value]) => value !== plainLook[name as keyof Look]))
  return JSON.stringify({
    snapshot: snapshotId, vector: brief(vector),
    ...(Object.keys(moved).length ? { look: moved } : {}),
    ...(resting.length ? { resting: resting.map((mix) => ({ ...mix, of: brief(mix.of) })) } : {}),
  })
}

/** Null when the text is none of ours. */
export function fromText(text: string): Explored | null {
  try {
    const { snapshot, vector, look, resting } = JSON.parse(text) as { snapshot: string; vector: unknown; look?: Partial<Look>; resting?: Mix[] }
    const kept = fromBrief({ seed: 0, mixes: resting ?? [] }).mixes
    return { snapshotId: String(snapshot), vector: fromBrief(vector), look: { ...plainLook, ...look }, resting: kept }
  } catch {
    return null
  }
}

/** What goes behind the # of the address; null when it is too long for one. */
export function toHash(explored: Explored): string | null {
  const text = encodeURIComponent(toText(explored))
  return text.length <= LONGEST_HASH ? text : null
}

export function fromHash(hash: string): Explored | null {
  try {
    return hash.length > 1 ? fromText(decodeURIComponent(hash.replace(/^#/, ''))) : null
  } catch {
    return null
  }
}
