/** Networks: what pictures are drawn with: imported ones and pattern networks made from a seed. */
import { useEffect, useMemo, useState } from 'react'
import { plural, when } from '../../lib/format'
import { address, mayEdit, projectId } from '../../lib/page'
import { putInBin, RenameDialog } from '../../parts/Bin'
import { Empty, FaultNote, Tag } from '../../parts/basics'
import { Button, IconButton } from '../../parts/Button'
import { Menu } from '../../parts/Menu'
import { DropAnywhere, useFileChooser } from '../../parts/Uploader'
import { Shell } from '../../shell/Shell'
import { snapshotKind } from '../../wire/kinds'
import { queries, useAsk } from '../../wire/query'
import type { Network } from '../../wire/types'
import { FateTable } from '../../network/FateTable'
import { inOrder, picked } from '../../network/growth'
import { isPattern, kindTitle } from '../../network/kinds'
import { GridSkeleton } from '../scenes/ScenesPage'
import { Imports } from './Imports'
import { PatternDialog } from './PatternDialog'

export function NetworksPage() {
  const networks = useAsk(queries.networks(projectId()))
  const [isMaking, setMaking] = useState(window.location.hash === '#pattern')
  const [renaming, setRenaming] = useState<Network | null>(null)
  const kind = useMemo(() => snapshotKind(), [])
  const choose = useFileChooser(kind)
  const chooseFolder = useFileChooser(kind, true)
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
      <Menu align="end" button={<IconButton icon="down" kind="plain" label="More ways to import" />} items={[
        { id: 'files', label: 'Choose files…', icon: 'upload', act: choose },
        { id: 'folder', label: 'Choose a folder of a training…', icon: 'upload', act: chooseFolder },
      ]} />
      <Button kind="primary" icon="dice" onClick={() => setMaking(true)}>Make a pattern network</Button>
    </div>
  )
  return (
    <Shell place="networks">
      <DropAnywhere kind={isEditor ? kind : null} title="Drop snapshots here">Files of one training become one network, in the order in which it grew. Nothing in a file is ever run.</DropAnywhere>
      <div className="middle">
        <header className="pagehead">
          <div className="grow"><h1>Networks</h1><div className="lead">Their snapshots draw the pictures.{isEditor && ' Drop .pkl, .pt or .safetensors files, or whole folders, anywhere on this page.'}</div></div>
          {items && items.length > 0 && buttons}
        </header>
        <FateTable kind={kind} />
        <Imports kinds={['make_pattern']} />
        {networks.error && <FaultNote fault={networks.error} what="The networks could not be loaded." again={() => void networks.refetch()} />}
        {networks.isPending && <GridSkeleton />}
        {items?.length === 0 && (
          <Empty title="No network yet" action={buttons}>
            Import a network of yours: StyleGAN2 or StyleGAN3 of NVIDIA’s programs, StyleGAN2 of rosinality’s, or TensorFlow’s. Or make a pattern network from a seed: it needs no training and looks like something at once.
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
  const ordered = isPattern(network) ? network.snapshots.toSorted((a, b) => a.order - b.order) : inOrder(network.snapshots)
  const few = picked(ordered, 4)
  const newest = ordered.at(-1)
  const facts = [plural(ordered.length, 'snapshot'), newest && `${newest.resolution}²`, typeof newest?.kimg === 'number' && `kimg ${newest.kimg.toLocaleString('en-US')}`].filter(Boolean)
  return (
    <article className="filmcard">
      <a className="plain" href={address.network(network.id)} aria-label={network.name}>
        <div className={`pic quarters n${Math.min(4, few.length)}`}>
          {few.map((one) => one.thumbnail_url && <img key={one.id} src={one.thumbnail_url} alt="" loading="lazy" />)}
          {few.length === 0 && <span className="faint blank xs">{(network.importing ?? 0) > 0 || network.job_id ? 'Its pictures come when it is read' : 'No snapshot'}</span>}
        </div>
      </a>
      <div className="row top">
        <div className="grow">
          <div className="row tight"><a className="plain strong clip" href={address.network(network.id)}>{network.name}</a>{network.kind && <Tag>{kindTitle({ ...network, facts: newest?.facts })}</Tag>}</div>
          <div className="xs faint num clip">
            {facts.join(', ')}{network.created_at ? ` · ${when(network.created_at)}` : ''}
          </div>
          <div className="xs faint num clip">{[network.used_in.length > 0 ? `Used in ${plural(network.used_in.length, 'scene')}` : 'Not used yet', network.pins > 0 && plural(network.pins, 'pin')].filter(Boolean).join(', ')}</div>
          {network.tags.length > 0 && <div className="row wrap cardtags">{network.tags.map((one) => <Tag key={one}>{one}</Tag>)}</div>}
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
