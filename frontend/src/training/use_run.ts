/** What a page shows of one run, live: the run, its reports as columns, its samples. */
import { useMemo, useRef } from 'react'
import { useEffect } from 'react'
import { useLive, useProjectEvents } from '../shell/live'
import { queryClient, refresh, useAsk } from '../wire/query'
import { thinned, withTick } from './curves'
import { MOST_ROWS, trainingQueries } from './queries'
import type { Run, Sample, Tick, TickColumns } from './wire'

interface RunData {
  columns: TickColumns
  samples: readonly Sample[]
}

const NO_COLUMNS: TickColumns = {}
const NO_SAMPLES: readonly Sample[] = []

/** One report reaches every plot of this page at once. */
function tellTick(id: string, tick: Tick): void {
  queryClient.setQueryData<{ columns: TickColumns }>(['training-ticks', id, MOST_ROWS], (old) => old && { ...old, columns: thinned(withTick(old.columns, tick), 2 * MOST_ROWS) })
  queryClient.setQueryData<Run>(['training', id], (old) => old && {
    ...old, tick, kimg: tick.kimg, seconds: tick.seconds, left_seconds: tick.left_seconds ?? null, pictures_per_second: tick.pictures_per_second, p: tick.p,
  })
}

export function useRunData(id: string): RunData {
  const ticks = useAsk(trainingQueries.ticks(id))
  const samples = useAsk(trainingQueries.samples(id))
  const live = useLive()
  useProjectEvents(({ kind, payload }) => {
    if (payload.id !== id) return
    if (kind === 'training.tick') tellTick(id, payload.tick as Tick)
    if (kind === 'training.snapshot') void refresh('training-samples', id)
  })
  // What was said while the line was away is asked for.
  useEffect(() => live?.onOpen((isFirst) => {
    if (isFirst) return
    void refresh('training-ticks', id)
    void refresh('training-samples', id)
  }), [live, id])
  const held = useRef<readonly Sample[]>(NO_SAMPLES)
  const items = samples.data?.items
  const sorted = useMemo(() => {
    if (!items) return held.current
    const next = items.toSorted((a, b) => a.kimg - b.kimg)
    // The same list again is no reason to begin the film anew.
    const isSame = next.length === held.current.length && next.every((one, at) => one.kimg === held.current[at]!.kimg && one.grid_url === held.current[at]!.grid_url && JSON.stringify(one.metrics) === JSON.stringify(held.current[at]!.metrics))
    return isSame ? held.current : next
  }, [items])
  useEffect(() => {
    held.current = sorted
  }, [sorted])
  return { columns: ticks.data?.columns ?? NO_COLUMNS, samples: sorted }
}
