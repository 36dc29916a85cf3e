/** Join: what a link invites to, for somebody who is signed in, or who is new here. */
import { useState, type FormEvent } from 'react'
import { address, pageData } from '../../lib/page'
import { Skeleton, TextField } from '../../parts/basics'
import { Button } from '../../parts/Button'
import { Icon } from '../../parts/Icon'
import { ApiError, get, post, sentenceOf } from '../../wire/api'
import { useAsk } from '../../wire/query'
import type { InvitationCard } from '../../wire/types'
import { Outside } from '../sign_in/Outside'

const may = { owner: 'as an owner: you may edit everything and invite others', editor: 'as an editor: you may add tracks, change scenes and render films', viewer: 'as a viewer: you may look, listen and download' }

export function JoinPage() {
  const { token, me } = pageData()
  const card = useAsk({ queryKey: ['invitation', token], queryFn: ({ signal }) => get<InvitationCard>(`/invitations/${token}`, signal) })
  return (
    <Outside seed={12}>
      {card.isPending && <Skeleton rows={3} height={24} />}
      {card.error && (
        <div className="col">
          <h1>This link does not open anything</h1>
          <p className="soft">{card.error instanceof ApiError && card.error.status === 404 ? 'It was used, taken back, or is older than seven days. Ask for a new one.' : sentenceOf(card.error)}</p>
          <div><Button href="/">Home</Button></div>
        </div>
      )}
      {card.data && (
        <div className="col">
          <h1>Join “{card.data.project_name}”</h1>
          <p className="soft where">{card.data.invited_by || 'An owner'} invites you {may[card.data.role]}.</p>
          {me ? <AsMe name={me.name || me.email} token={token} /> : <AsNew token={token} />}
        </div>
      )}
    </Outside>
  )
}

async function accept(token: string, who: Record<string, string>): Promise<void> {
  const { project_id: project } = await post<{ project_id: string }>(`/invitations/${token}/accept`, who)
  window.location.assign(address.home(project))
}

function AsMe({ name, token }: { name: string; token: string }) {
  const [fault, setFault] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const join = (): void => {
    setBusy(true)
    accept(token, {}).catch((refusal: unknown) => {
      setFault(refusal)
      setBusy(false)
    })
  }
  return (
    <>
      {fault !== null && <div className="row top xs danger" role="alert"><Icon name="alert" size="small" /><span>{sentenceOf(fault)}</span></div>}
      <Button kind="primary" className="tall" busy={isBusy} onClick={join}>Join as {name}</Button>
    </>
  )
}

function AsNew({ token }: { token: string }) {
  const [who, setWho] = useState({ name: '', email: '', password: '' })
  const [fault, setFault] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const field = fault instanceof ApiError ? fault.field : null
  const wrong = (name: string): string | null => (fault !== null && field === name ? sentenceOf(fault) : null)
  const send = (event: FormEvent): void => {
    event.preventDefault()
    setBusy(true)
    accept(token, who).catch((refusal: unknown) => {
      setFault(refusal)
      setBusy(false)
    })
  }
  const set = (name: keyof typeof who) => (value: string): void => setWho((now) => ({ ...now, [name]: value }))
  const isElsewhere = fault !== null && !['name', 'email', 'password'].includes(field ?? '')
  return (
    <form className="col" onSubmit={send} noValidate>
      <TextField label="Name" value={who.name} onChange={set('name')} wrong={wrong('name')} autoComplete="name" autoFocus maxLength={100} />
      <TextField label="E-mail" type="email" value={who.email} onChange={set('email')} wrong={wrong('email')} autoComplete="username" />
      <TextField label="Password" type="password" value={who.password} onChange={set('password')} wrong={wrong('password')} autoComplete="new-password" hint="You sign in with your e-mail and this." />
      {isElsewhere && <div className="row top xs danger" role="alert"><Icon name="alert" size="small" /><span>{sentenceOf(fault)}</span></div>}
      <Button kind="primary" type="submit" className="tall" busy={isBusy}>Join</Button>
      <p className="xs faint">Here already? <a href={`/sign-in/?next=${encodeURIComponent(window.location.pathname)}`}>Sign in</a> and the link works for you.</p>
    </form>
  )
}
