import { address, mayEdit } from '../lib/page'
import { Empty } from '../parts/basics'
import { Button } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { NetworkRuns } from '../training/Mentions'
import type { Network } from '../wire/types'
import { snapshotTitle } from './growth'

/** The trainings that made it or began with it, and the scenes that draw with it. */
export function UsedIn({ network }: { network: Network }) {
  return (
    <>
      <NetworkRuns network={network.id} />
      <Scenes network={network} />
    </>
  )
}

/** With which of its snapshots each scene draws. */
function Scenes({ network }: { network: Network }) {
  if (network.used_in.length === 0) {
    return (
      <Empty title="No scene uses it yet" action={mayEdit() && <Button icon="scene" href={`${address.place('scenes')}?snapshots=${network.snapshots.map((one) => one.id).join()}#new`}>New scene with it</Button>}>
        A scene joins it with a track: the music moves its vectors, and goes through its snapshots.
      </Empty>
    )
  }
  return (
    <ul className="card usedin">
      {network.used_in.map((scene) => {
        const used = network.snapshots.filter((one) => one.used_in.some((other) => other.id === scene.id))
        return (
          <li key={scene.id} className="row goingrow">
            <span className="faint"><Icon name="scene" /></span>
            <a className="plain strong clip grow" href={address.scene(scene.id)}>{scene.name}</a>
            <span className="xs soft num clip">{used.length > 3 ? `${used.length} of its snapshots` : used.map((one) => snapshotTitle(one, network.name)).join(', ')}</span>
          </li>
        )
      })}
    </ul>
  )
}
