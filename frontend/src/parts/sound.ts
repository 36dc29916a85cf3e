/** Sound: listening to a track from a list: one at a time, the playback proxy. */
import { createStore } from '../lib/store'
import { toastFault } from './toasts'

export interface Listening {
  trackId: string | null
  isPlaying: boolean
  /** 0 to 1. */
  played: number
}

export const listening = createStore<Listening>({ trackId: null, isPlaying: false, played: 0 })

let audio: HTMLAudioElement | null = null

function player(): HTMLAudioElement {
  if (audio) return audio
  audio = new Audio()
  const show = (): void => {
    const { currentTime, duration, paused } = audio!
    listening.set((now) => ({ ...now, isPlaying: !paused, played: duration > 0 ? currentTime / duration : 0 }))
  }
  for (const type of ['play', 'pause', 'timeupdate', 'ended']) audio.addEventListener(type, show)
  return audio
}

/** Plays the track, or pauses it when it is the one that plays. */
export function listenTo(track: { id: string; files: { proxy: string | null } }): void {
  const sound = player()
  if (listening.get().trackId === track.id) {
    if (sound.paused) void sound.play().catch((fault: unknown) => toastFault(fault))
    else sound.pause()
    return
  }
  if (!track.files.proxy) return
  sound.src = track.files.proxy
  listening.set({ trackId: track.id, isPlaying: true, played: 0 })
  void sound.play().catch((fault: unknown) => {
    listening.set({ trackId: null, isPlaying: false, played: 0 })
    if (!(fault instanceof DOMException && fault.name === 'AbortError')) toastFault(fault)
  })
}
