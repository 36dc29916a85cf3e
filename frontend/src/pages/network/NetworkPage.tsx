/** Network: how it grew, its snapshots, pins and directions, and where it is used. */
import { useMemo, useRef } from 'react'
import { address, mayEdit, pageData, projectId } from '../../lib/page'
import { BinnedSnapshots } from '../../network/BinnedSnapshots'
import { Compare } from '../../network/Compare'
import { Directions } from '../../network/Directions'
import { FateTable } from '../../network/FateTable'
import { Growth, useGrowthSheets, useShownVectors } from '../../network/Growth'
import { inOrder } from '../../network/growth'
import { isPattern } from '../../network/kinds'
import { useLarge } from '../../network/large'
import { NetworkHead } from '../../network/NetworkHead'
import { Pins } from '../../network/Pins'
import { networkQueries } from '../../network/queries'
import { usePlace, type Place, type Tab } from '../../network/place'
import { SnapshotPanel } from '../../network/SnapshotPanel'
import { SnapshotTable } from '../../network/SnapshotTable'
import { UsedIn } from '../../network/UsedIn'
import { Empty, FaultNote, Skeleton } from '../../parts/basics'
import { Button } from '../../parts/Button'
import { DropAnywhere, useFileChooser } from '../../parts/Uploader'
import { isNothing, NothingHere, Shell } from '../../shell/Shell'
import { snapshotKind } from '../../wire/kinds'
import { queries, useAsk } from '../../wire/query'
import type { Network, Snapshot } from '../../wire/types'
import { Imports } from '../networks/Imports'

export function NetworkPage() {
  const id = pageData().ids.network ?? ''
  const network = useAsk(queries.network(id))
  if (isNothing(network.error)) return <NothingHere place="networks" />
  if (!network.data) {
    return (
      <Shell place="networks" thing={{ name: 'Network' }}>
        <div className="middle">
          {network.error ? <FaultNote fault={network.error} what="The network could not be loaded." again={() => void network.refetch()} /> : <Skeleton rows={6} height={40} />}
        </div>
      </Shell>
    )
  }
  return <OneNetwork network={network.data} />
}

function OneNetwork({ network }: { network: Network }) {
  const networks = useAsk(queries.networks(projectId()))
  const [place, go] = usePlace()
  const snapshots = useMemo(() => (isPattern(network) ? network.snapshots.toSorted((a, b) => a.order - b.order) : inOrder(network.snapshots)), [network])
  const chosen = snapshots.find((one) => one.id === place.snapshot) ?? snapshots.at(-1)
  const against = snapshots.find((one) => one.id === place.against && one !== chosen)
  const kind = useMemo(() => snapshotKind(network.id), [network.id])
  const choose = useFileChooser(kind)
  const scroller = useRef<HTMLDivElement>(null)
  const takesFiles = mayEdit() && !isPattern(network)
  const compareWith = (one: Snapshot | undefined): void => go({ snapshot: chosen?.id ?? null, against: one?.id ?? null })
  const picked = (one: Snapshot): void => go({ snapshot: one.id })
  const siblings = networks.data?.items.map((one) => ({ id: one.id, name: one.name, href: address.network(one.id), isHere: one.id === network.id }))
  return (
    <Shell place="networks" thing={{ name: network.name, siblings }}>
      <DropAnywhere kind={takesFiles ? kind : null} title={`Drop snapshots of “${network.name}” here`}>Nothing in a file is ever run.</DropAnywhere>
      <div className="with-aside networkpage">
        <div className="middle" ref={scroller}>
          <NetworkHead network={network} onImport={takesFiles ? choose : null} onCompare={snapshots.length > 1 && !against ? () => compareWith(snapshots.findLast((one) => one !== chosen)) : null} />
          {takesFiles && <FateTable kind={kind} network={network.id} />}
          <Imports subject={`network:${network.id}`} kinds={['make_pattern']} />
          {against && chosen
            ? <Compare network={network} snapshots={snapshots} left={chosen} right={against} place={place} go={go} />
            : (
              <>
                <Tabs network={network} chosen={chosen} place={place} go={go} />
                <div id="tabpanel" role="tabpanel" aria-label={titles[place.tab]} className="tabpanel">
                  {place.tab === 'growth' && (snapshots.length > 0 ? <Growth network={network} snapshots={snapshots} chosen={chosen} place={place} go={go} /> : <Nothing choose={takesFiles ? choose : null} />)}
                  {place.tab === 'snapshots' && (snapshots.length > 0 ? <SnapshotTable network={network} snapshots={snapshots} chosen={chosen} onChoose={picked} onCompare={compareWith} scroller={scroller} /> : <Nothing choose={takesFiles ? choose : null} />)}
                  {place.tab === 'snapshots' && <BinnedSnapshots network={network} />}
                  {place.tab === 'pins' && <Pins network={network} />}
                  {place.tab === 'directions' && (chosen ? <Directions snapshot={chosen} /> : <Nothing choose={takesFiles ? choose : null} />)}
                  {place.tab === 'used' && <UsedIn network={network} />}
                </div>
              </>
            )}
        </div>
        <Panel network={network} snapshots={snapshots} chosen={chosen} place={place} onChoose={picked} onCompare={compareWith} />
      </div>
    </Shell>
  )
}

/** The side panel shows the chosen vector through the chosen snapshot. */
function Panel({ network, snapshots, chosen, place, onChoose, onCompare }: { network: Network; snapshots: Snapshot[]; chosen: Snapshot | undefined; place: Place; onChoose: (one: Snapshot) => void; onCompare: (one: Snapshot) => void }) {
  const shown = useShownVectors(network, place.vectors)
  const sheets = useGrowthSheets(network, snapshots, shown, place.vectors === 'usual')
  const at = Math.min(place.row, Math.max(0, shown.length - 1))
  const vector = shown[at]
  const large = useLarge(network, chosen, vector?.vector)
  const picture = chosen && vector ? { ...(large ? { sheet: large, columns: 1, at: 0 } : { sheet: sheets.of(chosen), columns: shown.length, at }), name: vector.name } : null
  return <SnapshotPanel network={network} snapshots={snapshots} snapshot={chosen} picture={picture} hasList={place.tab !== 'snapshots'} onChoose={onChoose} onCompare={onCompare} />
}

const titles: Record<Tab, string> = { growth: 'Growth', snapshots: 'Snapshots', pins: 'Pins', directions: 'Directions', used: 'Used in' }

function Tabs({ network, chosen, place, go }: { network: Network; chosen: Snapshot | undefined; place: Place; go: (part: Partial<Place>) => void }) {
  const found = useAsk({ ...networkQueries.directions(chosen?.id ?? ''), enabled: chosen !== undefined })
  // Those of the chosen snapshot: they are what the tab shows.
  const directions = found.data?.items.reduce((sum, one) => sum + (one.state === 'ready' ? one.shares.length : 0), 0)
  const counts: Partial<Record<Tab, number | undefined>> = { snapshots: network.snapshots.length, pins: network.pins, directions, used: network.used_in.length }
  const all = Object.keys(titles) as Tab[]
  const step = (event: React.KeyboardEvent): void => {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!move) return
    event.preventDefault()
    const next = all[(all.indexOf(place.tab) + move + all.length) % all.length]!
    go({ tab: next })
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus()
  }
  return (
    <div className="tabs pagetabs" role="tablist" aria-label="Parts of the network" onKeyDown={step}>
      {all.map((tab) => (
        <button key={tab} type="button" role="tab" data-tab={tab} aria-selected={tab === place.tab} aria-controls="tabpanel" tabIndex={tab === place.tab ? 0 : -1} className={tab === place.tab ? 'on' : ''} onClick={() => go({ tab })}>
          {titles[tab]}{counts[tab] !== undefined && <span className="num faint">{counts[tab]}</span>}
        </button>
      ))}
    </div>
  )
}

function Nothing({ choose }: { choose: (() => void) | null }) {
  return (
    <Empty title="No snapshot yet" action={choose && <Button icon="upload" onClick={choose}>Import snapshots</Button>}>
      {choose ? 'Drop the snapshots of its training here: .pkl, .pt or .safetensors. They line up by how many images each has seen.' : 'Its snapshots appear here as soon as they are made.'}
    </Empty>
  )
}
