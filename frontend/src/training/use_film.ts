/** The state of a film: where it stands, whether it plays. It plays with the screen's frames, never by a timer. */
import { useEffect, useRef, useState } from 'react'
import { pictureAt, placeAfter, playedTo } from './film'
import type { Sample } from './wire'

export interface FilmState {
  place: number
  /** The sample that the place counts as. */
  at: number
  isPlaying: boolean
  /** A hand moves it: it stops playing. */
  go: (place: number) => void
  toggle: () => void
}

const NOTHING: readonly Sample[] = []

export function useFilm(samples: readonly Sample[] = NOTHING): FilmState {
  const [place, setPlace] = useState(Math.max(0, samples.length - 1))
  const [isPlaying, setPlaying] = useState(false)
  const before = useRef(samples)
  const many = samples.length
  useEffect(() => {
    if (before.current === samples) return
    const earlier = before.current
    before.current = samples
    setPlace((now) => placeAfter(earlier, now, samples))
  }, [samples])
  const begin = useRef(0)
  useEffect(() => {
    if (!isPlaying) return
    let [request, first] = [0, -1]
    const step = (now: number): void => {
      if (first < 0) first = now
      const next = playedTo(begin.current, (now - first) / 1000, many)
      setPlace(next ?? many - 1)
      if (next === null) setPlaying(false)
      else request = requestAnimationFrame(step)
    }
    request = requestAnimationFrame(step)
    return () => cancelAnimationFrame(request)
  }, [isPlaying, many])
  return {
    place,
    at: pictureAt(place, many),
    isPlaying,
    go: (next) => {
      setPlaying(false)
      setPlace(Math.min(Math.max(0, next), Math.max(0, many - 1)))
    },
    toggle: () => {
      begin.current = place >= many - 1 ? 0 : place
      setPlaying(!isPlaying && many > 1)
    },
  }
}
