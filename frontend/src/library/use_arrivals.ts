/** What happens to this dataset elsewhere: portraits arrive, are scored, are decided about by somebody else. */
import { useEffect, useRef, useState } from 'react'
import { pageData } from '../lib/page'
import { firstName, usePersonOf } from '../parts/people'
import { useProjectEvents } from '../shell/live'
import { refresh } from '../wire/query'
import type { StudioEvent } from '../wire/types'
import { movedCounts, standsUnder } from './decisions'
import type { Desk } from './desk'
import type { Decision, Portrait } from './wire'

const CURATING_MS = 60_000
const RENEW_MS = 1200
const OWN_ANSWER_MS = 1500
/** Each view is counted anew: not for every key. */
const VIEWS_MS = 8000

interface Arrivals {
  /** When a portrait of a session last arrived, of `Date.now()`. */
  arrivals: ReadonlyMap<string, number>
  /** "Tomo is curating 15 November", or nothing. */
  curators: string
}

interface News {
  dataset_id?: string
  session_id?: string | null
  ids?: number[] | null
  count?: number
  batch_id?: number | null
  verdict?: -1 | 0 | 1 | null
  stars?: number | null
  undone?: boolean
}

/** `names` says what a session is called. */
export function useArrivals(desk: Desk | null, names: (id: string) => string | undefined): Arrivals {
  const [arrivals, setArrivals] = useState<ReadonlyMap<string, number>>(new Map())
  const [curating, setCurating] = useState<{ id: string; at: number; session: string | null } | null>(null)
  const later = useLater()
  const personOf = usePersonOf(curating !== null)
  useProjectEvents((event) => {
    const news = event.payload as News
    if (!desk || news.dataset_id !== desk.dataset || !event.kind.startsWith('portraits.')) return
    later('counts', 1500, () => void Promise.all([refresh('dataset', desk.dataset), refresh('sessions', desk.dataset), refresh('history', desk.dataset)]))
    later('views', VIEWS_MS, () => void refresh('view-counts', desk.dataset))
    if (event.kind === 'portraits.arrived') {
      if (news.session_id) setArrivals((now) => new Map(now).set(news.session_id!, Date.now()))
      arrived(desk, news, later)
    } else if (event.kind === 'portraits.scored') {
      desk.source.get()?.freshen(news.ids ?? undefined)
      later('facets', RENEW_MS, desk.renewFacets)
    } else if (event.kind === 'portraits.decided') {
      if (event.actor === pageData().me?.id) {
        // One's own may be told before it is answered; what another tab did is known by its batch.
        setTimeout(() => !desk.own.has(news.batch_id ?? -1) && decidedElsewhere(desk, event, news, later), OWN_ANSWER_MS)
        return
      }
      if (event.actor) setCurating({ id: event.actor, at: Date.now(), session: news.session_id ?? null })
      decidedElsewhere(desk, event, news, later)
    }
  })
  useEffect(() => {
    if (!curating) return
    const timer = setTimeout(() => setCurating(null), CURATING_MS)
    return () => clearTimeout(timer)
  }, [curating])
  return { arrivals, curators: curating ? curatingWords(firstName(personOf(curating.id)), curating.session && names(curating.session)) : '' }
}

export function curatingWords(who: string, session: string | null | undefined): string {
  return session ? `${who} is curating ${session}` : `${who} is curating`
}

type Later = (name: string, milliseconds: number, run: () => void) => void

/** Calls once for many events: at most every `milliseconds`, the newest call counts. */
function useLater(): Later {
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>())
  useEffect(() => {
    const kept = timers.current
    return () => kept.forEach((timer) => clearTimeout(timer))
  }, [])
  return (name, milliseconds, run) => {
    if (timers.current.has(name)) return
    timers.current.set(name, setTimeout(() => {
      timers.current.delete(name)
      run()
    }, milliseconds))
  }
}

/** Whether the page holds portraits that a new answer would leave out: then nothing is renewed under the hand. */
function holdsDecided(desk: Desk): boolean {
  const [source, tab] = [desk.source.get(), desk.place.get().filter.verdict ?? 'any']
  if (!source || tab === 'any') return false
  const from = Math.max(0, desk.cursor.get() - 60)
  for (let rank = from; rank < Math.min(source.index.count, from + 180); rank += 1) {
    const one = source.get(rank)
    if (one && !standsUnder(one, tab)) return true
  }
  return false
}

function arrived(desk: Desk, news: News, later: Later): void {
  if (holdsDecided(desk) || desk.place.get().view !== 'grid') desk.waiting.set((now) => now + (news.count ?? 1))
  else later('renew', RENEW_MS, () => void desk.renew())
}

function decidedElsewhere(desk: Desk, event: StudioEvent, news: News, later: Later): void {
  const [decision, source] = [decisionOf(news), desk.source.get()]
  if (source && news.ids && news.ids.length > 0 && decision) {
    const by = event.actor ? { id: event.actor, name: '' } : null
    const before = source.patch(news.ids, (one: Portrait) => ({ ...one, ...decision, decided_by: by, decided_at: event.at }))
    if (decision.verdict !== undefined) desk.counts.set(movedCounts(desk.counts.get(), before.values(), decision.verdict))
    later('facets', RENEW_MS, desk.renewFacets)
    return
  }
  void desk.repaint(news.ids ?? null).then((isShown) => isShown || later('renew', RENEW_MS, () => void desk.renew())).catch(() => undefined)
}

/** An undo tells no decision: each portrait went back to its own. */
function decisionOf(news: News): Decision | null {
  const decision: Decision = {}
  if (news.verdict !== null && news.verdict !== undefined) decision.verdict = news.verdict
  if (news.stars !== null && news.stars !== undefined) decision.stars = news.stars
  return news.undone !== undefined || Object.keys(decision).length === 0 ? null : decision
}
