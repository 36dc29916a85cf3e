/** Comments of a track or a film beside it: threads in the order of their moments; a click goes there. */
import { useEffect, useRef, useState } from 'react'
import { clock, when } from '../lib/format'
import { isOwner, mayEdit, pageData } from '../lib/page'
import { Avatar, FaultNote, Tag } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Menu } from '../parts/Menu'
import { toastFault, toastUndo } from '../parts/toasts'
import type { Comment } from '../wire/types'
import { CommentBox } from './CommentBox'
import { withMentions } from './mentions'
import type { Comments, Thread } from './use_comments'

/** Where a new comment stands: a moment, or the span that is chosen. */
export interface Moment {
  seconds: number
  end_seconds: number | null
}

interface CommentPanelProps {
  comments: Comments
  /** Asked when one begins to write: the playhead moves meanwhile. */
  momentNow: () => Moment
  /** What the box says it will stand at; "here" while it plays. */
  place: string
  /** The thread to show. */
  opened?: string | null
  onGo: (seconds: number) => void
}

export function momentWords({ seconds, end_seconds: end }: Moment): string {
  return end === null ? clock(seconds) : `${clock(seconds)} – ${clock(end)}`
}

export function CommentPanel({ comments, momentNow, place, opened = null, onGo }: CommentPanelProps) {
  const [showsResolved, setShowsResolved] = useState(false)
  // What one writes is about the moment at which one began, wherever the playhead goes meanwhile.
  const [pinned, setPinned] = useState<Moment | null>(null)
  const open = comments.threads.filter(({ head }) => head.resolved_at === null)
  const resolved = comments.threads.length - open.length
  const shown = showsResolved ? comments.threads : open
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (opened) list.current?.querySelector(`[data-thread="${CSS.escape(opened)}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [opened, comments.isPending])
  return (
    <section className="comments" aria-label="Comments" data-region="comments">
      <div className="head">
        <h3>Comments</h3>
        <span className="num xs faint">{open.length}</span>
        <div className="end">
          {resolved > 0 && <Button small kind="quiet" on={showsResolved} onClick={() => setShowsResolved(!showsResolved)}>{resolved} resolved</Button>}
        </div>
      </div>
      {comments.error !== null && <FaultNote fault={comments.error} what="The comments could not be fetched." />}
      {!comments.isPending && shown.length === 0 && <p className="soft xs none">Say something about a moment: it is pinned where the playhead stands.</p>}
      <div className="threads" ref={list}>
        {shown.map((thread) => <ThreadOf key={thread.head.id} thread={thread} comments={comments} isHere={thread.head.id === opened} onGo={onGo} />)}
      </div>
      <div className="sect">
        <CommentBox
          label={`Comment at ${pinned ? momentWords(pinned) : place}`} act="Comment" onWriting={(isWriting) => setPinned(isWriting ? momentNow() : null)}
          onSend={(text, mentions) => comments.add({ text, mentions, ...(pinned ?? momentNow()) })}
        />
      </div>
    </section>
  )
}

interface ThreadProps {
  thread: Thread
  comments: Comments
  isHere: boolean
  onGo: (seconds: number) => void
}

function ThreadOf({ thread: { head, answers }, comments, isHere, onGo }: ThreadProps) {
  const [isAnswering, setAnswering] = useState(false)
  const isResolved = head.resolved_at !== null
  const resolve = (): void => void comments.resolve(head, !isResolved).catch(toastFault)
  return (
    <article className={['thread', isResolved && 'resolved', isHere && 'here'].filter(Boolean).join(' ')} data-thread={head.id} aria-label={`Comment of ${head.name} at ${clock(head.seconds)}`}>
      <div className="row tight">
        <button type="button" className="link num xs" onClick={() => onGo(head.seconds)}>
          {momentWords(head)}
        </button>
        {isResolved && <Tag mood="ok">Resolved{head.resolved_by ? ` by ${head.resolved_by.name.split(' ')[0]}` : ''}</Tag>}
        <div className="end row tight">
          {(mayEdit() || isMine(head)) && <IconButton small icon={isResolved ? 'again' : 'check'} label={isResolved ? 'Open again' : 'Resolve'} onClick={resolve} />}
        </div>
      </div>
      {[head, ...answers].map((comment) => <Said key={comment.id} comment={comment} comments={comments} />)}
      {isAnswering
        ? (
          <CommentBox
            label={`Answer ${head.name}`} act="Answer" isFocused onLeave={() => setAnswering(false)}
            onSend={(text, mentions) => comments.add({ text, mentions, parent_id: head.id }).then(() => setAnswering(false))}
          />
        )
        : !isResolved && <Button small kind="quiet" onClick={() => setAnswering(true)}>Answer</Button>}
    </article>
  )
}

function Said({ comment, comments }: { comment: Comment; comments: Comments }) {
  const [isMending, setMending] = useState(false)
  const remove = (): void => void comments.remove(comment)
    .then(() => toastUndo('The comment was deleted.', () => void comments.restore(comment).catch(toastFault)))
    .catch(toastFault)
  const items = [
    ...(isMine(comment) ? [{ id: 'mend', label: 'Change the words', icon: 'edit' as const, act: () => setMending(true) }] : []),
    ...(isMine(comment) || isOwner() ? [{ id: 'remove', label: 'Delete', icon: 'bin' as const, danger: true, act: remove }] : []),
  ]
  return (
    <div className="said-by">
      {comment.author ? <Avatar person={comment.author} /> : <Tag>Guest</Tag>}
      <div className="grow">
        <div className="row tight xs"><span className="strong clip">{comment.name}</span><span className="faint nowrap">{when(comment.created_at)}{comment.edited_at && ', changed'}</span>
          {items.length > 0 && <span className="end"><Menu align="end" button={<IconButton small icon="more" label={`More about the comment of ${comment.name}`} />} items={items} /></span>}
        </div>
        {isMending
          ? <CommentBox label="Change the words" act="Keep" text={comment.text} isFocused onLeave={() => setMending(false)} onSend={(text, mentions) => comments.mend(comment, text, mentions).then(() => setMending(false))} />
          : <p className="words">{withMentions(comment.text, comment.mentions).map((piece, place) => (piece.isMention ? <span key={place} className="mention">{piece.text}</span> : piece.text))}</p>}
      </div>
    </div>
  )
}

function isMine(comment: Comment): boolean {
  return comment.author !== null && comment.author.id === pageData().me?.id
}
