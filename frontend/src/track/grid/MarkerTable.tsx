/** The tempo markers as a table: type time, bar, beats in a bar and bpm; the text twin of the bars lane. */
import { useState, type KeyboardEvent } from 'react'
import { clock } from '../../lib/format'
import { useStore } from '../../lib/store'
import { IconButton } from '../../parts/Button'
import { readClock } from '../../widgets/read_clock'
import type { Desk } from '../desk'
import { moves } from '../moves'
import { useEvents } from '../use_emitter'
import type { GridActs } from './grid_acts'
import { stretchAt, type Marker } from './grid_moves'

const SHOWN = 60

export function MarkerTable({ desk, acts, mayEdit }: { desk: Desk; acts: GridActs; mayEdit: boolean }) {
  const markers = useStore(desk.grid.markers)
  const here = useHere(desk, markers)
  const from = Math.max(0, Math.min(here - SHOWN / 2, markers.length - SHOWN))
  return (
    <div className="markers">
      <table className="dense" aria-label="Tempo markers">
        <thead><tr><th>Tempo from</th><th className="num">Bar</th><th className="num">Beats</th><th className="num">bpm</th><th aria-label="Remove" /></tr></thead>
        <tbody>
          {markers.slice(from, from + SHOWN).map((marker) => (
            <Row key={marker.id} desk={desk} acts={acts} marker={marker} isHere={marker === markers[here]} mayEdit={mayEdit} />
          ))}
        </tbody>
      </table>
      {markers.length > SHOWN && <p className="xs faint">{SHOWN} of {markers.length}, those around the playhead.</p>}
    </div>
  )
}

/** Which stretch the playhead is in; draws again only when that changes. */
function useHere(desk: Desk, markers: readonly Marker[]): number {
  useEvents(desk.player.events, 'state', 'seek')
  return stretchAt(markers, desk.player.seconds)
}

interface RowProps {
  desk: Desk
  acts: GridActs
  marker: Marker
  isHere: boolean
  mayEdit: boolean
}

function Row({ desk, acts, marker, isHere, mayEdit }: RowProps) {
  const at = clock(marker.seconds, 3)
  return (
    <tr className={isHere ? 'on' : undefined} aria-current={isHere || undefined}>
      <td className="num">
        <Cell
          label={`Time of the marker at ${at}`} shown={at} mayEdit={mayEdit} read={readClock} room="wide"
          onGo={() => moves(desk).go(marker.seconds)} take={(seconds) => acts.setSeconds(marker.id, seconds)}
        />
      </td>
      <td className="num"><Cell label={`Bar at ${at}`} shown={String(marker.downbeat)} mayEdit={mayEdit} read={wholeNumber} take={(bar) => acts.setBar(marker.id, bar)} /></td>
      <td className="num"><Cell label={`Beats in a bar from ${at}`} shown={String(marker.beats_per_bar)} mayEdit={mayEdit} read={wholeNumber} take={(beats) => acts.setBeatsPerBar(beats, marker.seconds)} /></td>
      <td className="num"><Cell label={`bpm from ${at}`} shown={marker.bpm.toFixed(2)} mayEdit={mayEdit} read={numberOf} room="middling" take={(bpm) => acts.setBpm(bpm, marker.seconds)} /></td>
      <td>{mayEdit && <IconButton small icon="bin" label={`Remove the marker at ${at}`} onClick={() => acts.removeMarker([marker.id])} />}</td>
    </tr>
  )
}

interface CellProps {
  label: string
  shown: string
  mayEdit: boolean
  /** Room for a time, or for a tempo; else for a small whole number. */
  room?: 'wide' | 'middling'
  read: (text: string) => number | null
  take: (value: number) => unknown
  onGo?: () => void
}

/** A number that is typed over: Enter takes it, Esc leaves it, ↑ and ↓ go to the rows above and below. */
function Cell({ label, shown, mayEdit, room, read, take, onGo }: CellProps) {
  const [text, setText] = useState<string | null>(null)
  if (!mayEdit) return onGo ? <button type="button" className="link" onClick={onGo}>{shown}</button> : <>{shown}</>
  const done = (): void => {
    const value = text === null || text === shown ? null : read(text)
    setText(null)
    if (value !== null) take(value)
  }
  const keys = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter') done()
    if (event.key === 'Escape') setText(null)
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') goToRow(event)
  }
  return (
    <input
      className={room ? `grid-cell ${room}` : 'grid-cell'} aria-label={label} value={text ?? shown} inputMode="decimal" spellCheck={false}
      onFocus={(event) => {
        event.target.select()
        onGo?.()
      }}
      onChange={(event) => setText(event.target.value)} onBlur={done} onKeyDown={keys}
    />
  )
}

function goToRow(event: KeyboardEvent<HTMLInputElement>): void {
  const row = event.currentTarget.closest('tr')
  const place = [...(row?.querySelectorAll('input') ?? [])].indexOf(event.currentTarget)
  const next = event.key === 'ArrowUp' ? row?.previousElementSibling : row?.nextElementSibling
  const field = next?.querySelectorAll('input')[place]
  if (!field) return
  event.preventDefault()
  field.focus()
}

export function numberOf(text: string): number | null {
  const value = Number(text.trim().replace(',', '.'))
  return text.trim() !== '' && Number.isFinite(value) ? value : null
}

function wholeNumber(text: string): number | null {
  const value = numberOf(text)
  return value === null ? null : Math.round(value)
}
