import { useState } from 'react'
import { plural } from '../lib/format'
import { address, mayEdit } from '../lib/page'
import { putInBin } from '../parts/Bin'
import { Tag } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Menu } from '../parts/Menu'
import { toastFault } from '../parts/toasts'
import { saving } from '../wire/saving'
import type { Run } from '../training/wire'
import type { Network } from '../wire/types'
import { changeNetwork, type NetworkChange } from './deeds'
import { EditableText } from './EditableText'
import { isPattern, isTrained, kindTitle } from './kinds'
import { Notes } from './Notes'
import { Tags } from './Tags'
import { TrainedBy, useTrainedBy } from './TrainedBy'

/** What is said under the name. */
export function networkSentence(network: Network, run?: Run): string {
  if (run) return `Trained on ${run.version.name}, ${plural(run.version.count, 'picture')}.`
  if (isPattern(network)) return `Pattern network of the species ${network.species}, seed ${network.seed}. Never trained; made from these two alone.`
  const first = network.snapshots[0]
  if (first && isTrained(first)) return `Trained here, on ${typeof first.facts.trained_on === 'string' ? first.facts.trained_on : 'pictures of this project'}.`
  if (first && !first.original_name) return `It came with Phosphene: ${plural(network.snapshots.length, 'snapshot')} of one training.`
  return first ? `Imported from ${first.original_name}${network.snapshots.length > 1 ? ` and ${plural(network.snapshots.length - 1, 'more file')}` : ''}.` : 'It has no snapshot yet.'
}

interface HeadProps {
  network: Network
  onImport: (() => void) | null
  onCompare: (() => void) | null
}

/** Name, kind, tags, notes, and what can be done with the whole network. */
export function NetworkHead({ network, onImport, onCompare }: HeadProps) {
  const [isNoting, setNoting] = useState(false)
  const change = (part: NetworkChange): void => {
    saving.save(`network.${Object.keys(part).join()}.${network.id}`, () => changeNetwork(network, part))
      .catch((fault: unknown) => toastFault(fault, `“${network.name}” was not changed.`))
  }
  const newest = network.snapshots.at(-1)
  const run = useTrainedBy(network)
  return (
    <>
      <header className="pagehead networkhead">
        <div className="grow">
          <div className="row wrap headline">
            <h1 className="clip"><EditableText value={network.name} label="Name of the network" onSave={(name) => change({ name })} /></h1>
            {network.kind && <Tag>{kindTitle({ ...network, facts: newest?.facts })}</Tag>}
            {run && <TrainedBy run={run} />}
            <Tags tags={network.tags} of={network.name} onChange={(tags) => change({ tags })} />
          </div>
          <div className="lead">{networkSentence(network, run)}{mayEdit() && !network.notes && !isNoting && <> <button type="button" className="link accent" onClick={() => setNoting(true)}>Add a note</button></>}</div>
        </div>
        <div className="row wrap headacts">
          {onCompare && <Button kind="line" icon="compare" onClick={onCompare}>Compare</Button>}
          <Button kind="line" icon="grow" href={address.walk(network.id)} reason={newest ? null : 'A walk needs a snapshot. Import one first.'}>Endless walk</Button>
          {onImport && <Button icon="upload" onClick={onImport}>Import snapshots</Button>}
          <Button kind="primary" icon="eye" href={address.explore(network.id)} reason={newest ? null : 'The explorer needs a snapshot. Import one first.'}>Open explorer</Button>
          {mayEdit() && (
            <Menu align="end" button={<IconButton icon="more" label="More about this network" />} items={[
              { id: 'scene', label: 'New scene with it', icon: 'scene', href: `${address.place('scenes')}?snapshots=${network.snapshots.map((one) => one.id).join()}#new` },
              { id: 'note', label: network.notes ? 'Change the note' : 'Add a note', icon: 'edit', act: () => setNoting(true) },
              { id: 'bin', label: 'Put in the bin', icon: 'bin', danger: true, act: () => putInBin('network', network, () => window.location.assign(address.place('networks'))) },
            ]} />
          )}
        </div>
      </header>
      {(network.notes || isNoting) && <Notes network={network} isOpen={isNoting} onOpen={setNoting} />}
    </>
  )
}
