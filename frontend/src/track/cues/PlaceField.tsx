/** A field for a place in the track: a time, or bar and beat. It says what is wrong beneath. */
import { useEffect, useState } from 'react'
import { clock } from '../../lib/format'
import type { Beats } from '../../widgets/beats'
import { readPlace } from '../../widgets/places'

export const PLACE_HINT = 'Write a time such as 1:01.300, or a bar and beat such as 33.2.'

interface PlaceFieldProps {
  label: string
  seconds: number
  grid: () => Beats
  wrong: (seconds: number) => string | null
  onChange: (seconds: number) => void
}

export function PlaceField({ label, seconds, grid, wrong, onChange }: PlaceFieldProps) {
  const [text, setText] = useState(clock(seconds, 3))
  const [fault, setFault] = useState<string | null>(null)
  const reset = (): void => {
    setText(clock(seconds, 3))
    setFault(null)
  }
  useEffect(reset, [seconds])
  const keep = (): void => {
    if (text === clock(seconds, 3)) return setFault(null)
    const read = readPlace(text, grid())
    const problem = read === null ? PLACE_HINT : wrong(read)
    setFault(problem)
    if (problem !== null || read === null) return
    if (Math.abs(read - seconds) > 0.0005) onChange(read)
    else reset()
  }
  return (
    <div className="grow">
      <input
        className={fault ? 'field num wrong' : 'field num'} aria-label={label} aria-invalid={fault !== null} value={text} title={PLACE_HINT}
        onChange={(event) => setText(event.target.value)} onBlur={keep}
        onKeyDown={(event) => {
          if (event.key === 'Enter') keep()
          if (event.key === 'Escape') reset()
        }}
      />
      {fault && <div className="wrong-text">{fault}</div>}
    </div>
  )
}
