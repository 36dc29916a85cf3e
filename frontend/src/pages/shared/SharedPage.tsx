/** What a link opens, for somebody without an account: a track to hear or a film to watch, and what is said about it. */
import { useMemo, useState } from 'react'
import { pageData } from '../../lib/page'
import { Button } from '../../parts/Button'
import { Mark } from '../../parts/Icon'
import { Toasts } from '../../parts/Toasts'
import { useAsk } from '../../wire/query'
import { get } from '../../wire/api'
import type { GuestComment, Items, Shared } from '../../wire/types'
import { Outside } from '../sign_in/Outside'
import { GuestComments } from './GuestComments'
import { Stage } from './Stage'

export function SharedPage() {
  const { shared, token, ended } = pageData()
  if (shared) return <Opened shared={shared} token={token} />
  return (
    <Outside seed={12}>
      <div className="col">
        <h1>This link does not open anything</h1>
        <p className="soft">{ended}</p>
      </div>
    </Outside>
  )
}

function Opened({ shared, token }: { shared: Shared; token: string }) {
  const comments = useAsk({
    queryKey: ['shared-comments', token], enabled: shared.may_comment,
    queryFn: ({ signal }) => get<Items<GuestComment>>(`/shared/${token}/comments`, signal),
  })
  const [seconds, setSeconds] = useState(0)
  const [wish, setWish] = useState<{ seconds: number; number: number } | null>(null)
  const items = comments.data?.items
  const pins = useMemo(() => (items ?? []).filter((one) => !one.parent_id && !one.is_resolved)
    .map((one) => ({ id: one.id, seconds: one.seconds, end_seconds: one.end_seconds, title: `${one.name}: ${one.text}` })), [items])
  return (
    <div className="sharedpage">
      <header className="row">
        <span className="mark accent"><Mark /></span>
        <h1 className="grow clip">{shared.name}</h1>
        {shared.download_url && <Button small icon="download" href={shared.download_url} download>Download</Button>}
      </header>
      <main>
        <Stage shared={shared} pins={pins} wish={wish} onPlace={setSeconds} />
        {shared.may_comment && (
          <GuestComments
            token={token} comments={items ?? []} error={comments.error} seconds={seconds}
            onGo={(to) => setWish((now) => ({ seconds: to, number: (now?.number ?? 0) + 1 }))} onSaid={() => void comments.refetch()}
          />
        )}
      </main>
      <footer className="xs faint">Shared from Phosphene until {new Date(shared.expires_at).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })}</footer>
      <Toasts />
    </div>
  )
}
