/** A canvas that shows a picture drawn once, again when it would be another one. The last few are kept. */
import { useEffect, useRef, useState, type RefObject } from 'react'
import { createScope, type Scope } from '../lib/scope'
import type { Picture, PreviewSession } from '../preview/session'
import type { ParameterValues } from '../wire/types'
import { drawOnce } from './draw'

/** While a slider moves, sheets wait until it rests. */
const REST_MS = 350
const SAID_AFTER_MS = 1500
const KEPT = 24

const kept = new Map<string, HTMLCanvasElement>()

export interface Wanted {
  networkId: string
  snapshotIds: string[]
  parameters: ParameterValues
  width: number
  height: number
  /** Worth a second look: shown at once, and finer a moment later. */
  isFine?: boolean
}

export interface Drawn {
  canvas: RefObject<HTMLCanvasElement | null>
  /** What stands on the canvas is what is wanted. */
  isFresh: boolean
  /** There is anything on the canvas. */
  isShown: boolean
  /** Why it is not drawn, or ''. */
  sentence: string
}

export function useDrawn(wanted: Wanted | null): Drawn {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [shownKey, setShownKey] = useState('')
  const [sentence, setSentence] = useState('')
  const key = wanted ? JSON.stringify(wanted) : ''
  const wasShown = useRef(false)
  useEffect(() => {
    if (key === '') return
    const order = JSON.parse(key) as Wanted
    const scope = createScope()
    const show = (from: CanvasImageSource, width: number, height: number): void => {
      if (canvas.current) copyOnto(canvas.current, from, width, height)
      wasShown.current = true
      setShownKey(key)
      setSentence('')
    }
    const before = kept.get(key)
    if (before) show(before, before.width, before.height)
    else {
      scope.after(wasShown.current ? REST_MS : 0, () => tellWaiting(scope, setSentence, drawOnce(scope, {
        ...order, snapshotIds: () => order.snapshotIds, parameters: () => order.parameters,
        onPicture(picture: Picture) {
          keep(key, picture)
          show(picture.bitmap, picture.width, picture.height)
        },
        onRefused: (_field, message) => setSentence(message),
      }, { isFine: order.isFine === true })))
    }
    return () => scope.close()
  }, [key])
  return { canvas, isFresh: shownKey === key, isShown: shownKey !== '', sentence }
}

/** No service, or no place with one: that is said after a while. */
function tellWaiting(scope: Scope, tell: (sentence: string) => void, session: PreviewSession): void {
  scope.after(SAID_AFTER_MS, () => {
    const say = (): void => {
      const { state, sentence } = session.status.get()
      tell(state === 'waiting' || state === 'away' || state === 'failed' || state === 'refused' ? sentence : '')
    }
    say()
    scope.add(session.status.subscribe(say))
  })
}

function keep(key: string, picture: Picture): void {
  const copy = document.createElement('canvas')
  copyOnto(copy, picture.bitmap, picture.width, picture.height)
  kept.set(key, copy)
  const oldest = kept.size > KEPT ? kept.keys().next().value : undefined
  if (oldest !== undefined) kept.delete(oldest)
}

export function copyOnto(canvas: HTMLCanvasElement, from: CanvasImageSource, width: number, height: number): void {
  canvas.width = width
  canvas.height = height
  canvas.getContext('2d', { alpha: false })?.drawImage(from, 0, 0)
}
