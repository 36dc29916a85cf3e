/** CommentBox: where one writes. @ offers the members; Ctrl/Cmd Enter sends, Esc leaves. */
import { useRef, useState, type KeyboardEvent } from 'react'
import { projectId } from '../lib/page'
import { Button } from '../parts/Button'
import { sentenceOf } from '../wire/api'
import { queries, useAsk } from '../wire/query'
import type { Person } from '../wire/types'
import { beingTyped, completed, mentioned, offered } from './mentions'

interface CommentBoxProps {
  label: string
  /** The verb of its button. */
  act: string
  text?: string
  isFocused?: boolean
  /** Resolves once it is kept; what it throws is shown and the words stay. */
  onSend: (text: string, mentions: string[]) => Promise<unknown>
  onLeave?: () => void
}

export function CommentBox({ label, act, text: first = '', isFocused, onSend, onLeave }: CommentBoxProps) {
  const members = useAsk(queries.members(projectId()))
  const people = (members.data?.items ?? []).map(({ user }) => user as Person)
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(first)
  const [caret, setCaret] = useState(0)
  const [isBusy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>(null)
  const typed = beingTyped(text, caret)
  const choices = typed === null ? [] : offered(typed, people)
  const choose = (person: Person): void => {
    const next = completed(text, caret, person)
    setText(next.text)
    setCaret(next.caret)
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(next.caret, next.caret)
    })
  }
  const send = (): void => {
    if (!text.trim() || isBusy) return
    setBusy(true)
    setFault(null)
    onSend(text.trim(), mentioned(text, people))
      .then(() => setText(''))
      .catch(setFault)
      .finally(() => setBusy(false))
  }
  const press = (event: KeyboardEvent): void => {
    event.stopPropagation()
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send()
    else if (event.key === 'Tab' && choices[0] && !event.shiftKey) {
      event.preventDefault()
      choose(choices[0])
    } else if (event.key === 'Escape') onLeave?.()
  }
  return (
    <div className="commentbox">
      <textarea
        ref={field} className="field" rows={2} aria-label={label} placeholder={label} value={text} maxLength={4000} autoFocus={isFocused}
        onChange={(event) => {
          setText(event.target.value)
          setCaret(event.target.selectionStart)
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onKeyDown={press}
      />
      {choices.length > 0 && (
        <div className="row wrap tight" role="group" aria-label="People to mention">
          {choices.map((person) => <Button key={person.id} small kind="quiet" onClick={() => choose(person)}>@{person.name}</Button>)}
        </div>
      )}
      {fault !== null && <div className="xs danger" role="alert">{sentenceOf(fault)}</div>}
      {(text.trim() || onLeave) && (
        <div className="row tight">
          <Button small kind="line" busy={isBusy} reason={text.trim() ? null : 'Write something first'} onClick={send}>{act}</Button>
          {onLeave && <Button small kind="quiet" onClick={onLeave}>Leave</Button>}
        </div>
      )}
    </div>
  )
}
