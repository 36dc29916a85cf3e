import { useState } from 'react'

/** One hue for each run, in their order. */
export const RUN_HUES = ['blue', 'orange', 'green', 'pink', 'violet', 'yellow'] as const

export function readRuns(search: string): string[] {
  return [...new Set((new URLSearchParams(search).get('runs') ?? '').split(',').filter(Boolean))].slice(0, RUN_HUES.length)
}

/** The runs of a comparison, kept in the address. */
export function useCompared(): { ids: readonly string[]; add: (id: string) => void; take: (id: string) => void } {
  const [ids, setIds] = useState(() => readRuns(window.location.search))
  const set = (next: string[]): void => {
    window.history.replaceState(null, '', `${window.location.pathname}?runs=${next.join()}`)
    setIds(next)
  }
  return {
    ids,
    add: (id) => set([...ids, id].slice(-RUN_HUES.length)),
    take: (id) => set(ids.filter((one) => one !== id)),
  }
}
