/** Place: what of a network's page is shown, as its address says it. */
import { useCallback, useEffect, useState } from 'react'

export const tabs = ['growth', 'snapshots', 'pins', 'directions', 'used'] as const
export type Tab = (typeof tabs)[number]

export interface Place {
  tab: Tab
  /** The chosen snapshot; null = the newest. */
  snapshot: string | null
  /** The chosen vector, counted from 0. */
  row: number
  /** Vectors of the growth grid: those of the import, the network's pins, or seeds from a number on. */
  vectors: 'usual' | 'pins' | number
  /** The snapshot compared with the chosen one; null = no comparison. */
  against: string | null
}

export const firstPlace: Place = { tab: 'growth', snapshot: null, row: 0, vectors: 'usual', against: null }

export function readPlace(search: string, hash = ''): Place {
  const said = new URLSearchParams(search)
  const tab = tabs.find((one) => one === said.get('tab')) ?? firstPlace.tab
  const vectors = said.get('vectors')
  const seed = Number(vectors)
  return {
    tab,
    snapshot: said.get('snapshot') ?? (hash.slice(1) || null),
    row: Math.max(0, Math.floor(Number(said.get('row')) || 0)),
    vectors: vectors === 'pins' ? 'pins' : vectors !== null && vectors !== '' && Number.isInteger(seed) && seed >= 0 ? seed : 'usual',
    against: said.get('against'),
  }
}

/** The address of a place; what is as at first is left out. */
export function writePlace(place: Place): string {
  const said = Object.entries(place).filter(([name, value]) => value !== null && value !== firstPlace[name as keyof Place])
  const words = new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString()
  return words ? `?${words}` : ''
}

/** Tabs and comparisons are steps that Back takes; choosing a cell is not. */
export function usePlace(): [Place, (part: Partial<Place>) => void] {
  const [place, setPlace] = useState(() => readPlace(window.location.search, window.location.hash))
  useEffect(() => {
    const back = (): void => setPlace(readPlace(window.location.search, window.location.hash))
    window.addEventListener('popstate', back)
    return () => window.removeEventListener('popstate', back)
  }, [])
  const go = useCallback((part: Partial<Place>) => {
    const now = readPlace(window.location.search, window.location.hash)
    const next = { ...now, ...part }
    const isStep = next.tab !== now.tab || (next.against === null) !== (now.against === null)
    window.history[isStep ? 'pushState' : 'replaceState'](null, '', `${window.location.pathname}${writePlace(next)}`)
    setPlace(next)
  }, [])
  return [place, go]
}
