/** What is said about a shared track or film, and a word of one's own. The name is asked once and kept in this browser. */
import { useState, type FormEvent } from 'react'
import { clock, when } from '../../lib/format'
import { pageData } from '../../lib/page'
import { FaultNote, Labelled, Tag, TextField } from '../../parts/basics'
import { Button } from '../../parts/Button'
import { ApiError, post, sentenceOf } from '../../wire/api'
import type { GuestComment } from '../../wire/types'

const NAME_KEY = 'phosphene.guest-name'

interface GuestCommentsProps {
  token: string
  comments: readonly GuestComment[]
  error: unknown
  seconds: number
  onGo: (seconds: number) => void
  onSaid: () => void
}

export function GuestComments({ token, comments, error, seconds, onGo, onSaid }: GuestCommentsProps) {
  const [answered, setAnswered] = useState<GuestComment | null>(null)
  const heads = comments.filter((one) => one.parent_id === null)
  return (
    <section className="comments" aria-label="Comments">
      <h2>Comments <span className="faint num">{comments.length}</span></h2>
      {error !== null && <FaultNote fault={error} what="The comments could not be fetched." />}
      {heads.length === 0 && <p className="soft xs">Nothing has been said yet. A comment is pinned to the moment where you are.</p>}
      {heads.map((head) => (
        <article key={head.id} className={head.is_resolved ? 'thread resolved' : 'thread'}>
          <div className="row tight">
            <button type="button" className="link num" onClick={() => onGo(head.seconds)}>{clock(head.seconds)}{head.end_seconds !== null && ` – ${clock(head.end_seconds)}`}</button>
            {head.is_resolved && <Tag mood="ok">Resolved</Tag>}
          </div>
          {[head, ...comments.filter((one) => one.parent_id === head.id)].map((one) => (
            <div key={one.id} className="said-by"><div className="grow">
              <div className="row tight xs"><span className="strong clip">{one.name}</span>{!one.is_member && <Tag>Guest</Tag>}<span className="faint nowrap">{when(one.created_at)}</span></div>
              <p className="words">{one.text}</p>
            </div></div>
          ))}
          {!head.is_resolved && <Button small kind="quiet" onClick={() => setAnswered(head)}>Answer</Button>}
        </article>
      ))}
      <Writing token={token} seconds={seconds} answered={answered} onLeave={() => setAnswered(null)} onSaid={() => {
        setAnswered(null)
        onSaid()
      }} />
    </section>
  )
}

interface WritingProps {
  token: string
  seconds: number
  answered: GuestComment | null
  onLeave: () => void
  onSaid: () => void
}

function Writing({ token, seconds, answered, onLeave, onSaid }: WritingProps) {
  const { me } = pageData()
  const [name, setName] = useState(() => me?.name ?? localStorage.getItem(NAME_KEY) ?? '')
  const [text, setText] = useState('')
  // What one writes is about the moment at which one began, though it plays on.
  const [pinned, setPinned] = useState<number | null>(null)
  const moment = pinned ?? seconds
  const write = (next: string): void => {
    if (text === '' || next === '') setPinned(next === '' ? null : seconds)
    setText(next)
  }
  const [fault, setFault] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const field = fault instanceof ApiError ? fault.field : null
  const send = (event: FormEvent): void => {
    event.preventDefault()
    setBusy(true)
    setFault(null)
    localStorage.setItem(NAME_KEY, name)
    post(`/shared/${token}/comments`, { name, text, ...(answered ? { parent_id: answered.id } : { seconds: moment }) })
      .then(() => {
        write('')
        onSaid()
      })
      .catch(setFault)
      .finally(() => setBusy(false))
  }
  const place = answered ? `Answer ${answered.name}` : `Comment at ${clock(moment)}`
  return (
    <form className="col" onSubmit={send} noValidate>
      {!me && <TextField label="Your name" value={name} onChange={setName} maxLength={100} autoComplete="name" wrong={field === 'name' ? sentenceOf(fault) : null} />}
      <Labelled label={place} wrong={field === 'text' ? sentenceOf(fault) : null}>
        {(ids) => <textarea {...ids} className="field" rows={3} maxLength={4000} value={text} onChange={(event) => write(event.target.value)} />}
      </Labelled>
      {fault !== null && field !== 'name' && field !== 'text' && <div className="xs danger" role="alert">{sentenceOf(fault)}</div>}
      <div className="row tight">
        <Button kind="primary" type="submit" busy={isBusy} reason={text.trim() ? null : 'Write something first'}>{answered ? 'Answer' : 'Comment'}</Button>
        {answered && <Button kind="quiet" onClick={onLeave}>Leave</Button>}
      </div>
    </form>
  )
}
