/** Stage: the film in its well or the waveform of the track, and beneath it play, the clock and the whole length to seek in. */
import { useEffect, useRef, useState } from 'react'
import { clock } from '../../lib/format'
import { useCommands } from '../../lib/keys'
import { Icon } from '../../parts/Icon'
import { SeekLine, type SeekPin } from '../../parts/SeekLine'
import { Tag } from '../../parts/basics'
import type { Shared } from '../../wire/types'

interface StageProps {
  shared: Shared
  pins: readonly SeekPin[]
  /** Seconds to go to, and a number that makes two equal wishes different. */
  wish: { seconds: number; number: number } | null
  onPlace: (seconds: number) => void
}

export function Stage({ shared, pins, wish, onPlace }: StageProps) {
  const media = useRef<HTMLMediaElement>(null)
  const [seconds, setSeconds] = useState(0)
  const [isPlaying, setPlaying] = useState(false)
  const [isBroken, setBroken] = useState(false)
  const isFilm = shared.kind === 'film'
  const length = shared.duration_seconds
  const seek = (to: number): void => {
    const place = Math.min(length, Math.max(0, to))
    if (media.current) media.current.currentTime = place
    setSeconds(place)
    onPlace(place)
  }
  const toggle = (): void => {
    const playing = media.current
    if (!playing) return
    if (playing.paused) void playing.play().catch(() => setBroken(true))
    else playing.pause()
  }
  useEffect(() => {
    if (wish) seek(wish.seconds)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a wish is heard once
  }, [wish])
  const tell = useRef(onPlace)
  useEffect(() => {
    tell.current = onPlace
  }, [onPlace])
  useEffect(() => {
    if (!isPlaying) return
    let request = 0
    let quarter = -1
    const step = (): void => {
      const now = media.current?.currentTime ?? 0
      setSeconds(now)
      // Four times a second is enough for the words of the page.
      if (Math.floor(now * 4) !== quarter) tell.current(now)
      quarter = Math.floor(now * 4)
      request = requestAnimationFrame(step)
    }
    request = requestAnimationFrame(step)
    return () => cancelAnimationFrame(request)
  }, [isPlaying])
  useCommands([
    { id: 'shared.play', title: 'Play or pause', group: 'Playing', key: 'Space', run: toggle },
    { id: 'shared.back', title: 'Back 5 s', group: 'Playing', key: 'ArrowLeft', run: () => seek(seconds - 5) },
    { id: 'shared.on', title: 'On 5 s', group: 'Playing', key: 'ArrowRight', run: () => seek(seconds + 5) },
    { id: 'shared.start', title: 'To the start', group: 'Playing', key: 'Home', run: () => seek(0) },
  ])
  const listeners = {
    onPlay: () => setPlaying(true),
    onPause: () => {
      setPlaying(false)
      onPlace(media.current?.currentTime ?? 0)
    },
    onError: () => setBroken(true),
  }
  return (
    <section className="sharedstage" aria-label={isFilm ? 'Film' : 'Track'}>
      {isFilm
        ? (
          <div className="well">
            <video
              ref={media as React.RefObject<HTMLVideoElement>} src={shared.media_url} poster={shared.poster_url ?? undefined} preload="metadata" playsInline
              aria-label={shared.name} style={{ aspectRatio: `${shared.width} / ${shared.height}` }} onClick={toggle} {...listeners}
            />
          </div>
        )
        : <audio ref={media as React.RefObject<HTMLAudioElement>} src={shared.media_url} preload="metadata" {...listeners} />}
      <SeekLine
        label={isFilm ? 'Place in the film' : 'Place in the track'} seconds={seconds} length={length} peaks={shared.overview} height={isFilm ? 34 : 132}
        pins={pins} onSeek={seek}
      />
      <div className="row transportline">
        <div className="grow"><div className="num phone-clock">{clock(seconds)}</div><div className="xs faint num">{clock(length)}</div></div>
        <button type="button" className="play" aria-label={isPlaying ? 'Pause' : 'Play'} onClick={toggle}><Icon name={isPlaying ? 'pause' : 'play'} /></button>
        <div className="grow" />
      </div>
      {isBroken && <Tag mood="danger" icon="alert">It could not be played here. Load the page again, or ask who sent the link.</Tag>}
    </section>
  )
}
