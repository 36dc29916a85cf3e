/** Live: the one open line of this page, and how what it brings reaches what the page shows. */
import { createContext, useContext, useEffect, useRef } from 'react'
import { pageData } from '../lib/page'
import type { Scope } from '../lib/scope'
import { createStore, useStore, type Store } from '../lib/store'
import type { Connection, Live } from '../wire/events'
import { queryClient, showThing } from '../wire/query'
import type { Person, Render, RenderThumb, Segment, ServicesState, StudioEvent } from '../wire/types'

export const LiveContext = createContext<Live | null>(null)

export function useLive(): Live | null {
  return useContext(LiveContext)
}

const nobody = createStore<readonly Person[]>([])
const always: Store<Connection> = createStore<Connection>({ state: 'open' })

let atStart: Store<ServicesState | null> | null = null

/** Outside of a project no line is open: what the page was made with stands. */
function servicesAtStart(): Store<ServicesState | null> {
  atStart ??= createStore(pageData().services)
  return atStart
}

export function useServices(): ServicesState | null {
  return useStore(useLive()?.services ?? servicesAtStart())
}

export function usePeople(): readonly Person[] {
  return useStore(useLive()?.people ?? nobody)
}

export function useConnection(): Connection {
  return useStore(useLive()?.connection ?? always)
}

/** Calls `handler` for each event of the project while the part is mounted. */
export function useProjectEvents(handler: (event: StudioEvent) => void): void {
  const live = useLive()
  const latest = useRef(handler)
  useEffect(() => {
    latest.current = handler
  })
  useEffect(() => live?.onEvent((event) => latest.current(event)), [live])
}

/** Plural of the nouns whose lists are kept under their plural. */
export function listKeyOf(noun: string): string {
  return noun.endsWith('s') ? noun : `${noun}s`
}

/**
 * Shows each event's payload at once where it is the thing itself, and asks again for the lists it belongs to, at most
 * every 300 ms however many events come. Progress alone asks for nothing.
 */
export function keepFresh(live: Live, scope: Scope, projectId: string): void {
  const stale = new Set<string>()
  let isWaiting = false

  const flush = (): void => {
    isWaiting = false
    for (const key of stale) void queryClient.invalidateQueries({ queryKey: JSON.parse(key) as unknown[] })
    stale.clear()
  }
  const mark = (...key: unknown[]): void => {
    stale.add(JSON.stringify(key))
    if (isWaiting) return
    isWaiting = true
    scope.after(300, flush)
  }

  scope.add(live.onEvent((event) => {
    const [noun, past] = wordsOf(event.kind)
    const id = event.subject.split(':')[1] ?? ''
    if (event.kind === 'render.segment') {
      showSegment(event.payload as unknown as SegmentNews)
      return
    }
    if (event.kind === 'track.edited') { // the desk shows it; the track is as before
      mark('events', projectId)
      return mark('track_version_diff')
    }
    if (SAYS_ALL.has(event.kind)) return
    if (event.payload.id === id && id !== '') showThing(noun, event.payload as { id: string })
    if (past === 'progress') return
    mark(listKeyOf(noun))
    mark(noun, id)
    mark('events', projectId)
    // A network's page shows what hangs on it: snapshots, counts of pins.
    if (noun === 'snapshot' || noun === 'pin') {
      mark('networks')
      mark('network')
    }
  }))
  scope.add(live.services.subscribe(() => {
    queryClient.setQueryData(['services'], live.services.get())
    mark('visualizers')
  }))
}

/** Reports that come every two seconds and carry all that is new; curves of a scene, which are no change of it. */
const SAYS_ALL = new Set(['training.tick', 'projection.tick', 'projection.frames', 'scene.curves'])

/** What an event is about and what became of it. The target of a projection is a thing of its own. */
function wordsOf(kind: string): [string, string] {
  const target = 'projection.target.'
  if (kind.startsWith(target)) return ['projection-target', kind.slice(target.length)]
  const [noun = '', past = ''] = kind.split('.')
  return [noun, past]
}

interface SegmentNews {
  render_id: string
  segment: Segment
  thumbs: RenderThumb[]
}

/** One segment of a film is further, and may have brought new pictures. */
export function showSegment(news: SegmentNews): void {
  queryClient.setQueryData<Render>(['render', news.render_id], (old) => old && withSegment(old, news))
}

export function withSegment(render: Render, { segment, thumbs }: SegmentNews): Render {
  const isNew = (one: RenderThumb): boolean => !render.thumbs.some((known) => known.frame === one.frame)
  return {
    ...render,
    segments: render.segments.map((one) => (one.index === segment.index ? { ...one, ...segment } : one)),
    thumbs: [...render.thumbs, ...thumbs.filter(isNew)].sort((a, b) => a.frame - b.frame),
  }
}
