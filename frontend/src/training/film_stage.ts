/** Film stage: draws the grid at a place of the film on a canvas, two grids over each other between snapshots. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import { blendAt } from './film'

export interface FilmStage {
  /** The grids in order, by their addresses. What is loaded already stays. */
  setPictures(urls: readonly string[]): void
  show(place: number): void
  /** Width over height of the grid; null before the first has arrived. */
  onShape(handler: (shape: number) => void): void
}

/** Pictures loaded at once, nearest to what is shown first. */
const AT_ONCE = 4

export function createFilmStage(scope: Scope, parent: HTMLElement): FilmStage {
  const canvas = element('canvas', { class: 'picture', role: 'img' }, parent)
  scope.add(() => canvas.remove())
  const loaded = new Map<string, HTMLImageElement>()
  const loading = new Set<string>()
  let [urls, place, shape]: [readonly string[], number, number] = [[], 0, 0]
  let told: (shape: number) => void = () => undefined

  const draw = (): void => {
    const { under, over, share } = blendAt(place, urls.length)
    const [first, second] = [nearestLoaded(under), loaded.get(urls[over] ?? '')]
    if (!first) return
    const context = canvas.getContext('2d')
    if (!context) return
    if (canvas.width !== first.naturalWidth || canvas.height !== first.naturalHeight) {
      canvas.width = first.naturalWidth
      canvas.height = first.naturalHeight
    }
    const now = first.naturalWidth / first.naturalHeight
    if (now !== shape) told((shape = now))
    context.globalAlpha = 1
    context.drawImage(first, 0, 0, canvas.width, canvas.height)
    if (share > 0 && second) {
      context.globalAlpha = share
      context.drawImage(second, 0, 0, canvas.width, canvas.height)
    }
    parent.dataset.shown = String(under)
  }

  /** Until a grid has arrived, the one before it stands there. */
  function nearestLoaded(at: number): HTMLImageElement | undefined {
    for (let back = at; back >= 0; back--) {
      const found = loaded.get(urls[back] ?? '')
      if (found) return found
    }
    return urls.map((url) => loaded.get(url)).find(Boolean)
  }

  const load = (): void => {
    const wanted = urls.map((url, at) => ({ url, away: Math.abs(at - place) })).sort((a, b) => a.away - b.away)
    for (const { url } of wanted) {
      if (loading.size >= AT_ONCE) return
      if (url === '' || loaded.has(url) || loading.has(url)) continue
      loading.add(url)
      const image = new Image()
      const over = (isThere: boolean) => (): void => {
        loading.delete(url)
        if (scope.isClosed) return
        if (isThere) loaded.set(url, image)
        draw()
        if (isThere) load()
      }
      image.onload = over(true)
      image.onerror = over(false)
      image.src = url
    }
  }

  return {
    setPictures(next) {
      urls = next
      load()
      draw()
    },
    show(next) {
      place = next
      draw()
      load()
    },
    onShape(handler) {
      told = handler
      if (shape > 0) handler(shape)
    },
  }
}
