import { address } from '../lib/page'
import { Dot } from '../parts/basics'
import { trainingQueries } from '../training/queries'
import type { Run } from '../training/wire'
import { isGoing, kimgWords, stateWords } from '../training/words'
import { useAsk } from '../wire/query'
import type { Network } from '../wire/types'
import { isPattern } from './kinds'

/** The newest run that made this network's snapshots; undefined where none did. */
export function useTrainedBy(network: Network): Run | undefined {
  return useAsk({ ...trainingQueries.ofNetwork(network.id), enabled: !isPattern(network) }).data?.runs[0]
}

/** "Training, kimg 5,210": leads to the run. */
export function TrainedBy({ run }: { run: Run }) {
  return (
    <a className={isGoing(run) ? 'tag info' : 'tag'} href={address.run(run.id)} aria-label={`The training “${run.name}”`}>
      {isGoing(run) && <Dot mood="busy" />}{isGoing(run) ? stateWords[run.state] : 'Trained here'}, kimg {kimgWords(run.kimg)}
    </a>
  )
}
