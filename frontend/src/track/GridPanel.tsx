/** The beat grid of a track: tempo, bars, every way to correct them, and in words what it is and where it is in doubt. */
import { useEffect, useState, type ReactNode } from 'react'
import { withKey } from '../lib/keys'
import { mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { Tag } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { Menu } from '../parts/Menu'
import { Tip } from '../parts/Tooltip'
import type { Track } from '../wire/types'
import type { Desk } from './desk'
import { gridCommands } from './grid/keys'
import { findAnew } from './grid/find_anew'
import { gridActs, type GridActs } from './grid/grid_acts'
import { ALL, RATIOS, stretchAt } from './grid/grid_moves'
import { gridWords } from './grid/grid_words'
import { MarkerTable, numberOf } from './grid/MarkerTable'
import { ProposalCard } from './grid/ProposalCard'
import { TapCard } from './grid/TapCard'
import { soundDetail } from './track_words'
import { useEvents } from './use_emitter'

export function GridPanel({ desk, track }: { desk: Desk; track: Track }) {
  const grid = useStore(desk.sound.grid)
  const beats = useStore(desk.sound.beats).beats.length
  const markers = useStore(desk.grid.markers)
  const isLocked = grid?.is_locked ?? false
  const acts = gridActs(desk)
  const isOpen = mayEdit() && !isLocked
  const words = gridWords(markers, beats, grid?.unsure ?? [], grid?.is_edited ?? false)
  return (
    <section aria-label="Beat grid" className={isLocked ? 'locked' : undefined}>
      <div className="head">
        <h3>Beat grid</h3>
        <div className="row tight end">
          {grid?.edited_by && <Tag>Edited by {grid.edited_by.name}</Tag>}
          {mayEdit() && grid && <IconButton small icon="lock" on={isLocked} label={withKey(isLocked ? 'Unlock the grid' : 'Lock the grid', 'grid.lock')} onClick={acts.toggleLock} />}
          {isOpen && <MoreMenu desk={desk} acts={acts} track={track} canGoBack={grid?.is_edited ?? false} />}
        </div>
      </div>
      <div className="sect grid-panel">
        <Tempo desk={desk} acts={acts} isOpen={isOpen} />
        {isOpen && <Corrections desk={desk} acts={acts} />}
        <div className="xs faint num">{[words, [soundDetail(track), track.key].filter(Boolean).join(', ')].filter(Boolean).join(' ')}</div>
        {(grid?.unsure.length ?? 0) > 0 && (
          <div className="row tight"><Act id="grid.unsure" title="To the next place where beats are unsure" onClick={acts.nextUnsure}>Next unsure place</Act></div>
        )}
        {grid?.no_beats && markers.length === 0 && <p className="xs soft">{grid.no_beats}</p>}
        <ProposalCard desk={desk} acts={acts} />
        <TapCard desk={desk} acts={acts} />
        {markers.length > 0 && <MarkerTable desk={desk} acts={acts} mayEdit={isOpen} />}
      </div>
    </section>
  )
}

/** The marker whose stretch the playhead is in. */
function useMarkerHere(desk: Desk) {
  useEvents(desk.player.events, 'state', 'seek')
  const markers = useStore(desk.grid.markers)
  return markers[stretchAt(markers, desk.player.seconds)] ?? null
}

function Tempo({ desk, acts, isOpen }: { desk: Desk; acts: GridActs; isOpen: boolean }) {
  const here = useMarkerHere(desk)
  const isForAll = useStore(desk.gridTools.isForAll)
  const where = (): number | typeof ALL => (isForAll ? ALL : desk.player.seconds)
  return (
    <div className="row tight">
      <span className="tempo-box grow">
        {isOpen && here ? <BpmField bpm={here.bpm} take={(bpm) => acts.setBpm(bpm, where())} /> : <span className="tempo num">{here ? here.bpm.toFixed(2) : '–'}</span>}
        <span className="faint xs">bpm</span>
      </span>
      {isOpen && RATIOS.slice(0, 2).map(({ ratio, label, title }, index) => (
        <Act key={label} id={`grid.ratio${index}`} title={`${label} ${title}`} onClick={() => acts.scale(ratio, title)}>{label}</Act>
      ))}
      {isOpen && <TapButton acts={acts} />}
    </div>
  )
}

/** A press counts, not the release: it is the moment that matters. */
export function TapButton({ acts, small }: { acts: GridActs; small?: boolean }) {
  return (
    <Tip text={withKey('Tap along with the beat', 'grid.tap')}>
      <button
        type="button" className={small ? 'btn small' : 'btn'} aria-label={withKey('Tap the tempo', 'grid.tap')}
        onPointerDown={(event) => acts.tap(event.timeStamp)} onClick={(event) => event.detail === 0 && acts.tap(event.timeStamp)}
      >
        {small && <Icon name="tap" />}Tap
      </button>
    </Tip>
  )
}

function BpmField({ bpm, take }: { bpm: number; take: (bpm: number) => void }) {
  const [text, setText] = useState<string | null>(null)
  useEffect(() => setText(null), [bpm])
  const done = (): void => {
    const value = text === null ? null : numberOf(text)
    setText(null)
    if (value !== null && value.toFixed(2) !== bpm.toFixed(2)) take(value)
  }
  return (
    <input
      className="tempo num" aria-label="Tempo, bpm" inputMode="decimal" value={text ?? bpm.toFixed(2)} onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)} onBlur={done}
      onKeyDown={(event) => {
        if (event.key === 'Enter') done()
        if (event.key === 'Escape') setText(null)
      }}
    />
  )
}

function Act({ id, title, onClick, children, on }: { id: string; title: string; onClick: () => void; children: ReactNode; on?: boolean }) {
  return <Tip text={withKey(title, id)}><span><Button small on={on} aria-label={withKey(title, id)} onClick={onClick}>{children}</Button></span></Tip>
}

function Corrections({ desk, acts }: { desk: Desk; acts: GridActs }) {
  const here = useMarkerHere(desk)
  const isForAll = useStore(desk.gridTools.isForAll)
  const several = useStore(desk.grid.markers).length > 1
  if (!here) return <Row label="No grid yet"><Act id="grid.add" title="Tempo marker here" onClick={acts.addMarker}>Set a marker</Act></Row>
  const where = (): number | typeof ALL => (isForAll ? ALL : desk.player.seconds)
  return (
    <>
      <Row label="Tempo by">
        <Act id="grid.much-slower" title="1 bpm slower" onClick={() => acts.faster(-1)}>−1</Act>
        <Act id="grid.slower" title="0.01 bpm slower" onClick={() => acts.faster(-0.01)}>−.01</Act>
        <Act id="grid.faster" title="0.01 bpm faster" onClick={() => acts.faster(0.01)}>+.01</Act>
        <Act id="grid.much-faster" title="1 bpm faster" onClick={() => acts.faster(1)}>+1</Act>
      </Row>
      <Row label="Move by">
        <Act id="grid.earlier" title="10 ms earlier" onClick={() => acts.nudge(-0.01)}>−10 ms</Act>
        <Act id="grid.bit-earlier" title="1 ms earlier" onClick={() => acts.nudge(-0.001)}>−1</Act>
        <Act id="grid.bit-later" title="1 ms later" onClick={() => acts.nudge(0.001)}>+1</Act>
        <Act id="grid.later" title="10 ms later" onClick={() => acts.nudge(0.01)}>+10 ms</Act>
      </Row>
      <Row label="Beats in a bar">
        {[3, 4, 5, 7].map((beats) => (
          <Button key={beats} small on={here.beats_per_bar === beats} onClick={() => acts.setBeatsPerBar(beats, where())}>{beats}</Button>
        ))}
      </Row>
      {several && (
        <Row label="Changes are for">
          <Act id="grid.reach" title="This stretch alone" on={!isForAll} onClick={() => desk.gridTools.isForAll.set(false)}>This stretch</Act>
          <Act id="grid.reach" title="The whole grid" on={isForAll} onClick={() => desk.gridTools.isForAll.set(true)}>Whole grid</Act>
        </Row>
      )}
    </>
  )
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="row tight" role="group" aria-label={label}>
      <span className="grow soft xs">{label}</span>
      <span className="group">{children}</span>
    </div>
  )
}

/** What is needed now and then. Keys are those of the commands of the same name. */
function MoreMenu({ desk, acts, track, canGoBack }: { desk: Desk; acts: GridActs; track: Track; canGoBack: boolean }) {
  const keys = new Map(gridCommands(desk, track.id, true).map(({ id, key }) => [id, key?.split(' | ')[0]?.replace('Shift+', 'Shift ').toUpperCase() ?? '']))
  const item = (id: string, label: string, act: () => void) => ({ id, label, act, keys: keys.get(`grid.${id}`) ?? '' })
  return (
    <Menu
      align="end"
      button={<IconButton small icon="more" label="More for the grid" />}
      items={[
        ...RATIOS.slice(2).map(({ ratio, label, title }, index) => item(`ratio${index + 2}`, `${label}  ${title}`, () => acts.scale(ratio, title))),
        { ...item('half-beat', 'Move by half a beat', acts.halfABeat), line: true },
        item('here', 'Grid under the playhead', acts.underPlayhead),
        item('downbeat', 'Nearest beat begins a bar', acts.downbeat),
        { ...item('add', 'Tempo marker here', acts.addMarker), line: true },
        item('remove', 'Remove the marker of this stretch', acts.removeHere),
        { ...item('anew', 'Find beats anew in the loop', () => void findAnew(desk, track.id)), line: true },
        ...(canGoBack ? [{ id: 'back', label: 'Back to the beats that were found', act: desk.grid.backToFound }] : []),
      ]}
    />
  )
}
