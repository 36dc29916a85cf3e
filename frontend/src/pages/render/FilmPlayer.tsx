/** FilmPlayer: the film in its well, and beneath it play, clock, the sound's picture to seek in, volume. */
import { useEffect, useRef, useState } from 'react'
import { clock, framesPerSecond, spokenClock } from '../../lib/format'
import { useCommands, withKey } from '../../lib/keys'
import { IconButton } from '../../parts/Button'
import { filmSeconds } from '../../parts/Film'
import { Icon } from '../../parts/Icon'
import { SeekLine, type SeekPin } from '../../parts/SeekLine'
import { Tag } from '../../parts/basics'
import type { Render } from '../../wire/types'

interface FilmPlayerProps {
  render: Render
  /** Peaks of the part of the track that the film shows. */
  peaks: readonly number[] | null
  /** Seconds to go to, and a number that makes two equal wishes different. */
  wish: { seconds: number; number: number } | null
  /** Moments that somebody spoke of. */
  pins?: readonly SeekPin[]
  /** Told where the film is, whenever it stops there. */
  onPlace?: (seconds: number) => void
}

export function FilmPlayer({ render, peaks, wish, pins = [], onPlace }: FilmPlayerProps) {
  const video = useRef<HTMLVideoElement>(null)
  const well = useRef<HTMLDivElement>(null)
  const [seconds, setSeconds] = useState(0)
  const [isPlaying, setPlaying] = useState(false)
  const [isMuted, setMuted] = useState(false)
  const [fault, setFault] = useState(false)
  const length = filmSeconds(render)
  const seek = (to: number): void => {
    const place = Math.min(length, Math.max(0, to))
    setSeconds(place)
    if (video.current) video.current.currentTime = place
  }
  const toggle = (): void => {
    if (!video.current) return
    if (video.current.paused) void video.current.play().catch(() => setFault(true))
    else video.current.pause()
  }
  useClock(video, isPlaying, setSeconds)
  useEffect(() => {
    if (!isPlaying) onPlace?.(seconds)
  }, [seconds, isPlaying, onPlace])
  useEffect(() => {
    if (wish && video.current) video.current.currentTime = wish.seconds
    if (wish) setSeconds(wish.seconds)
  }, [wish])
  const frame = 1 / framesPerSecond(render.fps)
  useCommands(render.film_url ? [
    { id: 'film.play', title: 'Play or pause', group: 'Film', key: 'Space', run: toggle },
    { id: 'film.back', title: 'Back 5 s', group: 'Film', key: 'ArrowLeft', run: () => seek(seconds - 5) },
    { id: 'film.on', title: 'On 5 s', group: 'Film', key: 'ArrowRight', run: () => seek(seconds + 5) },
    { id: 'film.frame-back', title: 'One frame back', group: 'Film', key: 'Shift+ArrowLeft', run: () => seek(seconds - frame) },
    { id: 'film.frame-on', title: 'One frame on', group: 'Film', key: 'Shift+ArrowRight', run: () => seek(seconds + frame) },
    { id: 'film.start', title: 'To the start', group: 'Film', key: 'Home', run: () => seek(0) },
    { id: 'film.large', title: 'Full screen', group: 'Film', key: 'f', run: () => fillScreen(well.current) },
  ] : [])
  const done = render.segments.filter((one) => one.state === 'done')
  const share = render.film_url ? 1 : done.length / Math.max(1, render.segments.length)
  return (
    <>
      <div className="stage filmstage" ref={well} data-region="stage">
        {render.film_url
          ? (
            <video
              ref={video} src={render.film_url} poster={render.thumbs[0]?.url} preload="metadata" playsInline muted={isMuted} aria-label={render.name}
              onClick={toggle} onPlay={() => setPlaying(true)} onPause={() => setPlaying(false)} onSeeked={(event) => setSeconds(event.currentTarget.currentTime)} onError={() => setFault(true)}
            />
          )
          : <NewestPicture render={render} />}
        {!isPlaying && render.film_url && <button type="button" className="play only-phone over-play" aria-label="Play" onClick={toggle}><Icon name="play" /></button>}
        <div className="row tight stagetools not-phone">
          <IconButton kind="plain" small icon="grow" label={withKey('Full screen', 'film.large')} onClick={() => fillScreen(well.current)} />
        </div>
      </div>
      <div className="filmbar" data-region="transport">
        <button type="button" className="play not-phone" aria-label={isPlaying ? 'Pause (Space)' : 'Play (Space)'} aria-disabled={!render.film_url} title={render.film_url ? undefined : 'It can be played when it is finished.'} onClick={toggle}>
          <Icon name={isPlaying ? 'pause' : 'play'} />
        </button>
        <span className="num strong nowrap clocknow">{clock(seconds)}</span>
        <SeekLine label="Place in the film" seconds={seconds} length={length} share={share} peaks={peaks} pins={pins} onSeek={seek} />
        <span className="num faint nowrap">{clock(length)}</span>
        <IconButton icon={isMuted ? 'mute' : 'volume'} label={isMuted ? 'Sound on' : 'Sound off'} className="not-phone" onClick={() => setMuted(!isMuted)} />
      </div>
      {fault && <div className="sect"><Tag mood="danger" icon="alert">The film could not be played here. Download it, or load the page again.</Tag></div>}
    </>
  )
}

/** The clock follows the film's own time at every painted picture, never a timer. */
function useClock(video: React.RefObject<HTMLVideoElement | null>, isPlaying: boolean, show: (seconds: number) => void): void {
  useEffect(() => {
    if (!isPlaying) return
    let request = 0
    const step = (): void => {
      if (video.current) show(video.current.currentTime)
      request = requestAnimationFrame(step)
    }
    request = requestAnimationFrame(step)
    return () => cancelAnimationFrame(request)
  }, [video, isPlaying, show])
}

function fillScreen(well: HTMLElement | null): void {
  if (document.fullscreenElement) void document.exitFullscreen()
  else void well?.requestFullscreen()
}

const firstPictureWords: Partial<Record<Render['state'], string>> = {
  queued: 'The first picture appears when a render service has drawn it.',
  cancelled: 'It was stopped before a segment was finished.',
  failed: 'It ended before a segment was finished.',
}

function NewestPicture({ render }: { render: Render }) {
  const newest = render.thumbs.at(-1)
  if (!newest) {
    return <div className="soft">{firstPictureWords[render.state] ?? 'The first picture appears with the first finished segment.'}</div>
  }
  return (
    <>
      <img src={newest.url} alt={`Frame at ${spokenClock(newest.seconds)}`} style={{ aspectRatio: `${render.width} / ${render.height}` }} />
      <span className="pill finished"><span className="dot ok" />Finished to {clock(newest.seconds, 0)}</span>
    </>
  )
}
