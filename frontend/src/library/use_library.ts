/** The desk of a dataset's page while the page is open, and what its parts read of it. */
import { useEffect, useState } from 'react'
import { createScope } from '../lib/scope'
import { createStore, type Store } from '../lib/store'
import { createDesk, type Desk } from './desk'
import { createLibraryWire } from './wire'

export function useLibraryDesk(dataset: string): Desk | null {
  const [desk, setDesk] = useState<Desk | null>(null)
  useEffect(() => {
    const scope = createScope()
    setDesk(createDesk(scope, dataset, createLibraryWire(dataset)))
    return () => {
      setDesk(null)
      scope.close()
    }
  }, [dataset])
  return desk
}

/** A number or switch that this browser remembers. */
function kept<T extends number | boolean>(name: string, plain: T): Store<T> {
  const key = `phosphene.library.${name}`
  const storage = typeof window === 'undefined' ? null : window.localStorage
  const said = storage?.getItem(key) ?? null
  const store = createStore<T>(said === null ? plain : (JSON.parse(said) as T))
  store.subscribe(() => storage?.setItem(key, JSON.stringify(store.get())))
  return store
}

/** Wished side of a picture in the grid, px. */
export const tileSide = kept<number>('side', 126)
/** Whether a decision leads to the next portrait. */
export const isAdvancing = kept<boolean>('advance', true)
export const hasFaceBox = kept<boolean>('facebox', true)
