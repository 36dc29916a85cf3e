/** What every part that shows routes needs to know of the open scene. */
import { createContext, useContext, useMemo } from 'react'
import { useStore } from '../../lib/store'
import type { Desk } from '../../track/desk'
import type { RouteSource, RouteSpec } from '../../wire/types'
import type { Draft } from '../draft'
import { newId } from '../driven'
import type { Field } from '../schema'
import type { Moved } from './band'
import type { RouteCurve } from './source_curves'
import { actingRoutes, newRoute, sourceHue, sourceTitle } from './sources'

export interface RouteDesk {
  draft: Draft
  desk: Desk
  /** What routes may drive, by name. */
  fields: ReadonlyMap<string, Field>
  /** The curve of each route by its id; null while nobody knows it. */
  curves: ReadonlyMap<string, RouteCurve | null>
  labels: readonly string[]
  stems: readonly string[]
  cueHues: Readonly<Record<string, string>>
  /** Cues may take the picture to a vector. */
  takesVectors: boolean
}

export const RouteContext = createContext<RouteDesk | null>(null)

export function useRouteDesk(): RouteDesk | null {
  return useContext(RouteContext)
}

/** The routes on one parameter, with what a part needs to show them. */
export function useRoutesOn(parameter: string): { about: RouteDesk | null; routes: RouteSpec[]; acting: Moved[] } {
  const about = useRouteDesk()
  const all = useAllRoutes(about)
  return useMemo(() => ({
    about,
    routes: all.filter((route) => route.parameter === parameter),
    acting: about ? movedBy(actingRoutes(all), parameter, about.curves) : [],
  }), [about, all, parameter])
}

export function movedBy(acting: RouteSpec[], parameter: string, curves: RouteDesk['curves'], depth = 0): Moved[] {
  return acting.filter((route) => route.parameter === parameter).map((route) => ({
    route, curve: curves.get(route.id) ?? null,
    amountBy: depth < acting.length ? movedBy(acting, `route:${route.id}`, curves, depth + 1) : [],
  }))
}

const NONE: RouteSpec[] = []
const nowhere = { get: () => ({ routes: NONE }), set: () => undefined, subscribe: () => () => undefined }

function useAllRoutes(about: RouteDesk | null): RouteSpec[] {
  return useStore<{ routes: RouteSpec[] }>(about ? (about.draft.scene as never) : nowhere).routes
}

export function routeTitle(route: RouteSpec, routes: readonly RouteSpec[]): string {
  return sourceTitle(route.source, routes)
}

/** What a parameter is called: "Truncation", or "amount of Loudness" for one of another route. */
export function targetTitle(parameter: string, fields: RouteDesk['fields'], routes: readonly RouteSpec[]): string {
  if (!parameter.startsWith('route:')) return fields.get(parameter)?.title ?? parameter
  const other = routes.find(({ id }) => `route:${id}` === parameter)
  return other ? `amount of ${sourceTitle(other.source, routes)}` : 'amount of a route'
}

export function routeHue(route: RouteSpec, about: RouteDesk): string {
  return sourceHue(route.source, about.cueHues)
}

/** Adds a route and gives it its name in the history. */
export function addRoute(about: Pick<RouteDesk, 'draft' | 'fields'>, parameter: string, source: RouteSource): string {
  const { routes } = about.draft.scene.get()
  const route = newRoute(newId(), parameter, source)
  about.draft.setDriven({ routes: { [route.id]: route } }, `${sourceTitle(source, routes)} drives ${targetTitle(parameter, about.fields, routes)}`)
  return route.id
}
