/** The right side: through which snapshot, how it is looked at, and everything that can be added to a vector. */
import { useStore } from '../lib/store'
import { undoRegistry } from '../lib/undo'
import { Select } from '../parts/basics'
import { IconButton } from '../parts/Button'
import { Menu } from '../parts/Menu'
import { toastFault } from '../parts/toasts'
import { DirectionKnobs } from './DirectionKnobs'
import { TermKnobs, TweakKnobs } from './HandKnobs'
import { LookKnobs, PositionKnobs } from './LookKnobs'
import { MixKnobs } from './MixKnobs'
import { copyRecipe, pasteRecipe } from './clipboard'
import { plainOf } from './recipe'
import { plainLook } from '../network/vectors'
import { useExplored, useExplorer, useSnapshot } from './use_explorer'

export function Inspector() {
  const snapshot = useSnapshot()
  return (
    <aside className="panel right inspector explorer-inspector" data-region="inspector" aria-label="Vector">
      <Head />
      <div className="scrolling">
        <LookKnobs />
        <DirectionKnobs />
        <MixKnobs />
        {snapshot?.kind === 'stylegan3' && <PositionKnobs />}
        <TweakKnobs />
        <TermKnobs />
      </div>
    </aside>
  )
}

function Head() {
  const { desk, snapshots } = useExplorer()
  const explored = useExplored()
  const undo = useStore(undoRegistry.state)
  const step = (act: 'undo' | 'redo') => () => void undoRegistry[act]().catch((fault: unknown) => toastFault(fault))
  return (
    <div className="head">
      <Select aria-label="Snapshot" value={snapshots.some((one) => one.id === explored.snapshotId) ? explored.snapshotId : (snapshots.at(-1)?.id ?? '')} choices={snapshots.map((one) => ({ value: one.id, label: one.name }))}
        onChange={(snapshotId) => desk.set((now) => ({ ...now, snapshotId }), 'Another snapshot')} />
      <span className="end">
        <IconButton small icon="undo" label={undo.undoTitle ? `Undo: ${undo.undoTitle}` : 'Undo'} reason={undo.undoTitle ? null : 'Nothing to undo yet'} onClick={step('undo')} />
        <IconButton small icon="redo" label={undo.redoTitle ? `Do again: ${undo.redoTitle}` : 'Redo'} reason={undo.redoTitle ? null : 'Nothing to do again'} onClick={step('redo')} />
        <Menu align="end" button={<IconButton small icon="more" label="More about this vector" />} items={[
          { id: 'copy', label: 'Copy the recipe', icon: 'copy', keys: 'Ctrl C', act: () => void copyRecipe(explored) },
          { id: 'paste', label: 'Paste a recipe', icon: 'edit', keys: 'Ctrl V', act: () => void pasteRecipe(desk) },
          { id: 'plain', label: 'The seed alone', icon: 'undo', line: true, act: () => desk.set((now) => ({ ...now, vector: plainOf(now.vector, now.vector.seed), look: plainLook, resting: [] }), 'The seed alone') },
        ]} />
      </span>
    </div>
  )
}
