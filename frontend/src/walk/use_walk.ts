/** The picture of a walk: drawn by the render services from the page's clock, which goes round and round. */
import { useEffect, useRef, useState, type RefObject } from 'react'
import { PathClock } from '../explorer/path_clock'
import { createStore, useStore, type Store } from '../lib/store'
import { useWidget } from '../lib/widget'
import { createPreviewSession, type PreviewSession, type PreviewStatus } from '../preview/session'
import { createStage } from '../preview/stage'
import { parametersOf, ROUND_SECONDS, type Walk } from './walk'

const FRAMES_PER_SECOND = 30
const nothing: Store<PreviewStatus> = createStore<PreviewStatus>({ state: 'connecting', notice: null, sentence: '', retryAt: null })

export interface Walked {
  box: RefObject<HTMLDivElement | null>
  status: PreviewStatus
  session: PreviewSession | null
  /** What was refused, as a sentence. */
  refusal: string
}

/** `side` is how many pixels the picture has; the page makes it as large as there is room. */
export function useWalk(network: string, walk: Walk, snapshot: string, side: number): Walked {
  const [session, setSession] = useState<PreviewSession | null>(null)
  const [refusal, setRefusal] = useState('')
  const latest = useRef({ walk, snapshot, side })
  useEffect(() => {
    latest.current = { walk, snapshot, side }
  })
  const box = useWidget<HTMLDivElement>((scope, parent) => {
    const stage = createStage(scope, parent)
    const clock = new PathClock()
    clock.setSpan(ROUND_SECONDS, true)
    clock.play()
    const made = createPreviewSession(scope, {
      path: `/ws/networks/${network}/explore`, what: 'network', clock, framesPerSecond: FRAMES_PER_SECOND, width: latest.current.side, follow: null, resume: null,
      hello: () => ({ snapshot_ids: [latest.current.snapshot], parameters: parametersOf(latest.current.walk), height: latest.current.side, duration: ROUND_SECONDS, visualizer: 'walk' }),
      onPicture: (picture) => stage.show(picture), onRefused: (_field, sentence) => setRefusal(sentence), onDriving: () => undefined, onOwnWay: () => undefined,
    })
    stage.connect(made)
    setSession(made)
    scope.add(() => setSession(null))
  }, [network])
  useLater(() => {
    setRefusal('')
    session?.move(parametersOf(walk))
  }, [walk])
  useLater(() => session?.say({ type: 'snapshots', snapshot_ids: [snapshot] }), [snapshot])
  useLater(() => session?.setSize(side, side), [side])
  return { box, status: useStore(session?.status ?? nothing), session, refusal }
}

/** An effect of what has changed since the first picture. */
function useLater(effect: () => void, deps: readonly unknown[]): void {
  const isFirst = useRef(true)
  const latest = useRef(effect)
  useEffect(() => {
    latest.current = effect
  })
  useEffect(() => {
    if (isFirst.current) isFirst.current = false
    else latest.current()
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the caller names what it hangs on
  }, deps)
}
