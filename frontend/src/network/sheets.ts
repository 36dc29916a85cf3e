/** Sheets: one drawing of several vectors for each snapshot; asked for as a page needs them, told when they are there. */
import { useQuery } from '@tanstack/react-query'
import { createStore, useStore } from '../lib/store'
import { useProjectEvents } from '../shell/live'
import type { Snapshot } from '../wire/types'
import { networkQueries, type SheetsWanted } from './queries'
import type { SheetItem } from './wire'

export type SheetNews = ReadonlyMap<string, SheetItem>

/** What events said of sheets, by id. It may come before the answer to the order that it is about. */
const told = createStore<SheetNews>(new Map())

/** The sheet as it is now: as it was ordered, or as an event told later. */
export function latest(sheet: SheetItem | undefined, news: SheetNews): SheetItem | undefined {
  return sheet && !sheet.url ? (news.get(sheet.id) ?? sheet) : sheet
}

export interface DrawnSheets {
  of: (snapshot: Pick<Snapshot, 'id'>) => SheetItem | undefined
  fault: Error | null
  /** Orders again what failed. */
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
  const news = useStore(told)
  useProjectEvents(({ kind, payload }) => {
    if (kind.startsWith('sheet.')) told.set((now) => new Map(now).set(String(payload.id), payload as unknown as SheetItem))
  })
  const items = isWanted ? (asked.data?.items ?? []) : []
  return {
    of: (snapshot) => latest(items.find((one) => one.snapshot_id === snapshot.id), news),
    fault: isWanted ? asked.error : null,
    again: () => {
      told.set((now) => new Map([...now].filter(([, one]) => one.state !== 'failed')))
      void asked.refetch()
    },
  }
}
