/** Widget: the one hook by which React mounts a canvas or any other part that draws for itself. */
import { useEffect, useRef, type DependencyList, type RefObject } from 'react'
import { createScope, type Scope } from './scope'

/**
 * Calls `mount(scope, element)` once the element is there and again when `deps` change; the scope closes in between.
 * `const box = useWidget<HTMLDivElement>((scope, parent) => createLane(scope, parent, clock), [clock])`
 */
export function useWidget<E extends HTMLElement>(
  mount: (scope: Scope, parent: E) => void,
  deps: DependencyList,
): RefObject<E | null> {
  const holder = useRef<E>(null)
  const latest = useRef(mount)
  useEffect(() => {
    latest.current = mount
  })
  useEffect(() => {
    if (holder.current === null) return
    const scope = createScope()
    latest.current(scope, holder.current)
    return () => scope.close()
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the caller names what a new widget depends on
  }, deps)
  return holder
}
