/** What opens beside the lanes for cues: the table, and what the analysis proposes. And what is pasted on this page. */
import { useEffect } from 'react'
import { createScope } from '../../lib/scope'
import { mayEdit } from '../../lib/page'
import { useStore } from '../../lib/store'
import type { Desk } from '../desk'
import { CueTable } from './CueTable'
import { FromAnalysis } from './FromAnalysis'
import { listenForPaste } from './keys'

export function CuePanels({ desk }: { desk: Desk }) {
  const open = useStore(desk.cueTools.open)
  useEffect(() => {
    if (!mayEdit()) return
    const scope = createScope()
    listenForPaste(scope, desk)
    return () => scope.close()
  }, [desk])
  if (open === 'table') return <CueTable desk={desk} />
  return open === 'analysis' && mayEdit() ? <FromAnalysis desk={desk} /> : null
}
