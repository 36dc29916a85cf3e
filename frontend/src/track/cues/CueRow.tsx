/** One cue in the list: colour, name, when, its key. */
import { useRef, useState, type MouseEvent } from 'react'
import { clock } from '../../lib/format'
import { mayEdit } from '../../lib/page'
import { useStore } from '../../lib/store'
import type { Cue } from '../../wire/types'
import type { Desk } from '../desk'

interface CueRowProps {
  cue: Cue
  desk: Desk
  isOn: boolean
  onChoose: (event: MouseEvent) => void
  place: number
  of: number
}

export function CueRow({ cue, desk, isOn, onChoose, place, of }: CueRowProps) {
  const isRenaming = useStore(desk.renaming) === cue.id
  return (
    <div className={isOn ? 'cue-row on' : 'cue-row'} role="option" id={`cue-${cue.id}`} aria-selected={isOn} aria-posinset={place} aria-setsize={of} onClick={onChoose}
      onDoubleClick={() => mayEdit() && desk.renaming.set(cue.id)}>
      <span className="spot" style={{ background: `var(--hue-${cue.colour})` }} aria-hidden="true" />
      {isRenaming ? <CueName cue={cue} desk={desk} /> : <span className="grow clip">{cue.label || <span className="faint">Cue</span>}</span>}
      {cue.is_beyond_end && <span className="xs faint nowrap">beyond the end</span>}
      <span className="num xs soft nowrap">{clock(cue.seconds)}{cue.end_seconds !== null && ` – ${clock(cue.end_seconds)}`}</span>
      <span className="hot">{cue.hotkey !== null && <span className="kbd" title={`Key ${cue.hotkey} jumps here`}>{cue.hotkey}</span>}</span>
    </div>
  )
}

/** Enter keeps the name, Esc leaves it as it was. */
function CueName({ cue, desk }: { cue: Cue; desk: Desk }) {
  const [name, setName] = useState(cue.label)
  const isDone = useRef(false)
  /** Who named it from the list goes on in the list. */
  const wasIn = useRef(document.activeElement as HTMLElement | null)
  const close = (keep: boolean): void => {
    if (isDone.current) return
    isDone.current = true
    desk.renaming.set(null)
    if (keep && name.trim() !== cue.label) desk.cues.change(cue.id, { label: name.trim() }, 'Rename cue')
  }
  return (
    <input
      className="field small grow" aria-label="Name of the cue" value={name} maxLength={200} autoFocus
      onFocus={(event) => event.target.select()}
      onChange={(event) => setName(event.target.value)}
      onClick={(event) => event.stopPropagation()}
      onBlur={() => close(true)}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key !== 'Enter' && event.key !== 'Escape') return
        close(event.key === 'Enter')
        if (wasIn.current?.matches('[role="listbox"]')) wasIn.current.focus({ preventScroll: true })
      }}
    />
  )
}
