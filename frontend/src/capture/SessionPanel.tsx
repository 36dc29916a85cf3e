/** The sitting: into which dataset, and what is said of it. */
import { useState } from 'react'
import { count, plural } from '../lib/format'
import { mayEdit } from '../lib/page'
import { Button } from '../parts/Button'
import { Select } from '../parts/basics'
import type { Dataset, Session } from '../wire/types'
import { libraryAddress } from './Arriving'
import { isLocked } from './controls'
import type { Commander, DeviceView } from './use_capture'

export interface Sitting {
  prompt: string
  place: string
  /** The dataset is to be a new one: refuse one that is there already. */
  isNew: boolean
}

const NEW = '\u0000new'

interface SessionPanelProps {
  view: DeviceView
  session: Session | null
  datasets: readonly Dataset[]
  sitting: Sitting
  onChange: (sitting: Sitting) => void
  commander: Commander
}

export function SessionPanel({ view, session, datasets, sitting, onChange, commander }: SessionPanelProps) {
  const locked = isLocked(view.status?.state)
  const mayChange = mayEdit() && view.isOnline && !locked
  const shown = locked && session ? { prompt: session.prompt, place: session.place } : sitting
  const text = (name: 'prompt' | 'place', label: string, hint: string) => (
    <div className="row line-of-session">
      <label className="label" htmlFor={`sitting-${name}`}>{label}</label>
      {mayChange
        ? <input id={`sitting-${name}`} className="field grow" value={sitting[name]} placeholder={hint} maxLength={name === 'prompt' ? 300 : 200} onChange={(event) => onChange({ ...sitting, [name]: event.target.value })} />
        : <span id={`sitting-${name}`} className="grow clip">{shown[name] || <span className="faint">none</span>}</span>}
    </div>
  )
  return (
    <>
      <div className="head"><h3>Session</h3>{session && <div className="end"><a className="xs" href={libraryAddress(session.dataset_id, session.id)}>Open in library</a></div>}</div>
      <div className="sect">
        <DatasetRow wished={view.status?.wished.dataset_name ?? ''} datasets={datasets} mayChange={mayChange} sitting={sitting} onChange={onChange} commander={commander} />
        {text('prompt', 'Prompt', 'speaking, eyes to camera')}
        {text('place', 'Place', 'Back room')}
      </div>
    </>
  )
}

interface DatasetRowProps extends Pick<SessionPanelProps, 'datasets' | 'sitting' | 'onChange' | 'commander'> {
  wished: string
  mayChange: boolean
}

function DatasetRow({ wished, datasets, mayChange, sitting, onChange, commander }: DatasetRowProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const [chosen, setChosen] = useState<string | null>(null)
  const name = chosen ?? wished
  const known = datasets.find((one) => one.name === name)
  const names = [...new Set([...datasets.map((one) => one.name), name])].filter(Boolean)
  const choose = async (next: string, isNew: boolean): Promise<void> => {
    if (await commander.send('configure', { settings: { dataset_name: next } })) {
      setChosen(next)
      setTyped(null)
      onChange({ ...sitting, isNew })
    }
  }
  const isTaken = datasets.some((one) => one.name === typed?.trim())
  return (
    <>
      <div className="row line-of-session">
        <label className="label" htmlFor="sitting-dataset">Dataset</label>
        {!mayChange && <span id="sitting-dataset" className="grow clip strong">{name || <span className="faint">none</span>}</span>}
        {mayChange && typed === null && <Select id="sitting-dataset" value={name} choices={[...names.map((one) => ({ value: one, label: one })), { value: NEW, label: 'New dataset…' }]} onChange={(next) => (next === NEW ? setTyped('') : void choose(next, !datasets.some((one) => one.name === next)))} />}
        {mayChange && typed !== null && <input id="sitting-dataset" className="field grow" autoFocus value={typed} maxLength={200} placeholder="Its name" onChange={(event) => setTyped(event.target.value)} onKeyDown={(event) => { if (event.key === 'Escape') setTyped(null); if (event.key === 'Enter' && typed.trim()) void choose(typed.trim(), !isTaken) }} />}
      </div>
      {mayChange && typed !== null && (
        <div className="row dataset-acts">
          <span className="xs faint grow">{isTaken ? 'It is there already: shots are added to it.' : 'Made with its first picture.'}</span>
          <Button small kind="quiet" onClick={() => setTyped(null)}>Cancel</Button>
          <Button small reason={typed.trim() ? null : 'Write a name.'} onClick={() => void choose(typed.trim(), !isTaken)}>Use</Button>
        </div>
      )}
      {typed === null && <div className="xs faint dataset-note num">{known ? `Adds to ${plural(known.counts.all, 'portrait')} in ${count(known.sessions)} ${known.sessions === 1 ? 'session' : 'sessions'}.` : name ? 'A new dataset, made with its first picture.' : ''}</div>}
    </>
  )
}
