/** Beside the film: what it was made from, or what people say about it. */
import { useState, type ReactNode } from 'react'
import { CommentPanel } from '../../comments/CommentPanel'
import type { Comments } from '../../comments/use_comments'
import { clock } from '../../lib/format'

interface RenderAsideProps {
  comments: Comments
  /** Where the film stands. */
  seconds: number
  onGo: (seconds: number) => void
  /** The recipe. */
  children: ReactNode
}

type Tab = 'recipe' | 'comments'

export function RenderAside({ comments, seconds, onGo, children }: RenderAsideProps) {
  const [tab, setTab] = useState<Tab>('recipe')
  const open = comments.threads.filter(({ head }) => head.resolved_at === null).length
  const tabProps = (name: Tab) => ({
    type: 'button' as const, role: 'tab', 'aria-selected': tab === name, className: tab === name ? 'on' : '', onClick: () => setTab(name),
  })
  return (
    <aside className="aside recipe" aria-label="About the film">
      <div className="tabs" role="tablist" aria-label="About the film">
        <button {...tabProps('recipe')}>Recipe</button>
        <button {...tabProps('comments')}>Comments {open > 0 && <span className="num faint">{open}</span>}</button>
      </div>
      {tab === 'recipe' && children}
      {tab === 'comments' && <CommentPanel comments={comments} place={clock(seconds)} momentNow={() => ({ seconds, end_seconds: null })} onGo={onGo} />}
    </aside>
  )
}
