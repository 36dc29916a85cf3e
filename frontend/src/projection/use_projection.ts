/** What a page shows of one projection, live: the found frames and their curves. */
import { useEffect, useRef, useState } from 'react'
import { useLive, useProjectEvents } from '../shell/live'
import { queryClient, refresh, useAsk } from '../wire/query'
import type { Items } from '../wire/types'
import { projectionQueries } from './queries'
import { placeAfter, withBatch } from './strip'
import type { Batch, Curves, Projection, Tick } from './wire'

const NO_BATCHES: readonly Batch[] = []
const NO_CURVES: Curves = { frame: [], loss: [], steps: [] }
/** Curves are asked for again at most so often, however many batches come. */
const CURVES_EVERY_MS = 3000

/** A report reaches the page without asking again. */
export function withTick(one: Projection, tick: Tick): Projection {
  return { ...one, tick, seconds: tick.seconds, left_seconds: tick.left_seconds ?? null, evaluations: tick.evaluations ?? one.evaluations, state: one.state === 'starting' ? 'projecting' : one.state }
}

/** Lists and pages hear of progress without asking. */
export function useProgress(project: string): void {
  const change = (id: unknown, made: (one: Projection) => Projection): void => {
    queryClient.setQueryData<Projection>(['projection', id], (old) => old && made(old))
    queryClient.setQueryData<Items<Projection>>(['projections', project], (old) => old && { ...old, items: old.items.map((one) => (one.id === id ? made(one) : one)) })
  }
  useProjectEvents(({ kind, payload }) => {
    if (kind === 'projection.tick') change(payload.id, (one) => withTick(one, payload.tick as Tick))
    if (kind === 'projection.frames') {
      const frames = payload.frames as Batch
      change(payload.id, (one) => ({ ...one, frames_done: payload.frames_done as number, picture_url: frames.picture_url ?? one.picture_url }))
    }
  })
}

interface Found {
  batches: readonly Batch[]
  curves: Curves
}

export function useFound(id: string): Found {
  const batches = useAsk(projectionQueries.batches(id))
  const curves = useAsk(projectionQueries.curves(id))
  const live = useLive()
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useProjectEvents(({ kind, payload }) => {
    if (payload.id !== id || kind !== 'projection.frames') return
    const made = payload.frames as Batch
    queryClient.setQueryData<Items<Batch>>(['projection-batches', id], (old) => old && { items: withBatch(old.items, made) })
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      void refresh('projection-curves', id)
    }, CURVES_EVERY_MS)
  })
  useEffect(() => () => clearTimeout(timer.current), [])
  // What was found while the line was away is asked for.
  useEffect(() => live?.onOpen((isFirst) => {
    if (isFirst) return
    void refresh('projection-batches', id)
    void refresh('projection-curves', id)
  }), [live, id])
  return { batches: batches.data?.items ?? NO_BATCHES, curves: curves.data ?? NO_CURVES }
}

/** Which batch is looked at: the newest, until a hand has chosen another. */
export function usePlace(batches: readonly Batch[]): [number, (at: number) => void] {
  const [at, setAt] = useState(Math.max(0, batches.length - 1))
  const before = useRef(batches)
  useEffect(() => {
    if (before.current === batches) return
    const earlier = before.current
    before.current = batches
    setAt((now) => placeAfter(earlier, now, batches))
  }, [batches])
  return [Math.min(at, Math.max(0, batches.length - 1)), setAt]
}
