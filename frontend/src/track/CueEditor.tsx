/** The chosen cue: its name, time, kind, colour, key, and whether it goes along with the grid. Several: what they share. */
import { useEffect, useMemo, useState } from 'react'
import { clock } from '../lib/format'
import { capOf, withKey } from '../lib/keys'
import { mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { Select, Tag } from '../parts/basics'
import { IconButton } from '../parts/Button'
import { Menu, type MenuItem } from '../parts/Menu'
import type { Cue } from '../wire/types'
import { asKind, wrongEnd, wrongStart } from './cues/cue_checks'
import { cueMoves } from './cues/cue_moves'
import { KEYS } from './cues/keys'
import { PlaceField } from './cues/PlaceField'
import { SelectionEditor } from './cues/SelectionEditor'
import { Swatches } from './cues/Swatches'
import type { Desk } from './desk'

export function CueEditor({ desk }: { desk: Desk }) {
  const selection = useStore(desk.cues.selection)
  const cues = useStore(desk.cues.cues)
  const chosen = useMemo(() => (selection.size ? cues.filter(({ id }) => selection.has(id)) : []), [cues, selection])
  const [cue] = chosen
  if (!cue) return null
  if (chosen.length > 1) return <SelectionEditor desk={desk} cues={chosen} />
  return (
    <section className="cue-editor" aria-label="Chosen cue">
      <div className="row">
        <span className="spot" style={{ background: `var(--hue-${cue.colour})` }} aria-hidden="true" />
        {mayEdit() ? <Name key={cue.id} cue={cue} desk={desk} /> : <span className="bold grow clip">{cue.label || 'Cue'}</span>}
        {mayEdit() ? <><KeyChoice cue={cue} desk={desk} /><Acts desk={desk} /></> : cue.hotkey !== null && <Tag>{cue.hotkey}</Tag>}
      </div>
      {mayEdit() ? <Fields cue={cue} desk={desk} /> : <ReadOnly cue={cue} />}
    </section>
  )
}

function ReadOnly({ cue }: { cue: Cue }) {
  return <div className="num soft">{clock(cue.seconds, 3)}{cue.end_seconds !== null && ` – ${clock(cue.end_seconds, 3)}`}</div>
}

function Name({ cue, desk }: { cue: Cue; desk: Desk }) {
  const [name, setName] = useState(cue.label)
  useEffect(() => setName(cue.label), [cue.label])
  const keep = (): void => {
    if (name.trim() !== cue.label) desk.cues.change(cue.id, { label: name.trim() }, 'Rename cue')
  }
  return (
    <input
      className="field small grow bold" aria-label="Name of this cue" placeholder="Name of the cue" maxLength={200} value={name}
      onChange={(event) => setName(event.target.value)} onBlur={keep}
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
    />
  )
}

function Acts({ desk }: { desk: Desk }) {
  const act = cueMoves(desk)
  const item = (id: string, label: string, run: () => void): MenuItem => ({ id, label, keys: capOf(`track.${id}`), act: run })
  return (
    <Menu align="end" button={<IconButton small icon="more" label="More for this cue" />} items={[
      item('copy', 'Copy', () => act.copy()),
      item('paste', 'Paste at the playhead', () => void act.paste()),
      item('duplicate', 'Duplicate behind itself', () => act.duplicate()),
      item('to-grid', 'Put on the grid', () => act.ontoGrid()),
      item('earlier', 'One beat earlier', () => act.shiftBeats(-1)),
      item('later', 'One beat later', () => act.shiftBeats(1)),
      item('all', 'Choose all cues', () => act.all()),
    ]} />
  )
}

/** The key that jumps to it. */
function KeyChoice({ cue, desk }: { cue: Cue; desk: Desk }) {
  const choose = (key: string): void => desk.cues.change(cue.id, { hotkey: key ? Number(key) : null }, key ? `Set key ${key}` : `Clear key ${cue.hotkey}`)
  return (
    <Select small aria-label="Key that jumps here" title="A key that jumps here: 1 to 8" className="key-choice" value={String(cue.hotkey ?? '')} onChange={choose}
      choices={[{ value: '', label: 'No key' }, ...KEYS.map((key) => ({ value: String(key), label: `Key ${key}` }))]} />
  )
}

function Fields({ cue, desk }: { cue: Cue; desk: Desk }) {
  const duration = desk.view.durationSeconds
  const grid = () => desk.sound.beats.get()
  const change = (values: Partial<Cue>, title: string): void => desk.cues.change(cue.id, values, title)
  return (
    <>
      <div className="row">
        <PlaceField label="Time of the cue" seconds={cue.seconds} grid={grid} wrong={(seconds) => wrongStart(cue, seconds, duration)}
          onChange={(seconds) => change({ seconds }, 'Move cue')} />
        {cue.end_seconds !== null && (
          <PlaceField label="End of the cue" seconds={cue.end_seconds} grid={grid} wrong={(seconds) => wrongEnd(cue, seconds, duration)}
            onChange={(end_seconds) => change({ end_seconds }, 'Change cue')} />
        )}
        <Select aria-label="Kind" value={cue.end_seconds === null ? 'moment' : 'span'} onChange={(kind) => change(asKind(cue, kind as Cue['kind'], duration), 'Change cue')}
          choices={[{ value: 'moment', label: 'Moment' }, { value: 'span', label: 'Span' }]} />
        <IconButton icon="bin" label="Delete the cue (Del)" onClick={() => desk.cues.remove(cue.id)} />
      </div>
      <div className="row with-colours">
        <Swatches colour={cue.colour} onChange={(colour) => change({ colour }, 'Colour cue')} />
        <Select small className="end" aria-label={withKey('Kept in', 'track.keep-in')} title="A cue kept in beats goes along when the grid changes" value={cue.anchor}
          onChange={(anchor) => cueMoves(desk).keepIn(anchor as Cue['anchor'])}
          choices={[{ value: 'seconds', label: 'In seconds' }, { value: 'beats', label: 'In beats' }]} />
      </div>
    </>
  )
}
