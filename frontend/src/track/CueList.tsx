/**
 * The cues of a track as a list: one tab stop, arrows move, Shift and arrows choose more, left and right shift by a beat,
 * Enter names, Delete removes. The text twin of the cue lane.
 */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import { count } from '../lib/format'
import { withKey } from '../lib/keys'
import { mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { IconButton } from '../parts/Button'
import { useVirtualRows, VirtualRows } from '../parts/VirtualRows'
import type { Cue } from '../wire/types'
import { between, choose, chooseMany, howOf, type Choice } from '../widgets/choose_cues'
import { cueMoves } from './cues/cue_moves'
import { CueRow } from './cues/CueRow'
import { found as matching } from './cues/search'
import type { Desk } from './desk'
import { moves } from './moves'

export function CueList({ desk, tall = false }: { desk: Desk; tall?: boolean }) {
  const cues = useStore(desk.cues.cues)
  const [words, setWords] = useState<string | null>(null)
  const found = useMemo(() => matching(cues, words ?? ''), [cues, words])
  return (
    <section className="cue-list" aria-label="Cues" data-region="cues">
      <div className="head">
        <h3>Cues</h3>
        <span className="num xs faint">{found === cues ? count(cues.length) : `${count(found.length)} of ${count(cues.length)}`}</span>
        <div className="end">
          {tall && <span className="xs faint">Cues are changed on a larger screen</span>}
          {!tall && words === null && cues.length > 5 && <IconButton small icon="search" label="Find a cue" onClick={() => setWords('')} />}
          {words !== null && (
            <input
              className="field small" autoFocus aria-label="Find a cue" placeholder="Name, colour or kind" value={words}
              onChange={(event) => setWords(event.target.value)}
              onKeyDown={(event) => event.key === 'Escape' && setWords(null)}
              onBlur={() => !words && setWords(null)}
            />
          )}
          {!tall && <PanelButtons desk={desk} />}
        </div>
      </div>
      {cues.length === 0 && <NoCues mayAdd={mayEdit() && !tall} />}
      <Rows desk={desk} cues={found} tall={tall} />
    </section>
  )
}

function PanelButtons({ desk: { cueTools: { open } } }: { desk: Desk }) {
  const now = useStore(open)
  const turn = (name: 'table' | 'analysis') => (): void => open.set(now === name ? null : name)
  return (
    <>
      {mayEdit() && <IconButton small icon="track" label={withKey('Cues from the analysis', 'track.analysis')} on={now === 'analysis'} onClick={turn('analysis')} />}
      <IconButton small icon="edit" label={withKey('Table of cues', 'track.table')} on={now === 'table'} onClick={turn('table')} />
    </>
  )
}

function NoCues({ mayAdd }: { mayAdd: boolean }) {
  return (
    <p className="soft xs none">
      {mayAdd ? <>A cue marks a moment: press <span className="kbd">M</span> while the track plays, or double-click the cue lane.</> : 'This track has no cues yet.'}
    </p>
  )
}

const [ROW, TALL_ROW] = [34, 52]

function Rows({ desk, cues, tall }: { desk: Desk; cues: readonly Cue[]; tall: boolean }) {
  const selected = useStore(desk.cues.selected)
  const selection = useStore(desk.cues.selection)
  const box = useRef<HTMLDivElement>(null)
  const scroller = useScroller(box, tall)
  const list = useVirtualRows({ count: cues.length, rowHeight: tall ? TALL_ROW : ROW, ...scroller })
  const here = useMemo(() => cues.findIndex((cue) => cue.id === selected), [cues, selected])
  const { reveal } = list
  useEffect(() => {
    reveal(here)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- who scrolls away from the chosen cue may stay there
  }, [selected])
  const pick = (cue: Cue | undefined, how: Choice): void => {
    if (!cue) return
    choose(desk.cues, cues, cue.id, how)
    moves(desk).go(cue.seconds)
  }
  // Where a choice of many began: Shift and arrows make it longer and shorter from there.
  const start = useRef<string | null>(null)
  const press = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return
    const steps: Record<string, number> = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: cues.length - 1 }
    const to = steps[event.key]
    const isMod = event.ctrlKey || event.metaKey
    if (isMod && event.key === 'a') chooseMany(desk.cues, cues.map(({ id }) => id))
    else if (!isMod && mayEdit() && here >= 0 && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) shift(desk, event)
    else if (to !== undefined && !event.altKey && !isMod) {
      const cue = cues[Math.min(cues.length - 1, Math.max(0, to))]
      if (!event.shiftKey || !selection.has(start.current ?? '')) start.current = event.shiftKey ? selected : (cue?.id ?? null)
      if (event.shiftKey && cue) chooseMany(desk.cues, between(cues, start.current, cue.id))
      pick(event.shiftKey ? undefined : cue, 'only')
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div className="rows" role="listbox" aria-label="Cues" aria-multiselectable="true" data-keys="page" tabIndex={cues.length ? 0 : -1} ref={box} onKeyDown={press}
      aria-activedescendant={here >= 0 ? `cue-${cues[here]?.id}` : undefined}>
      <VirtualRows list={list} rows={cues} keyOf={(cue) => cue.id}>
        {(cue, index) => (
          <CueRow cue={cue} desk={desk} isOn={selection.has(cue.id)} onChoose={(event) => pick(cue, howOf(event))} place={index + 1} of={cues.length} />
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

/** What a drag does, by keys: a beat, with Shift a bar, with Alt 10 ms; without beats 10 ms. */
function shift(desk: Desk, event: KeyboardEvent): void {
  const move = cueMoves(desk)
  const direction = event.key === 'ArrowRight' ? 1 : -1
  if (event.altKey || desk.sound.beats.get().beats.length < 2) move.shiftSeconds(direction * 0.01, event)
  else if (event.shiftKey) move.shiftBars(direction, event)
  else move.shiftBeats(direction, event)
}
