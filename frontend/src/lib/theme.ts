/** Theme: dark unless the person chose otherwise; "system" follows their machine, also while the page is open. */
import type { Preferences } from '../wire/types'

export type Theme = NonNullable<Preferences['theme']>

const prefersLight = (): MediaQueryList => window.matchMedia('(prefers-color-scheme: light)')

export function resolveTheme(theme: Theme): 'dark' | 'light' {
  if (theme !== 'system') return theme
  return prefersLight().matches ? 'light' : 'dark'
}

/** Shows the theme at once and goes on following the machine when asked to. Canvases hear of it by the `theme` event. */
export function showTheme(theme: Theme): () => void {
  const show = (): void => {
    document.documentElement.dataset.theme = resolveTheme(theme)
    window.dispatchEvent(new Event('theme'))
  }
  show()
  if (theme !== 'system') return () => undefined
  const query = prefersLight()
  query.addEventListener('change', show)
  return () => query.removeEventListener('change', show)
}
