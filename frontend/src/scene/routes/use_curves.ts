/** The curves of a scene's routes: sketched in the page at once, and the render service's own as soon as they are there. */
import { useMemo, useRef } from 'react'
import { useStore } from '../../lib/store'
import type { Desk } from '../../track/desk'
import type { RouteSpec } from '../../wire/types'
import type { Draft } from '../draft'
import { curveOf, type RouteCurve, type Surroundings } from './source_curves'
import { levelAt } from './band'
import { shaped } from './shaping'

const MOST_POINTS = 60_000
const MOST_RATE = 60

/** What of a route its curve depends on. */
export function shapeKey(route: RouteSpec, routes: readonly RouteSpec[], depth = 0): string {
  const { source, smoothing_seconds, attack_seconds, release_seconds, quantise, bend, invert } = route
  const other = source.kind === 'route' && depth < routes.length ? routes.find(({ id }) => id === source.id) : undefined
  return JSON.stringify([source, smoothing_seconds, attack_seconds, release_seconds, quantise, bend, invert, other ? shapeKey(other, routes, depth + 1) : null])
}

type Curves = ReadonlyMap<string, RouteCurve | null>

export function useRouteCurves(draft: Draft, desk: Desk, own: ReadonlyMap<string, RouteCurve>): Curves {
  const { routes } = useStore(draft.scene)
  const [lanes, beats, stretches, cues] = [useStore(desk.sound.lanes), useStore(desk.sound.beats), useStore(desk.sound.stretches), useStore(desk.cues.cues)]
  const duration = desk.view.durationSeconds
  const known = useRef(new Map<string, RouteCurve | null>())
  const basis = useMemo(() => ({ lanes, beats, stretches, cues, duration, made: new Map<string, RouteCurve | null>() }), [lanes, beats, stretches, cues, duration])
  const last = useRef<Curves>(new Map())
  return useMemo(() => {
    known.current = basis.made
    const around: Surroundings = { ...basis, routes }
    const next = new Map(routes.map((route) => [route.id, own.get(shapeKey(route, routes)) ?? curveFor(route, around, basis.made)]))
    // The same curves are the same map, so that a moving amount draws no lane anew.
    if (next.size === last.current.size && [...next].every(([id, curve]) => last.current.has(id) && last.current.get(id) === curve)) return last.current
    return (last.current = next)
  }, [routes, basis, own])
}

function curveFor(route: RouteSpec, around: Surroundings, made: Map<string, RouteCurve | null>, depth = 0): RouteCurve | null {
  const key = shapeKey(route, around.routes)
  const before = made.get(key)
  if (before !== undefined) return before
  const at = depth > around.routes.length ? null : curveOf(route.source, around, (other) => {
    const curve = curveFor(other, around, made, depth + 1)
    return curve && ((seconds) => levelAt(curve, seconds))
  })
  const rate = Math.min(MOST_RATE, MOST_POINTS / Math.max(1, around.duration))
  const points = Math.max(2, Math.ceil(around.duration * rate) + 1)
  const curve = at && { rate, values: shaped(Float32Array.from({ length: points }, (_, index) => at(index / rate)), route, rate) }
  made.set(key, curve)
  return curve
}
