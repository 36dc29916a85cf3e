/** The track on a phone: see, listen, jump to cues, say something; who else is here, and along with them. */
import { useEffect, useRef, useState } from 'react'
import type { Comments } from '../comments/use_comments'
import { clock } from '../lib/format'
import { IconButton } from '../parts/Button'
import type { Track } from '../wire/types'
import { CueList } from './CueList'
import type { Desk } from './desk'
import { moves } from './moves'
import { OthersHere } from './OthersHere'
import { TimelineBox, type Said } from './TimelineBox'
import type { Together } from './together'
import { TrackComments } from './TrackInspector'
import { TrackStanding } from './TrackStanding'
import { SoundMenu } from './SoundMenu'
import { barWords, ClickButton, PlayButton, RateSelect } from './Transport'
import { useEvents } from './use_emitter'

interface PhoneDeskProps {
  desk: Desk
  track: Track
  together: Together | null
  comments: Comments
  said: Said
  /** The thread that a pin opened. */
  opened: { id: string; number: number } | null
}

export function PhoneDesk({ desk, track, together, comments, said, opened }: PhoneDeskProps) {
  const [tab, setTab] = useState<'cues' | 'comments'>('cues')
  useEffect(() => {
    if (opened) setTab('comments')
  }, [opened])
  const tabProps = (name: typeof tab) => ({
    type: 'button' as const, role: 'tab', 'aria-selected': tab === name, className: tab === name ? 'on' : '', onClick: () => setTab(name),
  })
  const open = comments.threads.filter(({ head }) => head.resolved_at === null).length
  return (
    <div className="phone-desk">
      <TrackStanding desk={desk} track={track} />
      {together && <OthersHere together={together} />}
      <TimelineBox desk={desk} track={track} layout="phone" together={together} said={said} />
      <PhoneTransport desk={desk} />
      <PhoneListening desk={desk} />
      <div className="tabs" role="tablist" aria-label="Track">
        <button {...tabProps('cues')}>Cues</button>
        <button {...tabProps('comments')}>Comments {open > 0 && <span className="num faint">{open}</span>}</button>
      </div>
      {tab === 'cues' && <CueList desk={desk} tall />}
      {tab === 'comments' && <div role="tabpanel" className="phone-comments"><TrackComments desk={desk} comments={comments} opened={opened?.id ?? null} /></div>}
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
