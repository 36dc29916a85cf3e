/** Transport: previous cue, play, next cue, clock, bpm and bar, loop, click, snap, rate, follow, zoom, volume. */
import { useEffect, useRef } from 'react'
import { clock } from '../lib/format'
import { withKey } from '../lib/keys'
import { useStore } from '../lib/store'
import { Select } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { Tip } from '../parts/Tooltip'
import { placeAt } from '../widgets/beats'
import { RATES } from '../widgets/player'
import { SNAP_CHOICES, type SnapKind } from '../widgets/snap'
import type { Desk } from './desk'
import { moves } from './moves'
import { SoundMenu } from './SoundMenu'
import { useEvents } from './use_emitter'

export function Transport({ desk, hasFollow = true }: { desk: Desk; hasFollow?: boolean }) {
  const { player, cueTools: { snap, quantise, waiting }, follow } = desk
  useEvents(player.events, 'state')
  const move = moves(desk)
  const snapKind = useStore(snap)
  const isQuantised = useStore(quantise)
  const isWaiting = useStore(waiting) !== null
  const isFollowing = useStore(follow)
  return (
    <div className="transport" data-region="transport" data-playing={player.isPlaying}>
      <div className="row tight">
        <IconButton icon="previous" label={withKey('Previous cue', 'track.cue-back')} onClick={() => move.cue(-1)} />
        <PlayButton desk={desk} />
        <IconButton icon="next" label={withKey('Next cue', 'track.cue-on')} onClick={() => move.cue(1)} />
      </div>
      <Clock desk={desk} />
      <span className="sep" />
      <BarClock desk={desk} />
      <span className="sep" />
      <IconButton icon="loop" label={withKey('Loop', 'track.loop')} on={player.loop !== null} onClick={move.toggleLoop} />
      <ClickButton desk={desk} />
      <Select aria-label={withKey('Snap', 'track.snap')} value={snapKind} choices={SNAP_CHOICES} onChange={(kind) => snap.set(kind as SnapKind)} />
      <IconButton icon="grid" label={withKey(isWaiting ? 'Quantise: a jump waits for its beat' : 'Quantise jumps', 'track.quantise')} on={isQuantised} onClick={() => quantise.set(!isQuantised)} />
      <RateSelect desk={desk} />
      <div className="row end">
        {hasFollow && <Tip text={withKey('Follow the playhead', 'track.follow')}><span><Button small on={isFollowing} onClick={move.toggleFollow}>Follow</Button></span></Tip>}
        <Zoom desk={desk} />
        <SoundMenu desk={desk} />
      </div>
    </div>
  )
}

export function ClickButton({ desk: { player, metronome } }: { desk: Desk }) {
  return <IconButton icon="metronome" label={withKey('Click on beats', 'track.click')} on={metronome.isOn} onClick={() => {
    metronome.set(!metronome.isOn)
    player.events.emit('state', undefined)
  }} />
}

export function RateSelect({ desk: { player } }: { desk: Desk }) {
  return <Select
    aria-label="Rate" value={String(player.rate)} onChange={(rate) => player.setRate(Number(rate))}
    choices={RATES.map((rate) => ({ value: String(rate), label: `${rate.toFixed(2)}×` }))}
  />
}

export function PlayButton({ desk: { player } }: { desk: Desk }) {
  useEvents(player.events, 'state')
  const label = withKey(player.isPlaying ? 'Pause' : 'Play', 'track.play')
  return (
    <Tip text={label}>
      <button type="button" className="play" aria-label={label} onClick={() => player.toggle()}>
        <Icon name={player.isPlaying ? 'pause' : 'play'} />
      </button>
    </Tip>
  )
}

/** Written straight into the page: sixty times a second is not React's business. */
function useTick<E extends HTMLElement>(desk: Desk, write: (element: E, seconds: number) => void) {
  const place = useRef<E>(null)
  useEffect(() => {
    const show = (): void => {
      if (place.current) write(place.current, desk.player.seconds)
    }
    show()
    const stops = [desk.player.events.on('tick', show), desk.player.events.on('state', show), desk.sound.beats.subscribe(show)]
    return () => stops.forEach((stop) => stop())
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what is written depends on the desk alone
  }, [desk])
  return place
}

function Clock({ desk }: { desk: Desk }) {
  const now = useTick<HTMLSpanElement>(desk, (element, seconds) => (element.textContent = clock(seconds)))
  return (
    <div className="nowrap">
      <span className="clock" ref={now} data-clock />
      <span className="num xs faint length">/ {clock(desk.player.durationSeconds)}</span>
    </div>
  )
}

export function barWords(desk: Desk, seconds: number): string {
  const place = placeAt(desk.sound.beats.get(), seconds)
  return place ? `Bar ${place.bar}, beat ${place.beat}` : 'No beats'
}

function BarClock({ desk }: { desk: Desk }) {
  const bpm = useTick<HTMLSpanElement>(desk, (element, seconds) => {
    const place = placeAt(desk.sound.beats.get(), seconds)
    element.textContent = place ? `${place.bpm.toFixed(2)} bpm` : '–'
  })
  const bar = useTick<HTMLSpanElement>(desk, (element, seconds) => (element.textContent = barWords(desk, seconds)))
  return (
    <div className="bpm nowrap">
      <span className="num strong" ref={bpm} />
      <span className="num xs faint" ref={bar} />
    </div>
  )
}

function Zoom({ desk: { view }, desk }: { desk: Desk }) {
  useEvents(view.events, 'change')
  const move = moves(desk)
  return (
    <div className="row tight zoom">
      <IconButton icon="zoom-out" label={withKey('Zoom out', 'track.zoom-out')} onClick={() => move.zoom(-1)} />
      <input
        type="range" className="range" aria-label="Zoom" min={0} max={1} step={0.01} value={view.zoomShare}
        style={{ '--v': view.zoomShare } as React.CSSProperties}
        onChange={(event) => {
          const x = view.xOf(desk.player.seconds)
          view.zoomTo(Number(event.target.value), x >= 0 && x <= view.width ? x : view.width / 2)
        }}
      />
      <IconButton icon="zoom-in" label={withKey('Zoom in', 'track.zoom-in')} onClick={() => move.zoom(1)} />
    </div>
  )
}
