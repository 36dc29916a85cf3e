/** What a widget tells, for the panels around it. */
import { useEffect, useReducer } from 'react'
import type { Emitter } from '../lib/emitter'

/** Draws again whenever one of the events comes. */
export function useEvents<Events extends object>(emitter: Emitter<Events>, ...types: (keyof Events)[]): void {
  const [, again] = useReducer((count: number) => count + 1, 0)
  const names = types.join(' ')
  useEffect(() => {
    const stops = types.map((type) => emitter.on(type, again))
    return () => stops.forEach((stop) => stop())
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the names stand for the list
  }, [emitter, names])
}
