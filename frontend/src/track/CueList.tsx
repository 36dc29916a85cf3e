/** The cues of a track as a list: one tab stop, arrows move, Enter names, Delete removes. The text twin of the cue lane. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import { clock } from '../lib/format'
import { mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { IconButton } from '../parts/Button'
import { useVirtualRows, VirtualRows } from '../parts/VirtualRows'
import type { Cue } from '../wire/types'
import { stepAlong } from '../widgets/beats'
import type { Desk } from './desk'
import { moves } from './moves'

export function CueList({ desk, tall = false }: { desk: Desk; tall?: boolean }) {
  const cues = useStore(desk.cues.cues)
  const [words, setWords] = useState<string | null>(null)
  const found = words ? cues.filter((cue) => cue.label.toLowerCase().includes(words.toLowerCase())) : cues
  return (
    <section className="cue-list" aria-label="Cues" data-region="cues">
      <div className="head">
        <h3>Cues</h3>
        <span className="num xs faint">{cues.length}</span>
        <div className="end">
          {tall && <span className="xs faint">Cues are changed on a larger screen</span>}
          {!tall && words === null && cues.length > 5 && <IconButton small icon="search" label="Find a cue" onClick={() => setWords('')} />}
          {words !== null && (
            <input
              className="field small" autoFocus aria-label="Find a cue" placeholder="Name of a cue" value={words}
              onChange={(event) => setWords(event.target.value)}
              onKeyDown={(event) => event.key === 'Escape' && setWords(null)}
              onBlur={() => !words && setWords(null)}
            />
          )}
        </div>
      </div>
      {cues.length === 0 && <NoCues />}
      <Rows desk={desk} cues={found} tall={tall} />
    </section>
  )
}

function NoCues() {
  return (
    <p className="soft xs none">
      {mayEdit() ? <>A cue marks a moment: press <span className="kbd">M</span> while the track plays, or double-click the cue lane.</> : 'This track has no cues yet.'}
    </p>
  )
}

const [ROW, TALL_ROW] = [34, 52]

function Rows({ desk, cues, tall }: { desk: Desk; cues: readonly Cue[]; tall: boolean }) {
  const selected = useStore(desk.cues.selected)
  const box = useRef<HTMLDivElement>(null)
  const scroller = useScroller(box, tall)
  const list = useVirtualRows({ count: cues.length, rowHeight: tall ? TALL_ROW : ROW, ...scroller })
  const here = useMemo(() => cues.findIndex((cue) => cue.id === selected), [cues, selected])
  const { reveal } = list
  useEffect(() => {
    reveal(here)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- who scrolls away from the chosen cue may stay there
  }, [selected])
  const choose = (cue: Cue | undefined): void => {
    if (!cue) return
    desk.cues.selected.set(cue.id)
    moves(desk).go(cue.seconds)
  }
  const press = (event: KeyboardEvent): void => {
    const cue = cues[here]
    if (cue && mayEdit() && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      event.preventDefault()
      event.stopPropagation()
      return nudge(desk, cue, event.key === 'ArrowRight' ? 1 : -1, event.altKey)
    }
    const steps: Record<string, number> = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: cues.length - 1 }
    const to = steps[event.key]
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    event.stopPropagation()
    choose(cues[Math.min(cues.length - 1, Math.max(0, to))])
  }
  return (
    <div className="rows" role="listbox" aria-label="Cues" tabIndex={cues.length ? 0 : -1} ref={box} onKeyDown={press}
      aria-activedescendant={here >= 0 ? `cue-${cues[here]?.id}` : undefined}>
      <VirtualRows list={list} rows={cues} keyOf={(cue) => cue.id}>
        {(cue, index) => (
          <CueRow cue={cue} desk={desk} isOn={cue.id === selected} onChoose={() => choose(cue)} place={index + 1} of={cues.length} />
        )}
      </VirtualRows>
    </div>
  )
}

/** On a phone the whole page scrolls, elsewhere the list alone. */
function useScroller(box: RefObject<HTMLDivElement | null>, tall: boolean): { scroller: RefObject<HTMLElement | null>; before: number } {
  const page = useRef<HTMLElement | null>(null)
  const [before, setBefore] = useState(0)
  useEffect(() => {
    page.current = box.current?.closest<HTMLElement>('.phone-desk') ?? null
    if (page.current && box.current) setBefore(box.current.getBoundingClientRect().top - page.current.getBoundingClientRect().top + page.current.scrollTop)
  }, [box])
  return tall ? { scroller: page, before } : { scroller: box, before: 0 }
}

/** What a drag does, by keys: a cue goes to the next beat, with Alt 10 ms further. */
function nudge(desk: Desk, cue: Cue, direction: 1 | -1, isFine: boolean): void {
  const onGrid = isFine || desk.snap.get() === 'off' ? null : stepAlong(desk.sound.beats.get().beats, cue.seconds, direction)
  const length = cue.end_seconds === null ? 0 : cue.end_seconds - cue.seconds
  const wished = onGrid ?? cue.seconds + direction * 0.01
  const seconds = Math.min(desk.view.durationSeconds - length, Math.max(0, wished))
  desk.cues.change(cue.id, { seconds, end_seconds: cue.end_seconds === null ? null : seconds + length }, 'Move cue')
}

interface CueRowProps {
  cue: Cue
  desk: Desk
  isOn: boolean
  onChoose: () => void
  place: number
  of: number
}

function CueRow({ cue, desk, isOn, onChoose, place, of }: CueRowProps) {
  const renaming = useStore(desk.renaming)
  const isRenaming = renaming === cue.id
  return (
    <div className={isOn ? 'cue-row on' : 'cue-row'} role="option" id={`cue-${cue.id}`} aria-selected={isOn} aria-posinset={place} aria-setsize={of} onClick={onChoose}
      onDoubleClick={() => mayEdit() && desk.renaming.set(cue.id)}>
      <span className="spot" style={{ background: `var(--hue-${cue.colour})` }} aria-hidden="true" />
      {isRenaming ? <CueName cue={cue} desk={desk} /> : <span className="grow clip">{cue.label || <span className="faint">Cue</span>}</span>}
      <span className="num xs soft nowrap">{clock(cue.seconds)}{cue.end_seconds !== null && ` – ${clock(cue.end_seconds)}`}</span>
    </div>
  )
}

/** Enter keeps the name, Esc leaves it as it was. */
function CueName({ cue, desk }: { cue: Cue; desk: Desk }) {
  const [name, setName] = useState(cue.label)
  const isDone = useRef(false)
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
        if (event.key === 'Enter') close(true)
        if (event.key === 'Escape') close(false)
      }}
    />
  )
}
