/** SeekLine: the whole length of a film or a track to seek in, with the sound's picture and the moments somebody spoke of. */
import type { KeyboardEvent, PointerEvent } from 'react'
import { clock, spokenClock } from '../lib/format'
import { Overview } from './Overview'

export interface SeekPin {
  id: string
  seconds: number
  end_seconds: number | null
  /** What is said there, for the tooltip. */
  title: string
}

interface SeekLineProps {
  label: string
  seconds: number
  length: number
  /** Share of it that there is. */
  share?: number
  peaks: readonly number[] | null
  height?: number
  pins?: readonly SeekPin[]
  onSeek: (seconds: number) => void
}

export function SeekLine({ label, seconds, length, share = 1, peaks, height = 34, pins = [], onSeek }: SeekLineProps) {
  const at = (event: PointerEvent<HTMLDivElement>): number => {
    const box = event.currentTarget.getBoundingClientRect()
    return ((event.clientX - box.left) / box.width) * length
  }
  const pressed = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    event.stopPropagation()
    onSeek(seconds + step)
  }
  return (
    <div
      className="seekline grow" style={{ height }} role="slider" tabIndex={0} aria-label={label} aria-valuemin={0} aria-valuemax={Math.round(length)}
      aria-valuenow={Math.round(seconds)} aria-valuetext={spokenClock(seconds)}
      onKeyDown={pressed}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        onSeek(at(event))
      }}
      onPointerMove={(event) => event.buttons > 0 && onSeek(at(event))}
    >
      {peaks && peaks.length > 0
        ? <Overview peaks={peaks} played={seconds / length} end={share} height={height} />
        : <div className="bar"><i style={{ width: `${(100 * seconds) / length}%` }} /></div>}
      {length > 0 && pins.map((pin) => <Pin key={pin.id} pin={pin} length={length} />)}
    </div>
  )
}

function Pin({ pin, length }: { pin: SeekPin; length: number }) {
  const width = pin.end_seconds === null ? undefined : `${(100 * (pin.end_seconds - pin.seconds)) / length}%`
  return <i className={width ? 'seekpin span' : 'seekpin'} title={`${clock(pin.seconds)} ${pin.title}`} style={{ left: `${(100 * pin.seconds) / length}%`, width }} aria-hidden="true" />
}
