/** A group of knobs that folds; whether it does is remembered in this browser. */
import { useState, type ReactNode } from 'react'
import { Icon } from '../parts/Icon'

const FOLDS = 'phosphene.explorer-folds'

const read = (): Record<string, boolean> => JSON.parse(localStorage.getItem(FOLDS) ?? '{}') as Record<string, boolean>

interface GroupProps {
  title: string
  /** Said at the right while it is folded. */
  summary?: string
  /** Buttons at the right while it is open. */
  actions?: ReactNode
  startsOpen?: boolean
  children: ReactNode
}

export function Group({ title, summary = '', actions, startsOpen = true, children }: GroupProps) {
  const [isOpen, setOpen] = useState(() => read()[title] ?? startsOpen)
  const turn = (): void => {
    localStorage.setItem(FOLDS, JSON.stringify({ ...read(), [title]: !isOpen }))
    setOpen(!isOpen)
  }
  return (
    <section className="sect group-of-fields" data-group={title}>
      <div className="title">
        <button type="button" className="fold" aria-expanded={isOpen} onClick={turn}><Icon name={isOpen ? 'down' : 'right'} size="small" />{title}</button>
        {isOpen ? actions && <span className="end row tight">{actions}</span> : <span className="faint xs end clip">{summary}</span>}
      </div>
      {isOpen && children}
    </section>
  )
}
