/** What the detector found anew in a part of the track: looked at, then taken or left. */
import { clock } from '../../lib/format'
import { withKey } from '../../lib/keys'
import { useStore } from '../../lib/store'
import { Button, IconButton } from '../../parts/Button'
import { Bar } from '../../parts/Progress'
import type { Desk } from '../desk'
import type { GridActs } from './grid_acts'
import { foundWords } from './grid_words'

export function ProposalCard({ desk, acts }: { desk: Desk; acts: GridActs }) {
  const proposal = useStore(desk.gridTools.proposal)
  if (!proposal) return null
  const { share, found, reason, from, to } = proposal
  const words = share !== null ? `Listening to ${clock(from, 1)} – ${clock(to, 1)}` : reason || foundWords(found, proposal)
  return (
    <div className="tap-card" role="status">
      <div className="row tight">
        <span className="grow num">{words}</span>
        <IconButton small icon="close" label={withKey('Leave the grid as it is', 'grid.leave')} onClick={acts.leaveProposal} />
      </div>
      {share !== null && <Bar share={share} label="Finding beats" />}
      {found.length > 0 && (
        <div className="row tight">
          <Button small kind="line" onClick={acts.takeProposal}>Take these beats</Button>
          <Button small kind="quiet" onClick={acts.leaveProposal}>Leave</Button>
          <span className="xs faint">They are drawn dashed on the bars.</span>
        </div>
      )}
    </div>
  )
}
