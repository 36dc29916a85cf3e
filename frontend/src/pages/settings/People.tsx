/** People: the members with their roles, and the links that invite more. */
import { useState } from 'react'
import { when } from '../../lib/format'
import { me } from '../../lib/me'
import { isOwner, projectId } from '../../lib/page'
import { useStore } from '../../lib/store'
import { AskDialog } from '../../parts/Dialog'
import { Avatar, FaultNote, Select, Skeleton } from '../../parts/basics'
import { Button } from '../../parts/Button'
import { Secret } from '../../parts/Secret'
import { toast, toastFault } from '../../parts/toasts'
import { get, patch, post, remove } from '../../wire/api'
import { queries, refresh, useAsk } from '../../wire/query'
import type { Invitation, Items, Member, Role } from '../../wire/types'

export const roles: { value: Role; label: string; may: string }[] = [
  { value: 'owner', label: 'Owner', may: 'edits everything, invites and removes people' },
  { value: 'editor', label: 'Editor', may: 'adds tracks, changes scenes, renders films' },
  { value: 'viewer', label: 'Viewer', may: 'looks, listens and downloads' },
]

export function People() {
  const members = useAsk(queries.members(projectId()))
  return (
    <>
      <h2>Members</h2>
      {members.error && <FaultNote fault={members.error} what="The members could not be loaded." again={() => void members.refetch()} />}
      {members.isPending && <Skeleton rows={3} height={44} />}
      <div className="card">{members.data?.items.map((one) => <MemberRow key={one.user.id} member={one} />)}</div>
      <dl className="facts left roles">{roles.map((one) => [<dt key={`${one.value}n`}>{one.label}</dt>, <dd key={one.value}>{one.may}</dd>])}</dl>
      {isOwner() && <Invite />}
    </>
  )
}

function MemberRow({ member }: { member: Member }) {
  const [isAsking, setAsking] = useState(false)
  const self = useStore(me)
  const isSelf = self?.id === member.user.id
  const path = `/projects/${projectId()}/members/${member.user.id}`
  const changeRole = (role: string): void => void patch(path, { role })
    .then(() => toast(`${member.user.name} is now ${role === 'editor' || role === 'owner' ? 'an' : 'a'} ${role}.`))
    .catch((fault: unknown) => toastFault(fault))
    .finally(() => void refresh('members'))
  const leave = (): void => void remove(path)
    .then(() => {
      if (isSelf) window.location.assign('/projects/')
      else toast(`${member.user.name} is no longer a member.`)
      return refresh('members')
    })
    .catch((fault: unknown) => toastFault(fault))
  return (
    <div className="row memberrow">
      <Avatar person={member.user} />
      <div className="grow">
        <div className="strong clip">{member.user.name || member.user.email}{isSelf && <span className="faint"> (you)</span>}</div>
        <div className="xs faint clip">{member.user.email}</div>
      </div>
      {isOwner()
        ? <Select small value={member.role} choices={roles} aria-label={`Role of ${member.user.name}`} onChange={changeRole} />
        : <span className="soft">{roles.find((one) => one.value === member.role)?.label}</span>}
      {(isOwner() || isSelf) && <Button small kind="quiet" onClick={() => setAsking(true)}>{isSelf ? 'Leave' : 'Remove'}</Button>}
      <AskDialog title={isSelf ? 'Leave this project?' : `Remove ${member.user.name}?`} act={isSelf ? 'Leave' : 'Remove'} keep={isSelf ? 'Stay' : 'Keep them'} isOpen={isAsking} onClose={() => setAsking(false)} onAct={leave}>
        {isSelf ? 'You see nothing of it any more, until an owner invites you again.' : 'They see nothing of this project any more. What they made stays.'}
      </AskDialog>
    </div>
  )
}

function Invite() {
  const project = projectId()
  const [role, setRole] = useState<string>('editor')
  const [made, setMade] = useState<Invitation | null>(null)
  const [isBusy, setBusy] = useState(false)
  const open = useAsk({ queryKey: ['invitations', project], queryFn: ({ signal }) => get<Items<Invitation>>(`/projects/${project}/invitations`, signal) })
  const make = async (): Promise<void> => {
    setBusy(true)
    try {
      setMade(await post<Invitation>(`/projects/${project}/invitations`, { role }))
      await refresh('invitations')
    } catch (fault) {
      toastFault(fault)
    } finally {
      setBusy(false)
    }
  }
  const revoke = (id: string): void => void remove(`/projects/${project}/invitations/${id}`)
    .then(() => {
      if (made?.id === id) setMade(null)
      return refresh('invitations')
    })
    .catch((fault: unknown) => toastFault(fault))
  const items = open.data?.items ?? []
  return (
    <>
      <h2>Invite</h2>
      <p className="soft">Make a link and send it to one person. It works once, for seven days.</p>
      <div className="row wrap">
        <Select value={role} choices={roles} aria-label="Role of the invited person" onChange={setRole} />
        <Button kind="primary" icon="invite" busy={isBusy} onClick={() => void make()}>Make a link</Button>
      </div>
      {made?.url && <Secret label={`Link for ${made.role === 'viewer' ? 'a' : 'an'} ${made.role}`} value={made.url} note="It is shown only here and only now." />}
      {items.length > 0 && (
        <div className="card" aria-label="Open invitations">
          {items.map((one) => (
            <div className="row memberrow" key={one.id}>
              <span className="grow">{roles.find((known) => known.value === one.role)?.label}<span className="faint xs"> · open until {new Date(one.expires_at).toLocaleDateString('en-GB', { day: 'numeric', month: 'long' })}{one.created_at ? ` · made ${when(one.created_at)}` : ''}</span></span>
              <Button small kind="quiet" onClick={() => revoke(one.id)}>Take back</Button>
            </div>
          ))}
        </div>
      )}
    </>
  )
}
