/** The explorer: find pictures in a network by hand, keep them, and make a path of them. */
import { useEffect, useState } from 'react'
import { address, mayEdit, pageData, projectId } from '../lib/page'
import { createScope } from '../lib/scope'
import { FaultNote, Skeleton } from '../parts/basics'
import { isNothing, NothingHere, Shell } from '../shell/Shell'
import { DrawerButton } from '../track/DrawerButton'
import { useIsPhone } from '../track/use_phone'
import { queries, useAsk } from '../wire/query'
import type { Network } from '../wire/types'
import { Classes } from './Classes'
import { listenForRecipes } from './clipboard'
import { Inspector } from './Inspector'
import { PathBar } from './PathBar'
import { pinThis } from './pin_actions'
import { PinDialog, Pins } from './Pins'
import type { Pin } from '../network/wire'
import { draftOf, explorerQueries } from './queries'
import { Seeds } from './Seeds'
import { Stage } from './Stage'
import { ExplorerProvider, useExplorer, useMadeExplorer, useSnapshot } from './use_explorer'

export function ExplorerPage() {
  const id = pageData().ids.network ?? ''
  const network = useAsk(queries.network(id))
  if (isNothing(network.error)) return <NothingHere place="networks" />
  if (network.data && network.data.snapshots.length > 0) return <Editor network={network.data} />
  return (
    <Shell place="networks" thing={{ name: network.data?.name ?? 'Network', href: address.network(id), part: 'Explorer' }}>
      <div className="middle">
        {network.error ? <FaultNote what="The network could not be loaded." fault={network.error} again={() => void network.refetch()} />
          : network.data ? <div className="empty"><h2>Nothing to explore yet</h2><p className="soft">“{network.data.name}” has no snapshot. The explorer opens as soon as one is read.</p></div> : <Skeleton rows={8} height={44} />}
      </div>
    </Shell>
  )
}

function Editor({ network }: { network: Network }) {
  const explorer = useMadeExplorer(network)
  const networks = useAsk(queries.networks(projectId()))
  const siblings = (networks.data?.items ?? []).map((one) => ({ id: one.id, name: one.name, href: address.explore(one.id), isHere: one.id === network.id }))
  useEffect(() => {
    const scope = createScope()
    listenForRecipes(scope, explorer.desk)
    return () => scope.close()
  }, [explorer.desk])
  return (
    <Shell place="networks" thing={{ name: network.name, href: address.network(network.id), siblings, part: 'Explorer' }}>
      <ExplorerProvider value={explorer}><Body /></ExplorerProvider>
    </Shell>
  )
}

function Body() {
  const { desk, hand, network, smalls, canvas } = useExplorer()
  const isPhone = useIsPhone()
  const [renamed, setRenamed] = useState<Pin | null>(null)
  const [isInspecting, setInspecting] = useState(false)
  useAsked()
  const pin = (): void => {
    if (!mayEdit() || desk.shown.get() !== 'picture') return
    const [explored, picture] = [desk.explored.get(), canvas.get()]
    // Its own picture is drawn by a job; until then it has the one that stands on the stage, unless that is still another one.
    if (picture && !hand.isWaiting) smalls.take(explored.snapshotId, explored.vector, picture)
    void pinThis(network.id, explored, setRenamed)
  }
  return (
    <div className={isInspecting ? 'editor explorer inspecting' : 'editor explorer'}>
      {!isPhone && <Left onRename={setRenamed} />}
      <div className="desk-main">
        <Stage onPin={pin} isSmall={isPhone} />
        {isPhone ? <Left onRename={setRenamed} /> : <PathBar />}
        {isPhone && <p className="xs faint phone-note">Sliders and paths are for a larger screen.</p>}
      </div>
      {!isPhone && <DrawerButton label="Vector" isOpen={isInspecting} onChange={setInspecting} />}
      {!isPhone && <Inspector />}
      {renamed && <PinDialog key={renamed.id} pin={renamed} onClose={() => setRenamed(null)} />}
    </div>
  )
}

/** ?pin=… and ?path=… of the address, once they are known. */
function useAsked(): void {
  const { desk, network, pins } = useExplorer()
  const paths = useAsk(explorerQueries.paths(network.id))
  const [asked, setAsked] = useState(() => new URLSearchParams(location.search))
  const pin = pins.find((one) => one.id === asked.get('pin'))
  const path = paths.data?.items.find((one) => one.id === asked.get('path'))
  const chosen = asked.get('snapshot')
  useEffect(() => {
    if (!pin && !path) return
    if (pin) desk.set((now) => ({ ...now, snapshotId: chosen ?? pin.snapshot_id, vector: pin.vector, look: pin.look }), `Pin “${pin.name}”`)
    if (path) desk.takePath(draftOf(path))
    setAsked((now) => new URLSearchParams([...now].filter(([name]) => !(name === 'pin' && pin) && !(name === 'path' && path))))
  }, [desk, pin, path, chosen])
}

type Tab = 'seeds' | 'pins' | 'classes'

function Left({ onRename }: { onRename: (pin: Pin) => void }) {
  const { pins } = useExplorer()
  const classes = useSnapshot()?.num_classes ?? 0
  const [tab, setTab] = useState<Tab>('seeds')
  const tabProps = (name: Tab) => ({ type: 'button' as const, role: 'tab', 'aria-selected': tab === name, className: tab === name ? 'on' : '', onClick: () => setTab(name) })
  return (
    <aside className="panel left explorer-side" data-region="seeds" aria-label="Seeds and pins">
      <div className="tabs" role="tablist" aria-label="Where to begin">
        <button {...tabProps('seeds')}>Seeds</button>
        <button {...tabProps('pins')}>Pins <span className="num faint">{pins.length}</span></button>
        {classes > 0 && <button {...tabProps('classes')}>Classes <span className="num faint">{classes}</span></button>}
      </div>
      <div className="scrolling" role="tabpanel">
        {tab === 'seeds' && <Seeds />}
        {tab === 'pins' && <Pins onRename={onRename} />}
        {tab === 'classes' && classes > 0 && <Classes />}
      </div>
    </aside>
  )
}
