/** The render service's own curves of the routes, by what they were made from. */
import type { Draft } from '../draft'
import type { RouteCurve } from './source_curves'

const NONE: ReadonlyMap<string, RouteCurve> = new Map()

export function useOwnCurves(_draft: Draft): ReadonlyMap<string, RouteCurve> {
  return NONE
}
