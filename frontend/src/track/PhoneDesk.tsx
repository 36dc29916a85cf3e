/** The track on a phone: see, listen, jump to cues. */
import { useEffect, useRef } from 'react'
import { clock } from '../lib/format'
import { IconButton } from '../parts/Button'
import type { Track } from '../wire/types'
import { CueList } from './CueList'
import type { Desk } from './desk'
import { moves } from './moves'
import { TimelineBox } from './TimelineBox'
import { TrackStanding } from './TrackStanding'
import { SoundMenu } from './SoundMenu'
import { barWords, ClickButton, PlayButton, RateSelect } from './Transport'
import { useEvents } from './use_emitter'

export function PhoneDesk({ desk, track }: { desk: Desk; track: Track }) {
  return (
    <div className="phone-desk">
      <TrackStanding desk={desk} track={track} />
      <TimelineBox desk={desk} track={track} layout="phone" />
      <PhoneTransport desk={desk} />
      <PhoneListening desk={desk} />
      <CueList desk={desk} tall />
    </div>
  )
}

/** How it is heard: round a loop, with clicks, slower or faster, and the menu of sounds. */
function PhoneListening({ desk }: { desk: Desk }) {
  const { player } = desk
  useEvents(player.events, 'state')
  return (
    <div className="phone-listening row" role="group" aria-label="Listening">
      <IconButton icon="loop" label="Loop" on={player.loop !== null} onClick={() => moves(desk).toggleLoop()} />
      <ClickButton desk={desk} />
      <RateSelect desk={desk} />
      <div className="row end"><SoundMenu desk={desk} /></div>
    </div>
  )
}

/** What the thumb reaches: previous cue, play, next cue, beside a clock that is read at arm's length. */
export function PhoneTransport({ desk }: { desk: Desk }) {
  const now = useRef<HTMLDivElement>(null)
  const bar = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const show = (): void => {
      const seconds = desk.player.seconds
      if (now.current) now.current.textContent = clock(seconds)
      if (bar.current) bar.current.textContent = `${barWords(desk, seconds)} · ${clock(desk.player.durationSeconds)}`
    }
    show()
    const stops = [desk.player.events.on('tick', show), desk.player.events.on('state', show), desk.sound.beats.subscribe(show)]
    return () => stops.forEach((stop) => stop())
  }, [desk])
  const move = moves(desk)
  return (
    <div className="phone-transport row" data-region="transport">
      <div className="grow">
        <div className="num phone-clock" ref={now} data-clock />
        <div className="xs faint num" ref={bar} />
      </div>
      <IconButton icon="previous" label="Previous cue" onClick={() => move.cue(-1)} />
      <PlayButton desk={desk} />
      <IconButton icon="next" label="Next cue" onClick={() => move.cue(1)} />
    </div>
  )
}
