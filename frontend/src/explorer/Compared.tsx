/** The picture beside: a pin, or the same vector through another snapshot. */
import { Select } from '../parts/basics'
import { IconButton } from '../parts/Button'
import type { Beside } from './desk'
import { useExplored, useExplorer } from './use_explorer'
import { useDrawn } from './use_drawn'

export function Compared({ beside, width }: { beside: Beside; width: number }) {
  const { desk, network, pins, snapshots } = useExplorer()
  const explored = useExplored()
  const pin = beside.kind === 'pin' ? pins.find((one) => one.id === beside.id) : undefined
  const isThere = beside.kind === 'snapshot' ? snapshots.some((one) => one.id === beside.id) : pin !== undefined
  const shown = pin ? { snapshotId: pin.snapshot_id, vector: pin.vector, look: pin.look } : { ...explored, snapshotId: beside.id }
  const drawn = useDrawn(isThere ? {
    networkId: network.id, snapshotIds: [shown.snapshotId], width, height: width, isFine: true, parameters: { mode: 'picture', vector: shown.vector, look: shown.look },
  } : null)
  const choices = [
    ...snapshots.filter((one) => one.id !== explored.snapshotId).map((one) => ({ value: `snapshot ${one.id}`, label: `This through ${one.name}` })),
    ...pins.map((one) => ({ value: `pin ${one.id}`, label: one.name })),
  ]
  const choose = (value: string): void => {
    const [kind, id = ''] = value.split(' ')
    desk.beside.set({ kind: kind as Beside['kind'], id })
  }
  return (
    <div className={drawn.isFresh ? 'well-box' : 'well-box stale'} data-compared data-fresh={drawn.isFresh}>
      <div className="picture-well" data-shown={drawn.isShown ? 'true' : undefined}><canvas ref={drawn.canvas} className="picture" role="img" aria-label="The picture beside" /></div>
      <div className="row compared-bar">
        <Select small aria-label="Compare with" value={`${beside.kind} ${beside.id}`} choices={isThere ? choices : [{ value: `${beside.kind} ${beside.id}`, label: 'Choose' }, ...choices]} onChange={choose} />
        {pin && <IconButton small icon="eye" label={`Explore “${pin.name}”`} onClick={() => desk.set((now) => ({ ...now, vector: pin.vector, look: pin.look }), `Pin “${pin.name}”`)} />}
        <IconButton small icon="close" label="Stop comparing" onClick={() => desk.beside.set(null)} />
      </div>
      {drawn.sentence && <p className="xs soft">{drawn.sentence}</p>}
    </div>
  )
}
