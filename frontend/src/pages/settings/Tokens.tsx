/** Tokens: keys that programs use in a person's or a machine's name: made here, shown once, revoked here. */
import { useState, type FormEvent, type ReactNode } from 'react'
import { when } from '../../lib/format'
import { AskDialog } from '../../parts/Dialog'
import { FaultNote, Skeleton, Tag, TextField } from '../../parts/basics'
import { Button } from '../../parts/Button'
import { Secret } from '../../parts/Secret'
import { toast, toastFault } from '../../parts/toasts'
import { get, post, remove, sentenceOf } from '../../wire/api'
import { refresh, useAsk } from '../../wire/query'
import type { Items, Token } from '../../wire/types'

export function ApiTokens() {
  return (
    <>
      <h2>Access tokens</h2>
      <p className="soft">A program with such a token may do over the API what you may do here: <code className="mono">Authorization: Bearer …</code> The API describes itself at <a href="/api/v1/docs">/api/v1/docs</a>.</p>
      <TokenList path="/me/tokens" placeholder="Backup script" what="The program can do nothing with it any more." />
    </>
  )
}

/** A list of tokens at `path`, and the way to a new one. `after` is shown beneath a token just made. */
export function TokenList({ path, placeholder, what, after }: { path: string; placeholder: string; what: string; after?: (token: string) => ReactNode }) {
  const tokens = useAsk({ queryKey: ['tokens', path], queryFn: ({ signal }) => get<Items<Token>>(path, signal) })
  const [made, setMade] = useState<Token | null>(null)
  const living = tokens.data?.items.filter((one) => !one.revoked_at) ?? []
  return (
    <>
      {tokens.error && <FaultNote fault={tokens.error} what="The tokens could not be loaded." again={() => void tokens.refetch()} />}
      {tokens.isPending && <Skeleton rows={2} height={44} />}
      {living.length > 0 && <div className="card">{living.map((one) => <TokenRow key={one.id} path={path} token={one} what={what} onGone={() => made?.id === one.id && setMade(null)} />)}</div>}
      {tokens.data && living.length === 0 && <p className="faint">None yet.</p>}
      <NewToken path={path} placeholder={placeholder} onMade={setMade} />
      {made?.token && <Secret label={`Token “${made.name}”`} value={made.token} note="It is shown only here and only now; the studio keeps its hash." />}
      {made?.token && after?.(made.token)}
    </>
  )
}

function NewToken({ path, placeholder, onMade }: { path: string; placeholder: string; onMade: (token: Token) => void }) {
  const [name, setName] = useState('')
  const [wrong, setWrong] = useState<string | null>(null)
  const send = (event: FormEvent): void => {
    event.preventDefault()
    if (!name.trim()) return
    post<Token>(path, { name: name.trim() })
      .then((made) => {
        onMade(made)
        setName('')
        setWrong(null)
        return refresh('tokens')
      })
      .catch((fault: unknown) => setWrong(sentenceOf(fault)))
  }
  return (
    <form className="row newtoken" onSubmit={send}>
      <div className="grow"><TextField label="Name of a new token" value={name} onChange={setName} placeholder={placeholder} wrong={wrong} maxLength={100} /></div>
      <Button type="submit" kind="primary" icon="key" reason={name.trim() ? null : 'Write a name first.'}>Make a token</Button>
    </form>
  )
}

function TokenRow({ path, token, what, onGone }: { path: string; token: Token; what: string; onGone: () => void }) {
  const [isAsking, setAsking] = useState(false)
  const revoke = (): void => void remove(`${path}/${token.id}`)
    .then(() => {
      toast(`“${token.name}” is revoked.`)
      onGone()
      return refresh('tokens')
    })
    .catch((fault: unknown) => toastFault(fault))
  return (
    <div className="row memberrow">
      <div className="grow">
        <div className="row"><span className="strong clip">{token.name}</span>{token.is_embedded && <Tag>Starts with the studio</Tag>}</div>
        <div className="xs faint num"><span className="mono">{token.prefix}…</span> · made {when(token.created_at)} · {token.last_used_at ? `last used ${when(token.last_used_at)}` : 'never used'}</div>
      </div>
      <Button small kind="quiet" onClick={() => setAsking(true)}>Revoke</Button>
      <AskDialog title={`Revoke “${token.name}”?`} act="Revoke" keep="Keep it" isOpen={isAsking} onClose={() => setAsking(false)} onAct={revoke}>{what} This cannot be undone.</AskDialog>
    </div>
  )
}
