/** Where the timeline of a desk is mounted. */
import { useEffect, useRef } from 'react'
import { mayEdit } from '../lib/page'
import type { Store } from '../lib/store'
import { useWidget } from '../lib/widget'
import type { Track } from '../wire/types'
import { createTimeline, type DrivenLanes, type Timeline } from '../widgets/timeline'
import type { Layout } from '../widgets/timeline_lanes'
import type { SeekPin } from '../parts/SeekLine'
import { createCommentPins } from '../widgets/comment_pins'
import { createOthers } from '../widgets/others'
import type { Desk } from './desk'
import { secondsOf, type Together } from './together'
import { deskBars } from './grid/bars_options'
import { missingReason, soundDetail } from './track_words'

interface TimelineBoxProps {
  desk: Desk
  track: Track
  layout: Layout
  /** Where the waveform's name leads. */
  href?: string
  driven?: Store<DrivenLanes>
  /** Where others are on this track. */
  together?: Together | null
  /** What was said about it, and who opens that. */
  said?: Said
}

export interface Said {
  pins: Store<readonly SeekPin[]>
  open: (id: string) => void
}

export function TimelineBox({ desk, track, layout, href, driven, together, said }: TimelineBoxProps) {
  const timeline = useRef<Timeline | null>(null)
  const reason = useRef('')
  const words = missingReason(track)
  const detail = layout === 'desk' ? soundDetail(track) : ''
  const box = useWidget<HTMLDivElement>((scope, parent) => {
    timeline.current = createTimeline(scope, parent, {
      sound: desk.sound, player: desk.player, view: desk.view, cues: desk.cues, snap: desk.cueTools.snap, layout,
      crossing: desk.cueTools.crossing, proposed: desk.cueTools.proposed,
      mayEdit: mayEdit() && layout !== 'phone',
      title: track.name, detail,
      ...(href ? { href } : {}),
      ...(driven ? { driven } : {}),
      ...(together ? { theirs: together.theirs } : {}),
      ...(layout === 'desk' ? { mountBars: deskBars(desk, mayEdit()) } : {}),
      missing: () => reason.current,
      onRename: (id) => desk.renaming.set(id),
      onHand: () => {
        if (desk.player.isPlaying) desk.follow.set(false)
      },
    })
    scope.add(() => (timeline.current = null))
    const area = timeline.current.stack.box.querySelector<HTMLElement>('.timearea')
    if (together && area) {
      createOthers(scope, area, {
        view: desk.view, others: together.others, secondsOf,
        cues: desk.cues.cues,
      })
    }
    if (said && area) createCommentPins(scope, area, { view: desk.view, pins: said.pins, onOpen: said.open })
  }, [desk, layout, track.name, detail, href, driven, together, said])
  useEffect(() => {
    reason.current = words
    timeline.current?.refresh()
  }, [words])
  return <div className={`timeline ${layout}`} ref={box} data-region="lanes" />
}
