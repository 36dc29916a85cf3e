/** The strip under the top bar: no connection, how many changes wait, when it is tried again; "Saved" for 2 s after that. */
import { useEffect, useState } from 'react'
import { mayEdit, pageData } from '../lib/page'
import { plural } from '../lib/format'
import { useStore } from '../lib/store'
import { Button } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { queries, useAsk } from '../wire/query'
import { saving } from '../wire/saving'
import type { Role, StudioEvent } from '../wire/types'
import { useConnection, useLive, useProjectEvents } from './live'

/** "3 changes wait on this page and will be saved. Trying again in 4 s." */
export function stripWords(pending: number, secondsToTry: number): string {
  const changes = pending > 0 ? `${plural(pending, 'change')} ${pending === 1 ? 'waits' : 'wait'} on this page and will be saved. ` : ''
  return `${changes}${secondsToTry > 0 ? `Trying again in ${secondsToTry} s.` : 'Trying again.'}`
}

export function OfflineStrip() {
  const connection = useConnection()
  const live = useLive()
  const { pending } = useStore(saving.state)
  const [now, setNow] = useState(Date.now())
  const [mood, setMood] = useState<'none' | 'lost' | 'saved'>('none')
  const [hadChanges, setHadChanges] = useState(false)
  const isLost = connection.state === 'lost'

  useEffect(() => {
    if (!isLost) return
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [isLost])
  useEffect(() => {
    if (isLost) {
      // A line that is back within a second is not worth a word.
      const timer = setTimeout(() => setMood('lost'), 1000)
      return () => clearTimeout(timer)
    }
    if (connection.state !== 'open' || pending > 0) return
    setMood((before) => (before === 'lost' ? 'saved' : 'none'))
    const timer = setTimeout(() => setMood('none'), 2000)
    return () => clearTimeout(timer)
  }, [isLost, connection.state, pending])
  useEffect(() => {
    if (isLost && pending > 0) setHadChanges(true)
  }, [isLost, pending])

  if (connection.state === 'closed') return <ClosedStrip sentence={connection.sentence} />
  if (mood === 'none') return null
  if (mood === 'saved') {
    return <div className="strip ok-strip" role="status"><Icon name="check" /><span>{hadChanges ? 'Saved' : 'Connected again'}</span></div>
  }
  const seconds = isLost ? Math.max(0, Math.ceil((connection.retryAt - now) / 1000)) : 0
  return (
    <div className="strip" role="status" aria-live="off">
      <Icon name="wifi" />
      <span className="grow"><b className="bold">No connection to the studio.</b> <span className="soft num">{stripWords(pending, seconds)}</span></span>
      <Button small kind="plain" icon="again" onClick={() => {
        live?.tryNow()
        saving.tryNow()
      }}>Try now</Button>
    </div>
  )
}

function ClosedStrip({ sentence }: { sentence: string }) {
  const isSignedOut = sentence.startsWith('You are signed out')
  const next = encodeURIComponent(window.location.pathname + window.location.search)
  return (
    <div className="strip" role="alert">
      <Icon name="lock" />
      <span className="grow">{sentence}</span>
      <Button small href={isSignedOut ? `/sign-in/?next=${next}` : '/projects/'}>{isSignedOut ? 'Sign in' : 'All projects'}</Button>
    </div>
  )
}

/** The one quiet note for a viewer; and for whoever was given another role while the page was open. */
export function RoleStrip() {
  const { me, project } = pageData()
  const [role, setRole] = useState(project?.role)
  const isViewer = project !== null && !mayEdit()
  const members = useAsk({ ...queries.members(project?.id ?? ''), enabled: isViewer })
  const isClosed = useConnection().state === 'closed'
  useProjectEvents((event) => setRole((before) => roleAfter(event, me?.id) ?? before))
  if (isClosed) return null
  if (role && role !== project?.role) {
    return (
      <div className="strip info-strip" role="status">
        <Icon name="info" />
        <span className="grow">You are {role === 'viewer' ? 'a viewer' : `an ${role}`} of this project now.</span>
        <Button small icon="again" onClick={() => window.location.reload()}>Show the page anew</Button>
      </div>
    )
  }
  if (!isViewer) return null
  const owner = members.data?.items.find((one) => one.role === 'owner')?.user.name
  return (
    <div className="strip info-strip">
      <Icon name="info" />
      <span>You can look, listen and comment here. Ask {owner ?? 'an owner'} to make you an editor.</span>
    </div>
  )
}

/** The role that the event gives to `person`, if it is about them. */
export function roleAfter(event: Pick<StudioEvent, 'kind' | 'payload'>, person: string | undefined): Role | null {
  if (event.kind !== 'member.changed') return null
  const { user, role } = event.payload as { user?: { id?: string }; role?: Role }
  return person !== undefined && user?.id === person ? (role ?? null) : null
}
