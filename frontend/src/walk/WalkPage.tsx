/** An endless walk through a network: one picture after the other for a whole screen, without a track and without an end. */
import { useEffect, useState } from 'react'
import { PictureNote } from '../explorer/StageNote'
import { useCommands } from '../lib/keys'
import { address, pageData, projectId } from '../lib/page'
import { FaultNote, Note, Skeleton } from '../parts/basics'
import { Button } from '../parts/Button'
import { inOrder } from '../network/growth'
import { isNothing, NothingHere, Shell } from '../shell/Shell'
import { useIsPhone } from '../track/use_phone'
import { queries, useAsk } from '../wire/query'
import type { Network } from '../wire/types'
import { useLarge, useQuiet } from './use_large'
import { useWalk } from './use_walk'
import { anotherSeed, readWalk, writeWalk, type Walk } from './walk'
import { WalkBar } from './WalkBar'

/** No picture is larger: a wall shows it smoothly, a render service still draws it in time. */
const MOST_SIDE = 1024
const LEAST_SIDE = 64
const PHONE_SIDE = 256
const KEPT = 'This is the last picture it sent. The walk goes on when the service is back.'

export function WalkPage() {
  const id = pageData().ids.network ?? ''
  const network = useAsk(queries.network(id))
  const networks = useAsk(queries.networks(projectId()))
  if (isNothing(network.error)) return <NothingHere place="networks" />
  const siblings = (networks.data?.items ?? []).map((one) => ({ id: one.id, name: one.name, href: address.walk(one.id), isHere: one.id === id }))
  return (
    <Shell place="networks" thing={{ name: network.data?.name ?? 'Network', href: address.network(id), siblings, part: 'Walk' }}>
      {network.data && network.data.snapshots.length > 0 ? <OneWalk network={network.data} /> : (
        <div className="middle">
          {network.error ? <FaultNote what="The network could not be loaded." fault={network.error} again={() => void network.refetch()} />
            : network.data ? <Note action={<Button small href={address.network(id)}>Open the network</Button>}>“{network.data.name}” has no snapshot yet. The walk opens as soon as one is read.</Note> : <Skeleton rows={8} height={44} />}
        </div>
      )}
    </Shell>
  )
}

function OneWalk({ network }: { network: Network }) {
  const [walk, setWalk] = useState<Walk>(() => readWalk(window.location.search))
  const [asked, setAsked] = useState(() => new URLSearchParams(window.location.search).get('snapshot'))
  const snapshot = network.snapshots.find((one) => one.id === asked) ?? inOrder(network.snapshots).at(-1)!
  const { box, status, session, refusal } = useWalk(network.id, walk, snapshot.id, Math.min(useIsPhone() ? PHONE_SIDE : MOST_SIDE, Math.max(LEAST_SIDE, snapshot.resolution)))
  const { isLarge, turn, leave } = useLarge()
  const isQuiet = useQuiet(isLarge)
  useEffect(() => window.history.replaceState(null, '', `${window.location.pathname}${writeWalk(walk, snapshot.id)}`), [walk, snapshot.id])
  const change = (part: Partial<Walk>): void => setWalk((now) => ({ ...now, ...part }))
  useCommands([
    { id: 'walk.large', title: isLarge ? 'Leave full screen' : 'Full screen', group: 'Walk', key: 'f', run: turn },
    { id: 'walk.leave', title: 'Leave full screen', group: 'Walk', key: 'Escape', run: leave, isOff: () => !isLarge },
    { id: 'walk.seed', title: 'Another walk', group: 'Walk', key: 'r', run: () => change({ seed: anotherSeed() }) },
  ])
  const isStill = status.state === 'away' || status.state === 'offline' || status.state === 'failed'
  return (
    <div className={['walk', isLarge && 'large', isQuiet && 'quiet'].filter(Boolean).join(' ')} data-walk={isLarge ? 'large' : 'page'}>
      <div className={`stage preview-stage${isStill ? ' still' : ''}`} data-region="stage">
        <div className="picture-well" ref={box} data-preview aria-label={`A walk through ${network.name}`} />
        <PictureNote status={status} session={session} kept={KEPT} />
        {refusal && <div className="stage-foot xs" role="alert">{refusal}</div>}
      </div>
      <WalkBar network={network} walk={walk} snapshot={snapshot.id} isLarge={isLarge} onChange={change} onSnapshot={setAsked} onLarge={turn} />
    </div>
  )
}
