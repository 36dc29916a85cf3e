/** Tells all parts of a scene editor what its routes are about, and takes what is dropped on a slider. */
import { useEffect, useMemo, type ReactNode } from 'react'
import { useStore } from '../../lib/store'
import type { Desk } from '../../track/desk'
import { get } from '../../wire/api'
import { useAsk } from '../../wire/query'
import type { components } from '../../wire/schema'
import type { Items, Visualizer } from '../../wire/types'
import type { Draft } from '../draft'
import { groupsOf, type Field } from '../schema'
import { Ghost } from './Ghost'
import { listenForDrops } from './carry'
import { addRoute, RouteContext, type RouteDesk } from './context'
import { useOwnCurves } from './own_curves'
import { useRouteCurves } from './use_curves'

type Stem = components['schemas']['StemOut']

interface ProviderProps {
  draft: Draft
  desk: Desk
  visualizer: Visualizer | undefined
  children: ReactNode
}

export function RouteProvider({ draft, desk, visualizer, children }: ProviderProps) {
  const cues = useStore(desk.cues.cues)
  const own = useOwnCurves(draft)
  const { track_id } = useStore(draft.scene)
  const sent = useAsk({ queryKey: ['stems', track_id], queryFn: ({ signal }) => get<Items<Stem>>(`/tracks/${track_id}/stems`, signal) })
  const stems = useMemo(() => (sent.data?.items ?? []).filter(({ state }) => state === 'ready').map(({ name }) => name), [sent.data])
  const curves = useRouteCurves(draft, desk, own)
  const { parameters } = useStore(draft.scene)
  const fields = useMemo(() => fieldsOf(visualizer, parameters.bends), [visualizer, parameters.bends])
  const about = useMemo<RouteDesk>(() => {
    const named = cues.filter(({ label }) => label)
    return {
      draft, desk, fields, curves, stems, labels: [...new Set(named.map(({ label }) => label))].sort(),
      cueHues: Object.fromEntries(named.map(({ label, colour }) => [label, `hue-${colour}`])),
      takesVectors: visualizer?.takes_vectors ?? false,
    }
  }, [draft, desk, fields, curves, stems, cues, visualizer?.takes_vectors])
  useEffect(() => listenForDrops((parameter, source) => void addRoute({ draft, fields }, parameter, source)), [draft, fields])
  return <RouteContext.Provider value={about}>{children}<Ghost /></RouteContext.Provider>
}

const STRONGEST = 2

/** What routes may drive: routable parameters, and the amount of each bend. */
function fieldsOf(visualizer: Visualizer | undefined, bends: unknown): ReadonlyMap<string, Field> {
  const fields = visualizer ? groupsOf(visualizer.schema).flatMap((group) => group.fields).filter((field) => field.isRoutable) : []
  const found = new Map(fields.map((field) => [field.name, field]))
  for (const bend of Array.isArray(bends) ? (bends as { id: string; operation: string }[]) : []) found.set(`bend:${bend.id}`, bendField(bend))
  return found
}

export function bendField({ id, operation }: { id: string; operation: string }): Field {
  return {
    name: `bend:${id}`, title: `Strength of ${operation}`, minimum: -STRONGEST, maximum: STRONGEST, least: -STRONGEST, most: STRONGEST, help: '', group: '', unit: '',
    kind: 'slider', default: 1, step: 0.01, isLog: false, isWhole: false, isDraw: true, isRoutable: true, choices: [],
  }
}
