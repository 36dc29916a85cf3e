/** The render service's own curves of the routes, by what they were made from: for what the page cannot sketch itself. */
import { useMemo, useRef } from 'react'
import { useStore } from '../../lib/store'
import { useSceneCurves } from '../curves/use_scene_curves'
import type { Draft } from '../draft'
import type { RouteCurve } from './source_curves'
import { shapeKey } from './use_curves'

export function useOwnCurves(draft: Draft): ReadonlyMap<string, RouteCurve> {
  const { id, revision, routes } = useStore(draft.scene)
  // Only stems need ears; to ask for the others would take the service from the preview.
  const { state, curves } = useSceneCurves(id, revision, routes.some(({ source }) => source.kind === 'stem'))
  const last = useRef<ReadonlyMap<string, RouteCurve>>(new Map())
  return useMemo(() => {
    if (state !== 'ready') return last.current
    const keys = new Map(routes.map((route) => [`route:${route.id}`, shapeKey(route, routes)]))
    last.current = new Map(curves.flatMap(({ name, values, scale, secondsPerValue }) => {
      const key = keys.get(name)
      return key === undefined ? [] : [[key, { values: Float32Array.from(values, (value) => value * scale), rate: 1 / secondsPerValue }] as const]
    }))
    return last.current
    // eslint-disable-next-line react-hooks/exhaustive-deps -- routes that moved on since have other keys, and come with the next curves
  }, [state, curves])
}
