/** Mount: starts a page: theme, keys, the open line, then React. Every file in pages/ ends with one call of this. */
import '../styles/index.css'
import '../styles/favicon.svg'
import { QueryClientProvider } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { createRoot } from 'react-dom/client'
import { listenForKeys } from '../lib/keys'
import { startMe } from '../lib/me'
import { pageData } from '../lib/page'
import { createScope } from '../lib/scope'
import { TipProvider } from '../parts/Tooltip'
import { createLive } from '../wire/events'
import { queryClient } from '../wire/query'
import { saving } from '../wire/saving'
import { Boundary } from './Boundary'
import { keepFresh, LiveContext } from './live'

export function mountPage(page: ReactElement): void {
  const root = document.getElementById('root')
  if (!root) return
  startMe()
  const scope = createScope()
  const { project, services, last_event: lastEvent } = pageData()
  const live = project ? createLive(scope, project.id, { services, last: lastEvent }) : null
  if (live && project) {
    keepFresh(live, scope, project.id)
    scope.add(live.onOpen((isFirst) => {
      saving.tryNow()
      // What changed between the making of this page and the opening of the line is known only by asking.
      if (isFirst && lastEvent === null) void queryClient.invalidateQueries({}, { cancelRefetch: false })
    }))
  }
  scope.add(listenForKeys())
  scope.listen(window, 'beforeunload', (event) => {
    if (saving.state.get().pending > 0) event.preventDefault()
  })
  createRoot(root).render(
    <QueryClientProvider client={queryClient}>
      <TipProvider delayDuration={500} skipDelayDuration={200}>
        <LiveContext value={live}><Boundary>{page}</Boundary></LiveContext>
      </TipProvider>
    </QueryClientProvider>,
  )
}
