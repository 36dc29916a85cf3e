/** Above the grid: chips, tabs by decision with live counts, the order, the size of the pictures. */
import { useState } from 'react'
import { count } from '../lib/format'
import { mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { Select, TextField } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { FormDialog } from '../parts/Dialog'
import { sentenceOf } from '../wire/api'
import { refresh } from '../wire/query'
import { Chips } from './Chips'
import type { Desk } from './desk'
import { conditionsOf, without, type Sort, type Verdict } from './filter'
import { tileSide } from './use_library'
import { chipWords, sortNames } from './words'

const tabs: { id: Verdict; title: string }[] = [
  { id: 'any', title: 'All' },
  { id: 'unreviewed', title: 'Unreviewed' },
  { id: 'picked', title: 'Picked' },
  { id: 'rejected', title: 'Rejected' },
]

interface FilterBarProps {
  desk: Desk
  names: (id: string) => string
  /** On a phone: whether the list of sessions lies over the grid. */
  isListing: boolean
  onList: (on: boolean) => void
}

export function FilterBar({ desk, names, isListing, onList }: FilterBarProps) {
  const { filter } = useStore(desk.place)
  const counts = useStore(desk.counts)
  const waiting = useStore(desk.waiting)
  const [isSaving, setSaving] = useState(false)
  const verdict = filter.verdict ?? 'any'
  const hasChips = conditionsOf(filter).length > 0
  return (
    <div className="filterbar">
      <div className="row">
        <Button small kind="line" className="only-phone" on={isListing} onClick={() => onList(!isListing)}>Sessions</Button>
        <Chips desk={desk} names={names} />
        {mayEdit() && <Button kind="quiet" small className="end" reason={hasChips ? null : 'Set a filter first; a view is a filter with a name.'} onClick={() => setSaving(true)}>Save view</Button>}
      </div>
      <div className="row wrap">
        <div className="group" role="group" aria-label="Decision">
          {tabs.map(({ id, title }) => (
            <Button key={id} small on={verdict === id} onClick={() => desk.show({ ...filter, verdict: id })}>
              {title} <span className={verdict === id ? 'num accent' : 'num faint'}>{count(counts[id])}</span>
            </Button>
          ))}
        </div>
        {waiting > 0 && <Button small kind="quiet" icon="down" className="accent" onClick={() => void desk.renew()}>{count(waiting)} new</Button>}
        <span className="end row tight">
          <Select
            small aria-label="Order" value={filter.sort ?? 'taken'} choices={Object.entries(sortNames).map(([value, label]) => ({ value, label }))}
            onChange={(sort) => desk.show({ ...filter, sort: sort as Sort, descending: true })}
          />
          <IconButton small icon="down" className={filter.descending ? 'arrowdown' : 'arrowdown up'} label={filter.descending ? 'The last ones first; turn round' : 'The first ones first; turn round'} onClick={() => desk.show({ ...filter, descending: !filter.descending })} />
          <TileSize />
        </span>
      </div>
      {isSaving && <SaveView desk={desk} suggestion={conditionsOf(filter).map((name) => chipWords(filter, name, names)).join(', ')} onClose={() => setSaving(false)} />}
    </div>
  )
}

const [SMALLEST, LARGEST] = [72, 320]

function TileSize() {
  const side = useStore(tileSide)
  return (
    <input
      type="range" className="range not-phone" aria-label="Size of the pictures" aria-valuetext={`${side} px`} min={SMALLEST} max={LARGEST} step={2} value={side}
      style={{ '--v': (side - SMALLEST) / (LARGEST - SMALLEST) } as React.CSSProperties} onChange={(event) => tileSide.set(Number(event.target.value))}
    />
  )
}

function SaveView({ desk, suggestion, onClose }: { desk: Desk; suggestion: string; onClose: () => void }) {
  const [name, setName] = useState(suggestion.slice(0, 100))
  const [wrong, setWrong] = useState<string | null>(null)
  const send = async (): Promise<void> => {
    try {
      await desk.wire.saveView(name.trim(), without(desk.place.get().filter, 'verdict', 'sort', 'descending'))
      await Promise.all([refresh('views'), refresh('view-counts')])
      onClose()
    } catch (fault) {
      setWrong(sentenceOf(fault))
    }
  }
  return (
    <FormDialog title="What is this view called?" act="Save view" isOpen reason={name.trim() ? null : 'Write a name.'} onSend={() => void send()} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} wrong={wrong} autoFocus maxLength={100} hint="Everybody of the project sees it." onFocus={(event) => event.target.select()} />
    </FormDialog>
  )
}
