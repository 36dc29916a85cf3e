/** Media elements: another one of the same sound, and why one has none. */
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'

/** Another element of the same sound (or of the one at `url`), unheard until somebody plays it. */
export function copyOf(scope: Scope, { currentSrc, src }: HTMLMediaElement, url = currentSrc || src): HTMLMediaElement {
  const made = element('audio', { preload: 'auto', hidden: true, src: url }, document.body)
  scope.add(() => {
    made.pause()
    made.removeAttribute('src')
    made.load()
    made.remove()
  })
  return made
}

export function soundError(audio: HTMLMediaElement): string {
  if (audio.error?.code === MediaError.MEDIA_ERR_NETWORK) return 'The sound stopped: the studio cannot be reached. Play again when the connection is back.'
  return 'This browser could not play the track. Analyse the track again to make a new playback copy.'
}
