/** The whole screen: asked of the browser where it can give it, else the whole window; Escape leaves; the screen stays lit. */
import { useEffect, useState } from 'react'

const QUIET_MS = 2500

export interface Large {
  isLarge: boolean
  turn: () => void
  leave: () => void
}

export function useLarge(): Large {
  const [isLarge, setLarge] = useState(false)
  useEffect(() => {
    // A browser that was told to leave says so here alone: it keeps Escape for itself.
    const changed = (): void => setLarge(document.fullscreenElement !== null)
    document.addEventListener('fullscreenchange', changed)
    return () => document.removeEventListener('fullscreenchange', changed)
  }, [])
  useLit(isLarge)
  const leave = (): void => {
    setLarge(false)
    if (document.fullscreenElement) void document.exitFullscreen()
  }
  const enter = (): void => {
    setLarge(true)
    // The whole document, so that menus and dialogs are seen there too. Where it is refused the window is filled.
    document.documentElement.requestFullscreen?.().catch(() => undefined)
  }
  return { isLarge, turn: isLarge ? leave : enter, leave }
}

/** Keeps the screen from going dark while a picture fills it. */
function useLit(isOn: boolean): void {
  useEffect(() => {
    if (!isOn || !('wakeLock' in navigator)) return
    let held: WakeLockSentinel | null = null
    let isOver = false
    const hold = (): void => {
      if (document.visibilityState !== 'visible') return
      navigator.wakeLock.request('screen').then((lock) => {
        held = lock
        if (isOver) void lock.release()
      }).catch(() => undefined)
    }
    hold()
    // A hidden page loses it.
    document.addEventListener('visibilitychange', hold)
    return () => {
      isOver = true
      document.removeEventListener('visibilitychange', hold)
      void held?.release()
    }
  }, [isOn])
}

/** Nobody has moved anything for a moment. */
export function useQuiet(isWatched: boolean): boolean {
  const [isQuiet, setQuiet] = useState(false)
  useEffect(() => {
    if (!isWatched) return
    let timer = setTimeout(() => setQuiet(true), QUIET_MS)
    const heard = (): void => {
      clearTimeout(timer)
      setQuiet(false)
      timer = setTimeout(() => setQuiet(true), QUIET_MS)
    }
    const kinds = ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const
    kinds.forEach((kind) => window.addEventListener(kind, heard))
    return () => {
      clearTimeout(timer)
      setQuiet(false)
      kinds.forEach((kind) => window.removeEventListener(kind, heard))
    }
  }, [isWatched])
  return isWatched && isQuiet
}
