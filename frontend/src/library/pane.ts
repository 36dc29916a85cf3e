/** Pane: one portrait in a well, whole or pixel for pixel, with the faces that were found drawn over it on wish. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import type { Store } from '../lib/store'
import { fitted, foundFaces, type Zoom } from './loupe_state'
import type { Pictures } from './pictures'
import { measure } from './words'
import type { Portrait } from './wire'

export interface PaneOptions {
  pictures: Pictures
  zoom: Store<Zoom>
  hasFaceBox: Store<boolean>
  /** A finger went aside: 1 right, -1 left. */
  onSwipe?: (direction: 1 | -1) => void
  onPress?: () => void
}

export interface Pane {
  show(portrait: Portrait | undefined): void
}

const SWIPE_PX = 80
/** Small pictures are not blown up beyond this. */
const MOST_BLOWN = 2

interface Box {
  scale: number
  left: number
  top: number
}

/** Where a picture of w × h lies in a pane: whole and in the middle, or pixel for pixel around a place of it. */
export function boxOf({ w, h }: { w: number; h: number }, pane: { w: number; h: number }, zoom: Zoom, pixel: number): Box {
  const scale = zoom.isFull ? pixel : Math.min(pane.w / w, pane.h / h, MOST_BLOWN)
  const along = (size: number, room: number, middle: number): number => {
    const long = size * scale
    return long <= room ? (room - long) / 2 : Math.min(0, Math.max(room - long, room / 2 - middle * long))
  }
  return { scale, left: along(w, pane.w, zoom.x), top: along(h, pane.h, zoom.y) }
}

export function createPane(scope: Scope, parent: HTMLElement, { pictures, zoom, hasFaceBox, onSwipe, onPress }: PaneOptions): Pane {
  const root = element('div', { class: 'pane' }, parent)
  const picture = element('div', { class: 'pane-picture' }, root)
  const frame = element('div', { class: 'facebox', hidden: true }, picture)
  const label = element('span', { class: 'corner facelabel num' }, frame)
  const verdict = element('span', { class: 'swipe-verdict', hidden: true }, root)
  const fault = element('div', { class: 'pane-fault soft', hidden: true }, root)
  scope.add(() => root.remove())
  let portrait: Portrait | undefined
  let shown: HTMLImageElement | null = null
  let drag: { x: number; y: number; from: Zoom; isTouch: boolean } | null = null

  const put = (image: HTMLImageElement | null): void => {
    if (image === shown) return
    shown?.remove()
    // A node can stand in one place only; the other pane may hold it.
    shown = image && (image.parentElement ? (image.cloneNode() as HTMLImageElement) : image)
    if (shown) picture.prepend(shown)
  }
  const others: HTMLElement[] = []

  const pick = (): void => {
    if (!portrait) return put(null)
    const again = (): void => {
      if (!scope.isClosed) show(portrait)
    }
    const urls = [zoom.get().isFull ? portrait.original_url : '', portrait.view_url ?? '', portrait.thumb_url ?? ''].filter(Boolean)
    for (const url of urls) {
      const image = pictures.take(url, again)
      if (!image) continue
      put(image)
      root.dataset.shows = String(portrait.id)
      root.dataset.large = String(url !== portrait.thumb_url)
      return
    }
    put(null)
  }

  const place = (): void => {
    if (!portrait) return
    const [w, h] = [portrait.width_px || shown?.naturalWidth || 1, portrait.height_px || shown?.naturalHeight || 1]
    const { scale, left, top } = boxOf({ w, h }, { w: root.clientWidth, h: root.clientHeight }, zoom.get(), 1 / (window.devicePixelRatio || 1))
    picture.style.width = `${w * scale}px`
    picture.style.height = `${h * scale}px`
    picture.style.transform = `translate(${left}px, ${top}px)`
    root.classList.toggle('full', zoom.get().isFull)
    placeFrame(w, h)
  }

  const placeFrame = (w: number, h: number): void => {
    const { face_px: side, face_x: x, face_y: y } = portrait ?? {}
    for (const one of others.splice(0)) one.remove()
    frame.hidden = !hasFaceBox.get() || !side || x === null || x === undefined || y === null || y === undefined
    if (frame.hidden || !portrait) return
    frame.style.left = `${(x! - side! / 2 / w) * 100}%`
    frame.style.top = `${(y! - side! / 2 / h) * 100}%`
    frame.style.width = `${(side! / w) * 100}%`
    frame.style.height = `${(side! / h) * 100}%`
    placeOthers(w, h)
    label.textContent = `Face ${measure('face_px', side!)}${portrait.roll === null ? '' : `, roll ${measure('roll', portrait.roll)}`}`
  }

  /** The faces beside the largest, once the facts are there. */
  const placeOthers = (w: number, h: number): void => {
    const found = foundFaces.get()
    if (found?.id !== portrait?.id) return
    for (const { box: [x, y, width, height] } of found?.faces.slice(1) ?? []) {
      const other = element('div', { class: 'facebox other' }, picture)
      Object.assign(other.style, { left: `${(100 * x) / w}%`, top: `${(100 * y) / h}%`, width: `${(100 * width) / w}%`, height: `${(100 * height) / h}%` })
      others.push(other)
    }
  }

  const show = (next: Portrait | undefined): void => {
    portrait = next
    pick()
    if (shown) shown.alt = portrait?.name ?? ''
    fault.hidden = portrait?.state !== 'broken'
    fault.textContent = portrait?.state === 'broken' ? portrait.error || 'This file cannot be read.' : ''
    place()
  }

  const swiped = (dx: number): 1 | -1 | 0 => (dx > SWIPE_PX ? 1 : dx < -SWIPE_PX ? -1 : 0)

  const observer = new ResizeObserver(place)
  observer.observe(root)
  scope.add(() => observer.disconnect())
  scope.add(zoom.subscribe(() => show(portrait)))
  scope.add(hasFaceBox.subscribe(place))
  scope.add(foundFaces.subscribe(place))
  scope.listen(root, 'pointerdown', (event) => {
    if (event.button !== 0) return
    onPress?.()
    root.setPointerCapture(event.pointerId)
    drag = { x: event.clientX, y: event.clientY, from: zoom.get(), isTouch: event.pointerType === 'touch' }
  })
  scope.listen(root, 'pointermove', (event) => {
    if (!drag) return
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y]
    if (drag.from.isFull) {
      const clamp = (value: number): number => Math.min(1, Math.max(0, value))
      zoom.set({ isFull: true, x: clamp(drag.from.x - dx / picture.offsetWidth), y: clamp(drag.from.y - dy / picture.offsetHeight) })
    } else if (drag.isTouch && onSwipe) {
      root.style.translate = `${dx}px 0`
      const direction = swiped(dx)
      verdict.hidden = direction === 0
      verdict.textContent = direction === 1 ? 'Pick' : 'Reject'
      verdict.classList.toggle('no', direction === -1)
    }
  })
  const letGo = (event: PointerEvent, isDone: boolean): void => {
    if (!drag) return
    const direction = !drag.from.isFull && drag.isTouch && isDone ? swiped(event.clientX - drag.x) : 0
    drag = null
    root.style.translate = ''
    verdict.hidden = true
    if (direction !== 0) onSwipe?.(direction)
  }
  scope.listen(root, 'pointerup', (event) => letGo(event, true))
  scope.listen(root, 'pointercancel', (event) => letGo(event, false))
  scope.listen(root, 'dblclick', (event) => {
    if (zoom.get().isFull) return zoom.set(fitted)
    const box = picture.getBoundingClientRect()
    zoom.set({ isFull: true, x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height })
  })
  return { show }
}
