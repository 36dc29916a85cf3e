/** The chosen cue: its name, time, kind and colour. */
import { useEffect, useState } from 'react'
import { clock } from '../lib/format'
import { mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { Select } from '../parts/basics'
import { IconButton } from '../parts/Button'
import type { Cue, Hue } from '../wire/types'
import { readClock } from '../widgets/read_clock'
import type { Desk } from './desk'

const HUES: Hue[] = ['red', 'orange', 'yellow', 'green', 'blue', 'violet', 'pink', 'grey']
const FIRST_SPAN_SECONDS = 2

export function CueEditor({ desk }: { desk: Desk }) {
  const selected = useStore(desk.cues.selected)
  const cue = useStore(desk.cues.cues).find((one) => one.id === selected)
  if (!cue) return null
  return (
    <section className="cue-editor" aria-label="Chosen cue">
      <div className="row">
        <span className="spot" style={{ background: `var(--hue-${cue.colour})` }} aria-hidden="true" />
        {mayEdit() ? <Name key={cue.id} cue={cue} desk={desk} /> : <span className="bold grow clip">{cue.label || 'Cue'}</span>}
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
      className="field small grow bold" aria-label="Name of the cue" placeholder="Name of the cue" maxLength={200} value={name}
      onChange={(event) => setName(event.target.value)} onBlur={keep}
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
    />
  )
}

function Fields({ cue, desk }: { cue: Cue; desk: Desk }) {
  const toKind = (kind: string): void => {
    const end = kind === 'span' ? Math.min(cue.seconds + FIRST_SPAN_SECONDS, desk.view.durationSeconds) : null
    desk.cues.change(cue.id, { kind: kind as Cue['kind'], end_seconds: end }, 'Change cue')
  }
  return (
    <>
      <div className="row">
        <Time label="Time of the cue" seconds={cue.seconds} wrong={(seconds) => wrongStart(cue, seconds, desk.view.durationSeconds)}
          onChange={(seconds) => desk.cues.change(cue.id, { seconds }, 'Move cue')} />
        {cue.end_seconds !== null && (
          <Time label="End of the cue" seconds={cue.end_seconds} wrong={(seconds) => wrongEnd(cue, seconds, desk.view.durationSeconds)}
            onChange={(end_seconds) => desk.cues.change(cue.id, { end_seconds }, 'Change cue')} />
        )}
        <Select aria-label="Kind" value={cue.end_seconds === null ? 'moment' : 'span'} onChange={toKind}
          choices={[{ value: 'moment', label: 'Moment' }, { value: 'span', label: 'Span' }]} />
        <IconButton icon="bin" label="Delete the cue (Del)" onClick={() => desk.cues.remove(cue.id)} />
      </div>
      <div className="row tight swatches" role="radiogroup" aria-label="Colour">
        {HUES.map((hue) => (
          <button key={hue} type="button" role="radio" aria-checked={hue === cue.colour} aria-label={hue} title={hue} className="swatch-button"
            onClick={() => desk.cues.change(cue.id, { colour: hue }, 'Colour cue')}>
            <i style={{ background: `var(--hue-${hue})` }} />
          </button>
        ))}
      </div>
    </>
  )
}

function wrongStart(cue: Cue, seconds: number, duration: number): string | null {
  if (seconds > duration) return `The track ends at ${clock(duration)}.`
  return cue.end_seconds !== null && seconds >= cue.end_seconds ? 'Choose a time before the end of the cue.' : null
}

function wrongEnd(cue: Cue, seconds: number, duration: number): string | null {
  if (seconds > duration) return `The track ends at ${clock(duration)}.`
  return seconds <= cue.seconds ? 'Choose a time behind the beginning of the cue.' : null
}

interface TimeProps {
  label: string
  seconds: number
  wrong: (seconds: number) => string | null
  onChange: (seconds: number) => void
}

function Time({ label, seconds, wrong, onChange }: TimeProps) {
  const [text, setText] = useState(clock(seconds, 3))
  const [fault, setFault] = useState<string | null>(null)
  useEffect(() => setText(clock(seconds, 3)), [seconds])
  const keep = (): void => {
    const read = readClock(text)
    const problem = read === null ? 'Write a time such as 1:01.300.' : wrong(read)
    setFault(problem)
    if (problem === null && read !== null && Math.abs(read - seconds) > 0.0005) onChange(read)
  }
  return (
    <div className="grow">
      <input
        className={fault ? 'field num wrong' : 'field num'} aria-label={label} aria-invalid={fault !== null} value={text}
        onChange={(event) => setText(event.target.value)} onBlur={keep}
        onKeyDown={(event) => event.key === 'Enter' && keep()}
      />
      {fault && <div className="wrong-text">{fault}</div>}
    </div>
  )
}
