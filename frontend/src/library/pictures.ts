/** Pictures: large views, fetched ahead and kept decoded, so that the next one shows in the picture in which it is asked for. */
import type { Scope } from '../lib/scope'

const MOST = 24

export interface Pictures {
  /** The picture when it can be shown at once, else null; then `then` is called when it can. */
  take(url: string, then: () => void): HTMLImageElement | null
  ahead(urls: readonly string[]): void
}

interface Kept {
  image: HTMLImageElement
  isReady: boolean
  waiting: Set<() => void>
}

export function createPictures(scope: Scope): Pictures {
  // In the order of their last use.
  const kept = new Map<string, Kept>()
  scope.add(() => kept.clear())

  const load = (url: string): Kept => {
    const known = kept.get(url)
    if (known) {
      kept.delete(url)
      kept.set(url, known)
      return known
    }
    const made: Kept = { image: new Image(), isReady: false, waiting: new Set() }
    made.image.decoding = 'async'
    made.image.draggable = false
    made.image.alt = ''
    made.image.src = url
    const done = (): void => {
      made.isReady = made.image.naturalWidth > 0
      for (const then of made.waiting) then()
      made.waiting.clear()
    }
    made.image.decode().then(done, done)
    kept.set(url, made)
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST) break
      kept.delete(oldest)
    }
    return made
  }

  return {
    take(url, then) {
      const found = load(url)
      if (found.isReady) return found.image
      found.waiting.add(then)
      return null
    },
    ahead: (urls) => urls.forEach(load),
  }
}
