/** The preview of a scene on this page: stage, session, size and figures. */
import { useEffect, useState } from 'react'
import { framesPerSecond } from '../lib/format'
import { createStore, useStore, type Store } from '../lib/store'
import { useWidget } from '../lib/widget'
import { createPreviewSession, type PreviewSession, type PreviewStatus } from '../preview/session'
import { createStage } from '../preview/stage'
import { toast } from '../parts/toasts'
import type { PreviewStats } from '../preview/stats'
import { previewFigures } from '../shell/figures'
import type { Desk } from '../track/desk'
import { useEvents } from '../track/use_emitter'
import type { Scene } from '../wire/types'
import type { Draft } from './draft'

const WIDTH_KEY = 'phosphene.preview-width'
const FIRST_WIDTH = 256
const FIGURES_EVERY_MS = 500

export const WIDTHS = [128, 256, 384, 512, 768]

const nothing: Store<PreviewStatus> = createStore<PreviewStatus>({ state: 'connecting', notice: null, sentence: '', retryAt: null })

export interface PreviewParts {
  box: React.RefObject<HTMLDivElement | null>
  session: PreviewSession | null
  status: PreviewStatus
  width: number
  setWidth: (width: number) => void
  /** Looking along with somebody else's preview. */
  isFollowing: boolean
  isMuted: boolean
  turnSoundOn(): void
}

/** Even, as the studio wants it, with the shape of the film. */
export function heightFor(width: number, scene: Pick<Scene, 'width' | 'height'>): number {
  return Math.max(2, Math.round((width * scene.height) / scene.width / 2) * 2)
}

export function keptWidth(isPhone: boolean): number {
  const kept = Number(localStorage.getItem(WIDTH_KEY))
  return isPhone || !WIDTHS.includes(kept) ? FIRST_WIDTH : kept
}

export function usePreview({ draft, desk, isPhone, session: told }: {
  draft: Draft
  desk: Desk
  isPhone: boolean
  /** Where the form finds the session. */
  session: Store<PreviewSession | null>
}): PreviewParts {
  const scene = useStore(draft.scene)
  const session = useStore(told)
  const status = useStore(session?.status ?? nothing)
  const [width, setWidth] = useState(() => keptWidth(isPhone))
  const [follow] = useState(() => new URLSearchParams(location.search).get('follow'))
  useEvents(desk.player.events, 'state')
  const box = useWidget<HTMLDivElement>((scope, parent) => {
    const stage = createStage(scope, parent)
    // Per tab, so that a second tab begins a preview of its own.
    const drivenKey = `phosphene.preview.${scene.id}`
    const made = createPreviewSession(scope, {
      path: `/ws/scenes/${scene.id}/preview`, what: 'scene', clock: desk.player, framesPerSecond: framesPerSecond(scene.fps), width,
      follow: follow ? { previewId: follow, player: desk.player } : null,
      resume: sessionStorage.getItem(drivenKey),
      onPicture: (picture) => stage.show(picture),
      onRefused: (field, message) => draft.refuse(field, message),
      onDriving: (id) => sessionStorage.setItem(drivenKey, id),
      onOwnWay: (sentence) => {
        history.replaceState(history.state, '', location.pathname)
        if (sentence) toast(sentence)
      },
    })
    stage.connect(made)
    told.set(made)
    scope.add(() => told.set(null))
    scope.every(FIGURES_EVERY_MS, () => {
      const { fps, delayMs, dropped } = made.stats()
      previewFigures.set(desk.player.isPlaying && fps > 0 ? { framesPerSecond: fps, delayMs, dropped } : null)
    })
    scope.add(() => previewFigures.set(null))
  }, [desk, draft, scene.id, isPhone]) // A phone that is turned gets another layout, and with it another box.
  useEffect(() => session?.setRate(framesPerSecond(scene.fps)), [session, scene.fps])
  const height = heightFor(width, scene)
  useEffect(() => {
    if (session) session.setSize(width, height)
  }, [session, width, height])
  return {
    box, session, status, width,
    setWidth(next) {
      localStorage.setItem(WIDTH_KEY, String(next))
      setWidth(next)
    },
    isFollowing: status.notice !== null && !status.notice.is_driver,
    isMuted: desk.player.audio.muted,
    turnSoundOn: () => desk.player.setVolume(desk.player.audio.volume || 1),
  }
}

/** The figures, twice a second while somebody wants them. */
export function useFigures(session: PreviewSession | null, isOn: boolean): PreviewStats | null {
  const [stats, setStats] = useState<PreviewStats | null>(null)
  useEffect(() => {
    if (!session || !isOn) return setStats(null)
    const timer = setInterval(() => setStats(session.stats()), FIGURES_EVERY_MS)
    return () => clearInterval(timer)
  }, [session, isOn])
  return stats
}
