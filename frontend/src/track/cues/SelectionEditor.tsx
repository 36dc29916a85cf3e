/** Several chosen cues: what is done with all of them at once. */
import { useState } from 'react'
import { plural } from '../../lib/format'
import { withKey } from '../../lib/keys'
import { mayEdit } from '../../lib/page'
import { Select } from '../../parts/basics'
import { IconButton } from '../../parts/Button'
import type { Cue } from '../../wire/types'
import type { Desk } from '../desk'
import { cueMoves } from './cue_moves'
import { Swatches } from './Swatches'

export function SelectionEditor({ desk, cues }: { desk: Desk; cues: readonly Cue[] }) {
  const moves = cueMoves(desk)
  const colours = new Set(cues.map(({ colour }) => colour))
  const anchors = new Set(cues.map(({ anchor }) => anchor))
  return (
    <section className="cue-editor" aria-label="Chosen cues">
      <div className="row">
        <span className="bold grow" role="status">{plural(cues.length, 'cue')} chosen</span>
        <IconButton small icon="copy" label={withKey('Copy', 'track.copy')} onClick={() => moves.copy()} />
        {mayEdit() && (
          <>
            <IconButton small icon="paste" label={withKey('Paste at the playhead', 'track.paste')} onClick={() => void moves.paste()} />
            <IconButton small icon="plus" label={withKey('Duplicate behind themselves', 'track.duplicate')} onClick={() => moves.duplicate()} />
            <IconButton small icon="magnet" label={withKey('Put on the grid', 'track.to-grid')} onClick={() => moves.ontoGrid()} />
            <IconButton small icon="bin" label={withKey('Delete', 'track.delete')} onClick={() => moves.remove()} />
          </>
        )}
      </div>
      {mayEdit() && (
        <>
          <div className="row">
            <LabelField key={cues.length} cues={cues} onChange={(label) => moves.label(label)} />
            <Select small aria-label={withKey('Kept in', 'track.keep-in')} title="Cues kept in beats go along when the grid changes" value={anchors.size === 1 ? [...anchors][0]! : ''}
              choices={[...(anchors.size > 1 ? [{ value: '', label: 'Mixed' }] : []), { value: 'seconds', label: 'In seconds' }, { value: 'beats', label: 'In beats' }]}
              onChange={(anchor) => anchor && moves.keepIn(anchor as Cue['anchor'])} />
          </div>
          <ShiftField desk={desk} />
          <Swatches colour={colours.size === 1 ? [...colours][0]! : null} onChange={(colour) => moves.colour(colour)} />
        </>
      )}
    </section>
  )
}

function LabelField({ cues, onChange }: { cues: readonly Cue[]; onChange: (label: string) => void }) {
  const shared = cues.every(({ label }) => label === cues[0]!.label) ? cues[0]!.label : ''
  const [label, setLabel] = useState(shared)
  const keep = (): void => {
    if (label.trim() !== shared) onChange(label.trim())
  }
  return (
    <input
      className="field small grow" aria-label="Name of these cues" placeholder={shared ? 'Name' : 'One name for all'} maxLength={200} value={label}
      onChange={(event) => setLabel(event.target.value)} onBlur={keep} onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
    />
  )
}

const STEP = /^[−-]?\d+([.,]\d+)?(\/\d+)?$/

/** "2", "-0.5", "1/3": beats; null when it is none. */
export function readBeats(text: string): number | null {
  const plain = text.trim().replace('−', '-').replace(',', '.')
  if (!STEP.test(plain)) return null
  const [above, below = '1'] = plain.split('/')
  const beats = Number(above) / Number(below)
  return Number.isFinite(beats) && beats !== 0 ? beats : null
}

/** "Shift by … beats". */
export function ShiftField({ desk }: { desk: Desk }) {
  const [text, setText] = useState('1')
  const beats = readBeats(text)
  const moves = cueMoves(desk)
  return (
    <form className="row tight shift-field" onSubmit={(event) => {
      event.preventDefault()
      if (beats !== null) moves.shiftBeats(beats)
    }}>
      <span className="xs soft nowrap grow">Shift by</span>
      <IconButton small icon="left" label={withKey('So many beats earlier', 'track.earlier')} reason={beats === null ? 'Write a number of beats, such as 1, 0.5 or 1/3' : null} onClick={() => beats !== null && moves.shiftBeats(-beats)} />
      <input className={beats === null ? 'field small num wrong' : 'field small num'} aria-label="Shift by so many beats" aria-invalid={beats === null} value={text} onChange={(event) => setText(event.target.value)} />
      <span className="xs soft">beats</span>
      <IconButton small icon="right" label={withKey('So many beats later', 'track.later')} reason={beats === null ? 'Write a number of beats, such as 1, 0.5 or 1/3' : null} onClick={() => beats !== null && moves.shiftBeats(beats)} />
    </form>
  )
}
