/** The media keys work while a desk is open. */
import { useEffect } from 'react'
import { createScope } from '../lib/scope'
import { listenForMediaKeys } from '../widgets/media_keys'
import type { Desk } from './desk'
import { moves } from './moves'

export function useMediaKeys(desk: Desk, title: string): void {
  useEffect(() => {
    const scope = createScope()
    listenForMediaKeys(scope, desk.player, { title, cue: (direction) => moves(desk).cue(direction) })
    return () => scope.close()
  }, [desk, title])
}
