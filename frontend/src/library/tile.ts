/** Tile: one recycled cell of a grid of portraits: picture, marks in its corners, its name for who does not see it. */
import { element } from '../lib/element'
import { spokenPortrait } from './words'
import type { Portrait } from './wire'

const shapes = {
  flag: 'M6 21V4M6 4.5h11.5l-2.4 4 2.4 4H6',
  close: 'm6 6 12 12M18 6 6 18',
  stack: 'M3.5 8h12v12h-12zM7 8V5.5h12.5a1 1 0 0 1 1 1V17',
  star: 'm12 4 2.5 5.2 5.6.7-4.1 3.9 1 5.6L12 16.7l-5 2.7 1-5.6L3.9 9.9l5.6-.7z',
  check: 'm5 12.5 4.7 4.7L19 7.5',
} as const

function icon(name: keyof typeof shapes, isSolid = false): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('class', isSolid ? 'i solid' : 'i')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', shapes[name])
  svg.append(path)
  return svg
}

export interface Tile {
  readonly root: HTMLElement
  /** Shows a portrait, or an empty place while it is not known. `mayLoad`: whether its picture may be asked for yet. */
  show(portrait: Portrait | undefined, state: { isHere: boolean; isChosen: boolean; mayLoad: boolean; isSeen?: boolean }): void
  place(x: number, y: number, side: number): void
  hide(): void
}

/** What else is worth a word on a small picture. */
export function markOf(one: Pick<Portrait, 'state' | 'faces' | 'yaw'>): string {
  if (one.state === 'broken') return 'Cannot be read'
  if (one.faces === 0) return 'No face'
  if (one.faces !== null && one.faces > 1) return `${one.faces} faces`
  return one.yaw !== null && Math.abs(one.yaw) > 30 ? 'Turned' : ''
}

/** Where a picture that fills a square is held, in percent: so that its face comes to the middle, where that goes. */
export function aimOf(one: Pick<Portrait, 'width_px' | 'height_px' | 'face_x' | 'face_y'>): [number, number] {
  const along = (long: number, short: number, at: number | null, plain: number): number => {
    if (long <= short || at === null) return plain
    return Math.round(100 * Math.min(1, Math.max(0, (at * long - short / 2) / (long - short))))
  }
  const { width_px: width, height_px: height } = one
  return [along(width, height, one.face_x, 50), along(height, width, one.face_y, 35)]
}

/** All that its corners show, in words. */
export function spokenTile(one: Portrait): string {
  const mark = one.state === 'broken' ? '' : markOf(one)
  return [spokenPortrait(one), mark.toLowerCase(), one.stack_size > 1 ? `one of ${one.stack_size} alike` : ''].filter(Boolean).join(', ')
}

export function createTile(parent: HTMLElement): Tile {
  const root = element('div', { class: 'tile cell', role: 'gridcell', tabindex: null }, parent)
  const image = element('img', { alt: '', decoding: 'async', draggable: false }, root)
  const corners = {
    tl: element('span', { class: 'corner tl', hidden: true, 'aria-hidden': 'true' }, root),
    tr: element('span', { class: 'corner tr num', hidden: true, 'aria-hidden': 'true' }, root),
    bl: element('span', { class: 'corner bl', hidden: true, 'aria-hidden': 'true' }, root),
    br: element('span', { class: 'corner br num', hidden: true, 'aria-hidden': 'true' }, root),
    chosen: element('span', { class: 'chosen', hidden: true }, root),
  }
  corners.chosen.append(icon('check'))
  image.addEventListener('load', () => image.classList.add('there'))
  let [url, marks, shown] = ['', '', '']

  const picture = (next: string): void => {
    if (next === url) return
    url = next
    image.classList.remove('there')
    if (next === '') image.removeAttribute('src')
    else image.src = next
  }

  const mark = (one: Portrait): void => {
    const words = [one.verdict, one.stars, one.stack_size, one.state, one.faces, one.yaw].join()
    if (words === marks) return
    marks = words
    root.classList.toggle('reject', one.verdict === -1)
    corners.tl.hidden = one.verdict === 0
    corners.tl.className = one.verdict === 1 ? 'corner tl pick' : 'corner tl drop'
    corners.tl.replaceChildren(icon(one.verdict === 1 ? 'flag' : 'close'))
    corners.tr.hidden = one.stack_size < 2
    if (one.stack_size > 1) corners.tr.replaceChildren(icon('stack'))
    corners.br.hidden = one.stars === 0
    if (one.stars > 0) corners.br.replaceChildren(icon('star', true))
    corners.bl.hidden = markOf(one) === ''
    // The name of the tile says it in words; these are drawn.
    corners.tr.dataset.text = String(one.stack_size)
    corners.br.dataset.text = String(one.stars)
    corners.bl.dataset.text = markOf(one)
  }

  /** What lies outside of a square cell is cut; the face is not. */
  const aim = (one: Portrait): void => {
    const [x, y] = aimOf(one)
    image.style.objectPosition = `${x}% ${y}%`
  }

  const clear = (): void => {
    marks = ''
    root.classList.remove('reject')
    for (const one of [corners.tl, corners.tr, corners.bl, corners.br]) one.hidden = true
    picture('')
  }

  return {
    root,
    show(portrait, { isHere, isChosen, mayLoad, isSeen = true }) {
      root.classList.toggle('on', isHere)
      root.classList.toggle('chosen-one', isChosen)
      corners.chosen.hidden = !isChosen
      root.setAttribute('aria-selected', String(isChosen || isHere))
      if (!portrait) {
        clear()
        root.setAttribute('aria-label', 'Loading')
        shown = ''
        return
      }
      mark(portrait)
      aim(portrait)
      const name = spokenTile(portrait)
      if (name !== shown) root.setAttribute('aria-label', name)
      shown = name
      image.fetchPriority = isSeen ? 'high' : 'low'
      if (mayLoad) picture(portrait.thumb_url ?? '')
      else if (portrait.thumb_url !== url) picture('')
    },
    place(x, y, side) {
      root.style.transform = `translate(${x}px, ${y}px)`
      root.style.width = root.style.height = `${side}px`
      root.hidden = false
    },
    hide() {
      root.hidden = true
      shown = ''
      clear()
    },
  }
}
