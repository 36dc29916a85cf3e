/**
 * The cues as a table over the lanes, edited by keyboard: arrows go from cell to cell, Enter or F2 edits, Tab keeps what was
 * typed and edits the next, Esc leaves it as it was.
 */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import { count } from '../../lib/format'
import { withKey } from '../../lib/keys'
import { mayEdit } from '../../lib/page'
import { useStore } from '../../lib/store'
import { Select } from '../../parts/basics'
import { Button, IconButton } from '../../parts/Button'
import { Icon } from '../../parts/Icon'
import { sorted, type Sorting } from '../../parts/Table'
import { useVirtualRows, VirtualRows } from '../../parts/VirtualRows'
import type { Cue } from '../../wire/types'
import { between, choose, chooseMany, howOf } from '../../widgets/choose_cues'
import { HUE_CHOICES } from '../../widgets/hues'
import type { Desk } from '../desk'
import { moves } from '../moves'
import { CUE_COLUMNS, type CellContext } from './cue_columns'
import { cueMoves } from './cue_moves'
import { CueCell } from './CueCell'
import { found } from './search'

const ROW = 30
const PAGE = 12
const WIDTHS = CUE_COLUMNS.map(({ width }) => width).join(' ')
/** As parts/Table sorts. */
const SORTED_BY = CUE_COLUMNS.map(({ id, title, by }) => ({ id, title, by, cell: () => null }))

export function CueTable({ desk }: { desk: Desk }) {
  const cues = useStore(desk.cues.cues)
  const [words, setWords] = useState('')
  const [kind, setKind] = useState('')
  const [colour, setColour] = useState('')
  const [sorting, setSorting] = useState<Sorting>({ column: 'time', isDown: false })
  const rows = useMemo(() => {
    const some = found(cues, `${words} ${kind} `).filter((cue) => colour === '' || cue.colour === colour)
    return sorting.column === 'time' && !sorting.isDown ? some : sorted(some, SORTED_BY, sorting)
  }, [cues, words, kind, colour, sorting])
  const close = (): void => desk.cueTools.open.set(null)
  return (
    <section className="cue-table" aria-label="Table of cues">
      <div className="toolbar row">
        <h3>Cues</h3>
        <span className="num xs faint nowrap" role="status">{rows.length === cues.length ? count(cues.length) : `${count(rows.length)} of ${count(cues.length)}`}</span>
        <input className="field small" type="search" aria-label="Find cues" placeholder="Name, colour or kind" value={words} onChange={(event) => setWords(event.target.value)} />
        <Select small aria-label="Only this kind" value={kind} onChange={setKind} choices={[{ value: '', label: 'Any kind' }, { value: 'moment', label: 'Moments' }, { value: 'span', label: 'Spans' }]} />
        <Select small aria-label="Only this colour" value={colour} onChange={setColour} choices={[{ value: '', label: 'Any colour' }, ...HUE_CHOICES]} />
        <div className="row end tight">
          <TableActs desk={desk} />
          <IconButton small icon="close" label={withKey('Close the table', 'track.table')} onClick={close} />
        </div>
      </div>
      <Grid desk={desk} rows={rows} sorting={sorting} onSort={setSorting} onLeave={close} />
    </section>
  )
}

function TableActs({ desk }: { desk: Desk }) {
  const chosen = useStore(desk.cues.selection).size
  const act = cueMoves(desk)
  const reason = chosen ? null : 'Choose cues first'
  return (
    <>
      <IconButton small icon="copy" label={withKey('Copy', 'track.copy')} reason={reason} onClick={() => act.copy()} />
      {mayEdit() && (
        <>
          <Button small kind="quiet" onClick={() => void act.paste()}>Paste</Button>
          <IconButton small icon="plus" label={withKey('Cue at the playhead', 'track.cue')} onClick={() => moves(desk).addCue(false)} />
          <IconButton small icon="bin" label={withKey('Delete', 'track.delete')} reason={reason} onClick={() => act.remove()} />
        </>
      )}
    </>
  )
}

interface GridProps {
  desk: Desk
  rows: readonly Cue[]
  sorting: Sorting
  onSort: (sorting: Sorting) => void
  onLeave: () => void
}

function Grid({ desk, rows, sorting, onSort, onLeave }: GridProps) {
  const grid = useRef<HTMLDivElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const list = useVirtualRows({ count: rows.length, rowHeight: ROW, scroller })
  const selected = useStore(desk.cues.selected)
  const selection = useStore(desk.cues.selection)
  const [column, setColumn] = useState(0)
  const [editing, setEditing] = useState(false)
  const context: CellContext = { grid: useStore(desk.sound.beats), durationSeconds: desk.view.durationSeconds }
  const here = useMemo(() => rows.findIndex(({ id }) => id === selected), [rows, selected])
  const { reveal } = list
  useEffect(() => {
    reveal(here)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a row that moves when it is sorted anew is followed, scrolling is not
  }, [selected, here])
  useEffect(() => grid.current?.focus(), [])

  const start = useRef<string | null>(null)
  const goTo = (row: number, next: number, isMore = false): void => {
    const cue = rows[Math.min(rows.length - 1, Math.max(0, row))]
    setColumn(Math.min(CUE_COLUMNS.length - 1, Math.max(0, next)))
    if (!cue) return
    if (!isMore) start.current = cue.id
    chooseMany(desk.cues, isMore ? between(rows, start.current ?? selected, cue.id) : [cue.id])
  }
  const edit = (isOn: boolean): void => {
    setEditing(isOn && mayEdit() && here >= 0)
    if (!isOn) grid.current?.focus()
  }
  /** To the next cell in reading order; false behind the last and before the first. */
  const tab = (direction: 1 | -1): boolean => {
    const place = here * CUE_COLUMNS.length + column + direction
    if (place < 0 || place >= rows.length * CUE_COLUMNS.length) return false
    goTo(Math.floor(place / CUE_COLUMNS.length), place % CUE_COLUMNS.length)
    return true
  }
  const press = (event: KeyboardEvent): void => {
    if (editing || event.altKey) return
    const isMod = event.ctrlKey || event.metaKey
    const last = CUE_COLUMNS.length - 1
    const steps: Record<string, () => void> = isMod
      ? { Home: () => goTo(0, 0), End: () => goTo(rows.length - 1, last), a: () => chooseMany(desk.cues, rows.map(({ id }) => id)) }
      : {
          ArrowDown: () => goTo(here + 1, column, event.shiftKey), ArrowUp: () => goTo(here - 1, column, event.shiftKey),
          PageDown: () => goTo(here + PAGE, column, event.shiftKey), PageUp: () => goTo(here - PAGE, column, event.shiftKey),
          ArrowRight: () => goTo(here, column + 1), ArrowLeft: () => goTo(here, column - 1),
          Home: () => goTo(here, 0), End: () => goTo(here, last), Enter: () => edit(true), F2: () => edit(true), Escape: onLeave,
        }
    const step = steps[event.key]
    if (!step) return
    event.preventDefault()
    event.stopPropagation()
    step()
  }
  const point = (event: MouseEvent, cue: Cue, at: number): void => {
    setColumn(at)
    start.current = cue.id
    choose(desk.cues, rows, cue.id, howOf(event))
    if (event.detail === 2) edit(true)
  }
  return (
    <div className="cue-grid" role="grid" aria-label="Cues" aria-rowcount={rows.length + 1} aria-colcount={CUE_COLUMNS.length} aria-multiselectable="true"
      tabIndex={0} ref={grid} onKeyDown={press} aria-activedescendant={here >= 0 ? cellId(rows[here]!, column) : undefined}>
      <Heads sorting={sorting} onSort={onSort} />
      <div className="cue-grid-rows" role="rowgroup" ref={scroller}>
        {rows.length === 0 && <p className="soft xs none">No cue is like that.</p>}
        <VirtualRows list={list} rows={rows} keyOf={({ id }) => id}>
          {(cue, index) => (
            <div className={selection.has(cue.id) ? 'cue-grid-row on' : 'cue-grid-row'} role="row" aria-rowindex={index + 2} aria-selected={selection.has(cue.id)} style={{ gridTemplateColumns: WIDTHS }}>
              {CUE_COLUMNS.map((one, at) => (
                <CueCell key={one.id} id={cellId(cue, at)} cue={cue} column={one} context={context} desk={desk}
                  isHere={index === here && at === column} isEditing={editing && index === here && at === column}
                  onPoint={(event) => point(event, cue, at)} onDone={() => edit(false)} onTab={(direction) => tab(direction) || edit(false)} />
              ))}
            </div>
          )}
        </VirtualRows>
      </div>
    </div>
  )
}

const cellId = (cue: Cue, column: number): string => `cell-${cue.id}-${column}`

function Heads({ sorting, onSort }: Pick<GridProps, 'sorting' | 'onSort'>) {
  return (
    <div className="cue-grid-row heads" role="row" aria-rowindex={1} style={{ gridTemplateColumns: WIDTHS }}>
      {CUE_COLUMNS.map(({ id, title, isNumber }) => {
        const isOn = sorting.column === id
        return (
          <div key={id} role="columnheader" className={isNumber ? 'num' : ''} aria-sort={isOn ? (sorting.isDown ? 'descending' : 'ascending') : 'none'}>
            <button type="button" onClick={() => onSort({ column: id, isDown: isOn && !sorting.isDown })} onKeyDown={(event) => event.key === 'Enter' && event.stopPropagation()}>
              {title}
              {isOn && <Icon name={sorting.isDown ? 'down' : 'up'} size="small" />}
            </button>
          </div>
        )
      })}
    </div>
  )
}
