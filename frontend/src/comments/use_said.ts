/** What was said, as pins over the lanes; a pin opens its thread. */
import { useEffect, useMemo, useState } from 'react'
import { createStore } from '../lib/store'
import type { SeekPin } from '../parts/SeekLine'
import { pinsOf, type Comments } from './use_comments'

export function useSaid(comments: Comments) {
  // The address may name a thread (`?comment=ID`), as mentions do.
  const [opened, setOpened] = useState<{ id: string; number: number } | null>(() => {
    const id = new URLSearchParams(location.search).get('comment')
    return id ? { id, number: 0 } : null
  })
  const said = useMemo(() => ({
    pins: createStore<readonly SeekPin[]>([]),
    open: (id: string) => setOpened((now) => ({ id, number: (now?.number ?? 0) + 1 })),
  }), [])
  useEffect(() => said.pins.set(pinsOf(comments.threads)), [said, comments.threads])
  return { said, opened }
}
