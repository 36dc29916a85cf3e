/** What opens at a chip: a histogram inside, or the choices of that condition with how many each would leave. */
import { useState } from 'react'
import { count } from '../lib/format'
import { TextField } from '../parts/basics'
import { Icon } from '../parts/Icon'
import { useAsk } from '../wire/query'
import { conditionTitles } from './Chips'
import { rangeNames, type ConditionName, type Filter, type Range, type RangeName } from './filter'
import { HistogramBox } from './HistogramBox'
import { libraryQueries } from './queries'
import type { Facets } from './wire'
import { sessionTitle } from './session_words'

interface EditorProps {
  name: ConditionName
  filter: Filter
  facets: Facets | null
  dataset: string
  onChange: (part: Filter) => void
  onClose: () => void
}

export function ConditionEditor(props: EditorProps) {
  return (
    <div className="condition">
      <h3>{conditionTitles[props.name]}</h3>
      <Inside {...props} />
    </div>
  )
}

function isRange(name: ConditionName): name is RangeName {
  return (rangeNames as readonly string[]).includes(name)
}

function Inside(props: EditorProps) {
  const { name, filter, facets, onChange } = props
  if (name === 'faces') return <Faces {...props} />
  if (name === 'stars') return <Stars {...props} />
  if (name === 'duplicates') return <Duplicates {...props} />
  if (name === 'sessions' || name === 'devices') return <Sources {...props} name={name} />
  if (name === 'text') return <Words {...props} />
  if (name === 'taken') return <Taken {...props} />
  if (name === 'state') return <Options options={[{ value: 'ready', label: 'Readable' }, { value: 'broken', label: 'Cannot be read' }]} chosen={filter.state} onChoose={(state) => onChange({ state: state as 'ready' | 'broken' })} />
  if (isRange(name)) return <HistogramBox name={name} data={facets?.histograms[name]} range={filter[name] ?? [null, null]} onSet={(range) => onChange({ [name]: range })} />
  return <p className="xs soft">The portraits of one stack. Take the chip away to see all again.</p>
}

interface Option {
  value: string
  label: string
  live?: number | undefined
}

function Options({ options, chosen, onChoose }: { options: Option[]; chosen: string | undefined; onChoose: (value: string) => void }) {
  return (
    <div className="options" role="radiogroup">
      {options.map((one) => (
        <button key={one.value} type="button" role="radio" aria-checked={one.value === chosen} className={one.value === chosen ? 'item on' : 'item'} onClick={() => onChoose(one.value)}>
          <span className="grow clip">{one.label}</span>
          {one.live !== undefined && <span className="num xs faint">{count(one.live)}</span>}
          {one.value === chosen && <Icon name="check" size="small" />}
        </button>
      ))}
    </div>
  )
}

const faceOptions: { value: string; label: string; range: Range; facet: string }[] = [
  { value: '[1,1]', label: 'One face', range: [1, 1], facet: '1' },
  { value: '[0,0]', label: 'No face', range: [0, 0], facet: '0' },
  { value: '[2,2]', label: 'Two faces', range: [2, 2], facet: '2' },
  { value: '[3,null]', label: 'Three and more', range: [3, null], facet: '3+' },
]

function Faces({ filter, facets, onChange }: EditorProps) {
  const options = faceOptions.map(({ value, label, facet }) => ({ value, label, live: facets?.faces[facet] }))
  return <Options options={options} chosen={JSON.stringify(filter.faces)} onChoose={(value) => onChange({ faces: faceOptions.find((one) => one.value === value)!.range })} />
}

function Stars({ filter, facets, onChange }: EditorProps) {
  const stars = facets?.stars ?? []
  const atLeast = (low: number): number => stars.slice(low).reduce((sum, one) => sum + one, 0)
  const options = [5, 4, 3, 2, 1].map((low) => ({ value: JSON.stringify([low, null]), label: low === 5 ? '5 stars' : `${low} ${low === 1 ? 'star' : 'stars'} and more`, live: facets ? atLeast(low) : undefined }))
  return <Options options={[...options, { value: '[0,0]', label: 'No stars', live: stars[0] }]} chosen={JSON.stringify(filter.stars)} onChoose={(value) => onChange({ stars: JSON.parse(value) as Range })} />
}

function Duplicates({ filter, facets, onChange }: EditorProps) {
  const options: Option[] = [
    { value: 'tops', label: 'One of each stack, the sharpest', live: facets?.duplicates.tops },
    { value: 'stacked', label: 'Only those in stacks', live: facets?.duplicates.stacked },
  ]
  return <Options options={options} chosen={filter.duplicates} onChoose={(value) => onChange({ duplicates: value as 'tops' | 'stacked' })} />
}

/** Sessions or cameras, several at once. */
function Sources({ name, filter, dataset, onChange }: EditorProps & { name: 'sessions' | 'devices' }) {
  const sessions = useAsk(libraryQueries.sessions(dataset))
  const all = sessions.data?.items ?? []
  const devices = new Map(all.filter((one) => one.device_id).map((one) => [one.device_id!, one.device_name]))
  const options: Option[] = name === 'sessions' ? all.map((one) => ({ value: one.id, label: sessionTitle(one), live: one.count })) : [...devices].map(([value, label]) => ({ value, label }))
  const chosen = filter[name] ?? []
  const toggle = (value: string): void => onChange({ [name]: chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value] })
  if (options.length === 0) return <p className="xs soft">{name === 'devices' ? 'No camera has sent into this dataset yet.' : 'There is no session yet.'}</p>
  return (
    <div className="options many" role="group">
      {options.map((one) => (
        <button key={one.value} type="button" role="checkbox" aria-checked={chosen.includes(one.value)} className="item" onClick={() => toggle(one.value)}>
          <span className={chosen.includes(one.value) ? 'check on' : 'check'}>{chosen.includes(one.value) && <Icon name="check" />}</span>
          <span className="grow clip">{one.label}</span>
          {one.live !== undefined && <span className="num xs faint">{count(one.live)}</span>}
        </button>
      ))}
    </div>
  )
}

function Words({ filter, onChange, onClose }: EditorProps) {
  const [text, setText] = useState(filter.text ?? '')
  return (
    <form onSubmit={(event) => {
      event.preventDefault()
      onChange({ text: text.trim() })
      onClose()
    }}>
      <TextField label="In file names, sessions and places" value={text} onChange={setText} autoFocus maxLength={200} hint="Enter looks for it." />
    </form>
  )
}

/** Days, both included. */
function Taken({ filter, onChange }: EditorProps) {
  const [from, to] = filter.taken ?? [null, null]
  const dayOf = (iso: string | null): string => (iso === null ? '' : localDay(new Date(iso)))
  const send = (first: string, last: string): void => {
    const [begin, end] = [first === '' ? null : new Date(`${first}T00:00:00`).toISOString(), last === '' ? null : new Date(`${last}T23:59:59.999`).toISOString()]
    if (begin === null || end === null || begin <= end) onChange({ taken: [begin, end] })
  }
  return (
    <div className="row">
      <input type="date" className="field small" aria-label="Taken from" value={dayOf(from)} onChange={(event) => send(event.target.value, dayOf(to))} />
      <span className="faint">to</span>
      <input type="date" className="field small" aria-label="Taken until" value={dayOf(to)} onChange={(event) => send(dayOf(from), event.target.value)} />
    </div>
  )
}

function localDay(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
