/** Whether this is a small screen, where one looks and listens (UX §9). */
import { useSyncExternalStore } from 'react'

const query = '(max-width: 720px)'

export function useIsPhone(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = window.matchMedia(query)
      media.addEventListener('change', changed)
      return () => media.removeEventListener('change', changed)
    },
    () => window.matchMedia(query).matches,
  )
}
