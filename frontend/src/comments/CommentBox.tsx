/** CommentBox: where one writes. @ offers the members, arrows and Enter choose one; Ctrl/Cmd Enter sends, Esc leaves. */
import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
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
  /** Writing has begun, or nothing is written any more. */
  onWriting?: (isWriting: boolean) => void
}

export function CommentBox({ label, act, text: first = '', isFocused, onSend, onLeave, onWriting }: CommentBoxProps) {
  const members = useAsk(queries.members(projectId()))
  const people = (members.data?.items ?? []).map(({ user }) => user as Person)
  const field = useRef<HTMLTextAreaElement>(null)
  const id = useId()
  const [text, setWords] = useState(first)
  const [active, setActive] = useState(0)
  const [isClosed, setClosed] = useState(false)
  const setText = (next: string): void => {
    if ((next === '') !== (text === '')) onWriting?.(next !== '')
    setWords(next)
    setActive(0)
    setClosed(false)
  }
  const [caret, setCaret] = useState(0)
  const caretWanted = useRef<number | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>(null)
  const typed = beingTyped(text, caret)
  const choices = typed === null || isClosed ? [] : offered(typed, people)
  const choose = (person: Person): void => {
    const next = completed(text, caret, person)
    setText(next.text)
    setCaret(next.caret)
    caretWanted.current = next.caret
  }
  // Before the next letter can come.
  useLayoutEffect(() => {
    if (caretWanted.current === null) return
    field.current?.focus()
    field.current?.setSelectionRange(caretWanted.current, caretWanted.current)
    caretWanted.current = null
  }, [text])
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
    const chosen = choices[active]
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) return send()
    if (event.key === 'Escape') return chosen ? setClosed(true) : onLeave?.()
    if (!chosen || event.shiftKey) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step && event.key !== 'Tab' && event.key !== 'Enter') return
    event.preventDefault()
    if (step) setActive((active + step + choices.length) % choices.length)
    else choose(chosen)
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
        onKeyDown={press} aria-autocomplete="list" aria-controls={choices.length ? id : undefined} aria-activedescendant={choices.length ? `${id}-${active}` : undefined}
      />
      {choices.length > 0 && (
        <div className="row wrap tight" role="listbox" aria-label="People to mention" id={id}>
          {choices.map((person, place) => (
            <div
              key={person.id} id={`${id}-${place}`} role="option" aria-selected={place === active} className={place === active ? 'btn small on' : 'btn small quiet'}
              onPointerDown={(event) => event.preventDefault()} onClick={() => choose(person)}
            >
              @{person.name}
            </div>
          ))}
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
