/** Beside the lanes: the grid and the cues, or what people say about the track. */
import { useEffect, useState, type ReactNode } from 'react'
import { clock } from '../lib/format'
import { useStore } from '../lib/store'
import { CommentPanel } from '../comments/CommentPanel'
import type { Comments } from '../comments/use_comments'
import type { Desk } from './desk'
import type { Track } from '../wire/types'
import { moves } from './moves'
import { TrackVersions } from './TrackVersions'
import { useEvents } from './use_emitter'

type Tab = 'desk' | 'comments' | 'versions'

interface TrackInspectorProps {
  desk: Desk
  track: Track
  comments: Comments
  /** The thread that a pin opened, and a number that makes two equal wishes different. */
  opened: { id: string; number: number } | null
  /** The grid and the cues. */
  children: ReactNode
}

export function TrackInspector({ desk, track, comments, opened, children }: TrackInspectorProps) {
  const [tab, setTab] = useState<Tab>('desk')
  useEffect(() => {
    if (opened) setTab('comments')
  }, [opened])
  // A cue that is named from the lane is named in the list.
  const isRenaming = useStore(desk.renaming) !== null
  useEffect(() => {
    if (isRenaming) setTab('desk')
  }, [isRenaming])
  const tabProps = (name: Tab) => ({
    type: 'button' as const, role: 'tab', 'aria-selected': tab === name, className: tab === name ? 'on' : '', onClick: () => setTab(name),
  })
  const open = comments.threads.filter(({ head }) => head.resolved_at === null).length
  return (
    <aside className="panel right inspector track-inspector" data-region="inspector">
      <div className="tabs" role="tablist" aria-label="Track">
        <button {...tabProps('desk')}>Grid and cues</button>
        <button {...tabProps('versions')}>Versions</button>
        <button {...tabProps('comments')}>Comments {open > 0 && <span className="num faint">{open}</span>}</button>
      </div>
      {tab === 'desk' && children}
      {tab === 'versions' && <TrackVersions desk={desk} track={track} />}
      {tab === 'comments' && <div className="scrolling for-comments" role="tabpanel"><TrackComments desk={desk} comments={comments} opened={opened?.id ?? null} /></div>}
    </aside>
  )
}

/** A new comment stands at the playhead, or over the loop that was chosen. */
export function TrackComments({ desk, comments, opened }: { desk: Desk; comments: Comments; opened: string | null }) {
  const { player } = desk
  useEvents(player.events, 'state')
  useEvents(player.events, 'seek')
  const span = player.loopSelection
  const place = span ? `${clock(span.from)} – ${clock(span.to)}` : player.isPlaying ? 'the playhead' : clock(player.seconds)
  return (
    <CommentPanel
      comments={comments} place={place} opened={opened} onGo={(seconds) => moves(desk).go(seconds)}
      momentNow={() => (player.loopSelection ? { seconds: player.loopSelection.from, end_seconds: player.loopSelection.to } : { seconds: player.seconds, end_seconds: null })}
    />
  )
}
