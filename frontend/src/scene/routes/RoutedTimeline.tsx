/** The timeline of a scene: each route has a lane that names what it drives; the heads of lanes can be carried onto sliders. */
import { useEffect, useMemo, useState } from 'react'
import { address, mayEdit } from '../../lib/page'
import { createStore, useStore } from '../../lib/store'
import type { Desk } from '../../track/desk'
import { TimelineBox } from '../../track/TimelineBox'
import type { Together } from '../../track/together'
import type { RouteSource, RouteSpec, Track } from '../../wire/types'
import { drawClamped, drawCurve } from '../../widgets/draw_curve'
import type { LaneCarry, LaneSpec } from '../../widgets/lane_stack'
import type { DrivenLanes } from '../../widgets/timeline'
import { clampedPlaces, type ClampedPlace } from './band'
import { carryTo, letGo, putDown, takeUp } from './carry'
import { movedBy, routeHue, routeTitle, targetTitle, useRouteDesk, type RouteDesk } from './context'
import { actingRoutes } from './sources'

const NO_LANES: DrivenLanes = { lanes: [], covered: new Set(), free: () => ({}) }
const BANDS = ['bass', 'low_mid', 'mid', 'high_mid', 'high']

export function RoutedTimeline({ desk, track, together }: { desk: Desk; track: Track; together: Together | null }) {
  const about = useRouteDesk()
  const [driven] = useState(() => createStore(NO_LANES))
  return (
    <>
      <TimelineBox desk={desk} track={track} layout="scene" href={address.track(track.id)} driven={driven} together={together} />
      {about && <Lanes about={about} onLanes={(lanes) => driven.set(lanes)} />}
    </>
  )
}

/** Nothing to see: tells the timeline what lanes there are. */
function Lanes({ about, onLanes }: { about: RouteDesk; onLanes: (lanes: DrivenLanes) => void }) {
  const { routes, parameters } = useStore(about.draft.scene)
  const places = useMemo(() => clampedOf(about, routes, parameters), [about, routes, parameters])
  const marks = [...places].map(([parameter, list]) => `${parameter} ${list.map(({ from, to }) => `${from.toFixed(2)}-${to.toFixed(2)}`).join()}`).join(';')
  const key = `${routes.map((route) => [route.id, route.parameter, route.is_bypassed, JSON.stringify(route.source)].join()).join(';')} ${marks}`
  useEffect(() => {
    onLanes(lanesOf(about, about.draft.scene.get().routes, places))
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a moving amount changes no lane
  }, [about, key])
  return null
}

/** Where all routes together want a parameter beyond its range, by its name. */
function clampedOf(about: RouteDesk, routes: readonly RouteSpec[], parameters: Readonly<Record<string, unknown>>): Map<string, ClampedPlace[]> {
  const acting = actingRoutes(routes)
  return new Map([...about.fields.values()].flatMap((field) => {
    const value = parameters[field.name] ?? field.default
    const moved = typeof value === 'number' ? movedBy(acting, field.name, about.curves) : []
    return moved.length > 0 && typeof value === 'number' ? [[field.name, clampedPlaces(field, value, moved, about.desk.view.durationSeconds)] as const] : []
  }))
}

function lanesOf(about: RouteDesk, routes: readonly RouteSpec[], clamped: Map<string, ClampedPlace[]>): DrivenLanes {
  return {
    lanes: routes.map((route) => laneOf(about, route, routes, clamped.get(route.parameter) ?? [])),
    covered: new Set(routes.flatMap(({ source }) => curveName(source) ?? [])),
    free(name, title, hue) {
      const source = sourceOfCurve(name)
      if (!source || !mayEdit()) return {}
      return {
        drives: 'no route',
        carry: carryOf(source, title, hue),
        button: { icon: 'route', label: `Route ${title}`, isOn: false, act: () => takeUp(source, title, hue) },
      }
    },
  }
}

function laneOf(about: RouteDesk, route: RouteSpec, routes: readonly RouteSpec[], clamped: readonly ClampedPlace[]): LaneSpec {
  const title = routeTitle(route, routes)
  const hue = routeHue(route, about)
  const curve = about.curves.get(route.id) ?? null
  return {
    id: `route:${route.id}`, title, hue, height: 44, drives: `to ${targetTitle(route.parameter, about.fields, routes)}`, isQuiet: route.is_bypassed,
    missing: curve ? null : 'Drawn when a render service has made it',
    ...(mayEdit() ? {
      carry: carryOf(route.source, title, hue),
      button: {
        icon: 'power' as const, isOn: !route.is_bypassed, label: route.is_bypassed ? `Turn ${title} on` : `Bypass ${title}`,
        act: () => toggle(about, route.id, title),
      },
    } : {}),
    draw: (drawing) => {
      if (curve) drawCurve(drawing, { values: curve.values, columns: 1, scale: 1, secondsPerValue: 1 / curve.rate, start: 0 }, hue)
      if (!route.is_bypassed) drawClamped(drawing, clamped)
    },
  }
}

/** As the route is now: the lane may have been made before its amount moved. */
function toggle(about: RouteDesk, id: string, title: string): void {
  const route = about.draft.scene.get().routes.find((one) => one.id === id)
  if (route) about.draft.setDriven({ routes: { [id]: { ...route, is_bypassed: !route.is_bypassed } } }, `${route.is_bypassed ? 'Turn on' : 'Bypass'} ${title}`)
}

function carryOf(source: RouteSource, title: string, hue: string): LaneCarry {
  return {
    begin: (x, y) => takeUp(source, title, hue, { x, y }),
    move: carryTo,
    end: (isDropped) => (isDropped ? putDown() : letGo()),
  }
}

/** The name that a source has among the curves of a track. */
export function curveName(source: RouteSource): string | null {
  if (source.kind === 'band') return source.band
  return source.kind === 'loudness' || source.kind === 'short_term' || source.kind === 'onset' || source.kind === 'brightness' ? source.kind : null
}

export function sourceOfCurve(name: string): RouteSource | null {
  if (BANDS.includes(name)) return { kind: 'band', band: name as 'bass' }
  return name === 'loudness' || name === 'short_term' || name === 'onset' || name === 'brightness' ? { kind: name } : null
}
