/** One vector through one snapshot, as large as a side panel shows it. */
import { useMemo } from 'react'
import { useSettled } from '../lib/settled'
import type { Network, Snapshot } from '../wire/types'
import { useSheets } from './sheets'
import type { VectorSpec } from './vectors'

const REST_MS = 500
const SMALL_PX = 160
const LARGE_PX = 512

/** Its address, ordered once the choice has rested; null until it is drawn, or where the small picture is no smaller. */
export function useLarge(network: Network, snapshot: Snapshot | undefined, vector: VectorSpec | undefined): string | null {
  const [id, pixels] = [snapshot?.id ?? '', snapshot?.resolution ?? 0]
  const wanted = useMemo(
    () => (vector && pixels > SMALL_PX ? { vectors: [vector], snapshotIds: [id], tile: Math.min(pixels, LARGE_PX) } : null),
    [id, pixels, vector],
  )
  const rested = useSettled(wanted, REST_MS)
  const sheets = useSheets(network.id, rested)
  return rested !== null && rested === wanted ? (sheets.of({ id })?.url ?? null) : null
}
