/** What was tapped: how many, the tempo it suggests, and taking it. Nothing is changed before. */
import { useState } from 'react'
import { keyCap } from '../../lib/keys'
import { useStore } from '../../lib/store'
import { Button, IconButton } from '../../parts/Button'
import { plural } from '../../lib/format'
import { latency } from '../../widgets/latency'
import type { Desk } from '../desk'
import type { GridActs } from './grid_acts'
import { LatencyDialog } from './LatencyDialog'
import { FEWEST_TAPS, fitWords } from './tap_fit'
import { rounderBpm } from './taps'

export function TapCard({ desk, acts }: { desk: Desk; acts: GridActs }) {
  const { taps, fit } = useStore(desk.gridTools.taps.state)
  const { tapSeconds } = useStore(latency)
  const [isMeasuring, setMeasuring] = useState(false)
  if (taps.length === 0 && !isMeasuring) return null
  const rounder = fit && rounderBpm(fit)
  const stood = taps.at(-1)?.isPlaying === false
  return (
    <div className="tap-card" role="status">
      <div className="row tight">
        <span className="grow num">{fit ? fitWords(fit) : `${plural(taps.length, 'tap')}, ${FEWEST_TAPS - taps.length} more at least`}</span>
        <IconButton small icon="close" label="Forget the taps" onClick={() => desk.gridTools.taps.forget()} />
      </div>
      {fit && (
        <div className="row tight">
          <Button small kind="line" onClick={() => acts.useTaps()}>Use {fit.bpm.toFixed(2)}</Button>
          {rounder !== null && <Button small onClick={() => acts.useTaps(rounder)}>Use {rounder.toFixed(Number.isInteger(rounder) ? 0 : 2)}</Button>}
          <span className="kbd">{keyCap('Shift+b')}</span>
        </div>
      )}
      <div className="xs faint">
        {stood ? 'The track stands still: only the tempo is taken, not the place of the beats.'
          : tapSeconds === null ? 'How late this browser hears and taps is not known yet.' : `Latency of ${Math.round(tapSeconds * 1000)} ms taken off.`}
        {' '}<button type="button" className="link" onClick={() => setMeasuring(true)}>Measure the latency…</button>
      </div>
      <LatencyDialog isOpen={isMeasuring} onClose={() => setMeasuring(false)} />
    </div>
  )
}
