/** Networks: what pictures are drawn with: imported ones and pattern networks made from a seed. */
import { useEffect, useMemo, useState } from 'react'
import { plural, when } from '../../lib/format'
import { address, mayEdit, projectId } from '../../lib/page'
import { putInBin, RenameDialog } from '../../parts/Bin'
import { Empty, FaultNote, Tag } from '../../parts/basics'
import { Button, IconButton } from '../../parts/Button'
import { Menu } from '../../parts/Menu'
import { DropAnywhere, UploadRows, useFileChooser } from '../../parts/Uploader'
import { Shell } from '../../shell/Shell'
import { snapshotKind } from '../../wire/kinds'
import { queries, refresh, useAsk } from '../../wire/query'
import type { Network } from '../../wire/types'
import { GridSkeleton } from '../scenes/ScenesPage'
import { Imports } from './Imports'
import { PatternDialog } from './PatternDialog'

export const kindNames: Record<string, string> = { stylegan2: 'StyleGAN2', cppn: 'Pattern' }

export function NetworksPage() {
  const networks = useAsk(queries.networks(projectId()))
  const [isMaking, setMaking] = useState(window.location.hash === '#pattern')
  const [renaming, setRenaming] = useState<Network | null>(null)
  const kind = useMemo(() => snapshotKind(), [])
  const choose = useFileChooser(kind)
  const isEditor = mayEdit()
  useEffect(() => {
    const open = (): void => setMaking(window.location.hash === '#pattern')
    window.addEventListener('hashchange', open)
    return () => window.removeEventListener('hashchange', open)
  }, [])
  const items = networks.data?.items
  const buttons = isEditor && (
    <div className="row wrap">
      <Button icon="upload" onClick={choose}>Import snapshots</Button>
      <Button kind="primary" icon="dice" onClick={() => setMaking(true)}>Make a pattern network</Button>
    </div>
  )
  return (
    <Shell place="networks">
      <DropAnywhere kind={isEditor ? kind : null} title="Drop snapshots here">Numbered files of one drop become one network. Nothing in a file is ever run.</DropAnywhere>
      <div className="middle">
        <header className="pagehead">
          <div className="grow"><h1>Networks</h1><div className="lead">Their snapshots draw the pictures.{isEditor && ' Drop .pkl or .safetensors files anywhere on this page.'}</div></div>
          {items && items.length > 0 && buttons}
        </header>
        {isEditor && <UploadRows kind={kind} onArrived={() => void Promise.all([refresh('networks'), refresh('jobs')])} />}
        <Imports />
        {networks.error && <FaultNote fault={networks.error} what="The networks could not be loaded." again={() => void networks.refetch()} />}
        {networks.isPending && <GridSkeleton />}
        {items?.length === 0 && (
          <Empty title="No network yet" action={buttons}>
            Import a StyleGAN2 network of yours, or make a pattern network from a seed: it needs no training and looks like something at once.
          </Empty>
        )}
        <div className="films wide">
          {items?.map((one) => <NetworkCard key={one.id} network={one} onRename={() => setRenaming(one)} />)}
        </div>
      </div>
      {isMaking && isEditor && (
        <PatternDialog onClose={() => {
          window.history.replaceState(null, '', window.location.pathname)
          setMaking(false)
        }} />
      )}
      <RenameDialog noun="network" thing={renaming} onClose={() => setRenaming(null)} />
    </Shell>
  )
}

/** The network's growth in up to four pictures. */
function NetworkCard({ network, onRename }: { network: Network; onRename: () => void }) {
  const ordered = network.snapshots.toSorted((a, b) => a.order - b.order)
  const picked = ordered.length <= 4 ? ordered : [0, 1, 2, 3].map((at) => ordered[Math.round((at * (ordered.length - 1)) / 3)]!)
  const newest = ordered.at(-1)
  return (
    <article className="filmcard">
      <a className="plain" href={address.network(network.id)} aria-label={network.name}>
        <div className={`pic quarters n${Math.min(4, picked.length)}`}>
          {picked.map((one) => one.thumbnail_url && <img key={one.id} src={one.thumbnail_url} alt="" loading="lazy" />)}
          {picked.length === 0 && <span className="faint blank xs">{(network.importing ?? 0) > 0 || network.job_id ? 'Its pictures come when it is read' : 'No snapshot'}</span>}
        </div>
      </a>
      <div className="row top">
        <div className="grow">
          <div className="row tight"><a className="plain strong clip" href={address.network(network.id)}>{network.name}</a>{network.kind && <Tag>{network.kind === 'cppn' && network.species ? network.species : (kindNames[network.kind] ?? network.kind)}</Tag>}</div>
          <div className="xs faint num clip">
            {plural(network.snapshots.length, 'snapshot')}{newest ? `, ${newest.resolution}²` : ''}{network.created_at ? ` · ${when(network.created_at)}` : ''}
          </div>
          <div className="xs faint num clip">{network.used_in.length > 0 ? `Used in ${plural(network.used_in.length, 'scene')}` : 'Not used yet'}</div>
        </div>
        {mayEdit() && (
          <Menu align="end" button={<IconButton small icon="more" label={`More about ${network.name}`} />} items={[
            { id: 'rename', label: 'Rename…', icon: 'edit', act: onRename },
            { id: 'bin', label: 'Put in the bin', icon: 'bin', danger: true, act: () => putInBin('network', network) },
          ]} />
        )}
      </div>
    </article>
  )
}
