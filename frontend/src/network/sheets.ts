/** Sheets: one drawing of several vectors for each snapshot; asked for as a page needs them, told when they are there. */
import { useQuery } from '@tanstack/react-query'
import type { Snapshot } from '../wire/types'
import { networkQueries, type SheetsWanted } from './queries'
import type { SheetItem } from './wire'

export interface DrawnSheets {
  of: (snapshot: Pick<Snapshot, 'id'>) => SheetItem | undefined
  fault: Error | null
  again: () => void
}

/** `wanted` null asks for nothing. */
export function useSheets(network: string, wanted: SheetsWanted | null): DrawnSheets {
  const isWanted = wanted !== null && wanted.vectors.length > 0 && wanted.snapshotIds.length > 0
  const asked = useQuery({
    ...networkQueries.sheets(network, wanted ?? { vectors: [], snapshotIds: [], tile: 160 }),
    enabled: isWanted,
    staleTime: Infinity,
  })
  return {
    of: (snapshot) => (isWanted ? asked.data?.items.find((one) => one.snapshot_id === snapshot.id) : undefined),
    fault: isWanted ? asked.error : null,
    again: () => void asked.refetch(),
  }
}
