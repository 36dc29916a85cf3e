/** ShareDialog: links for people without an account to one track or one film: make, renew, take back. */
import { useState } from 'react'
import { plural, when } from '../lib/format'
import { FaultNote, Labelled, Select, Switch, Tag, TextField } from '../parts/basics'
import { Button } from '../parts/Button'
import { Dialog } from '../parts/Dialog'
import { Secret } from '../parts/Secret'
import { toastFault } from '../parts/toasts'
import { get, patch, post, remove } from '../wire/api'
import { queryClient, useAsk } from '../wire/query'
import type { Items, Share } from '../wire/types'

const LIVES = [{ value: '1', label: '1 day' }, { value: '7', label: '7 days' }, { value: '30', label: '30 days' }, { value: '90', label: '90 days' }, { value: '365', label: 'A year' }]

interface ShareDialogProps {
  noun: 'tracks' | 'renders'
  id: string
  name: string
  isOpen: boolean
  onClose: () => void
}

export function ShareDialog({ noun, id, name, isOpen, onClose }: ShareDialogProps) {
  return (
    <Dialog title={`Share “${name}” with somebody without an account?`} isOpen={isOpen} onClose={onClose} wide>
      {isOpen && <Links noun={noun} id={id} />}
      <div className="feet"><Button kind="quiet" onClick={onClose}>Close</Button></div>
    </Dialog>
  )
}

function Links({ noun, id }: Pick<ShareDialogProps, 'noun' | 'id'>) {
  const key = ['shares', noun, id]
  const path = `/${noun}/${id}/shares`
  const shares = useAsk({ queryKey: key, queryFn: ({ signal }) => get<Items<Share>>(path, signal) })
  const refetch = (): Promise<void> => queryClient.invalidateQueries({ queryKey: key })
  return (
    <div className="col share">
      <NewLink path={path} noun={noun} onMade={refetch} />
      {shares.error && <FaultNote fault={shares.error} what="The links could not be fetched." />}
      {(shares.data?.items.length ?? 0) > 0 && (
        <div className="card" aria-label="Links">
          {shares.data?.items.map((share) => <LinkRow key={share.id} share={share} onChange={refetch} />)}
        </div>
      )}
    </div>
  )
}

function NewLink({ path, noun, onMade }: { path: string; noun: string; onMade: () => Promise<void> }) {
  const [name, setName] = useState('')
  const [days, setDays] = useState('30')
  const [mayComment, setMayComment] = useState(true)
  const [mayDownload, setMayDownload] = useState(false)
  const [made, setMade] = useState<Share | null>(null)
  const [isBusy, setBusy] = useState(false)
  const make = (): void => {
    setBusy(true)
    post<Share>(path, { name: name.trim(), days: Number(days), may_comment: mayComment, may_download: mayDownload })
      .then((share) => {
        setMade(share)
        setName('')
        return onMade()
      })
      .catch(toastFault)
      .finally(() => setBusy(false))
  }
  return (
    <>
      <p className="soft">Whoever has the link can {noun === 'tracks' ? 'listen' : 'watch'}, until it ends or you take it back.</p>
      <div className="row wrap bottom">
        <TextField label="For whom" placeholder="The label" value={name} onChange={setName} maxLength={100} autoFocus />
        <Labelled label="Ends after">{(ids) => <Select {...ids} value={days} choices={LIVES} onChange={setDays} />}</Labelled>
      </div>
      <div className="row"><Switch label="Guests may comment" isOn={mayComment} onChange={setMayComment} /><span>Guests may comment, and read what was said here</span></div>
      <div className="row"><Switch label="Guests may download" isOn={mayDownload} onChange={setMayDownload} /><span>Guests may download {noun === 'tracks' ? 'the original file' : 'the film'}</span></div>
      <div><Button kind="primary" icon="link" busy={isBusy} onClick={make}>Make a link</Button></div>
      {made?.path && <Secret label={made.name ? `Link for ${made.name}` : 'Link'} value={`${window.location.origin}${made.path}`} note="It is shown only here and only now." />}
    </>
  )
}

function LinkRow({ share, onChange }: { share: Share; onChange: () => Promise<void> }) {
  const renew = (): void => void patch(`/shares/${share.id}`, { days: 30 }).then(onChange).catch(toastFault)
  const revoke = (): void => void remove(`/shares/${share.id}`).then(onChange).catch(toastFault)
  const allows = [share.may_comment && 'comments', share.may_download && 'download'].filter(Boolean).join(', ')
  const day = new Date(share.expires_at).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
  return (
    <div className="row memberrow">
      <div className="grow">
        <div className="clip">{share.name || 'Link'} <span className="faint xs">{allows}</span></div>
        <div className="xs faint num">
          {share.state === 'open' ? `Ends on ${day}` : `Made ${when(share.created_at)}`} · {share.opened_count ? `opened ${plural(share.opened_count, 'time')}, last ${share.opened_at ? when(share.opened_at) : ''}` : 'not opened yet'}
        </div>
      </div>
      {share.state !== 'open' && <Tag>{share.state === 'ended' ? 'Ended' : 'Taken back'}</Tag>}
      {share.state !== 'revoked' && <Button small kind="quiet" onClick={renew}>30 more days</Button>}
      {share.state === 'open' && <Button small kind="quiet" onClick={revoke}>Take back</Button>}
    </div>
  )
}
