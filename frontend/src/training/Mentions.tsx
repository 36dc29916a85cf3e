/** Where trainings are mentioned: at the version that they were made from, at the network that they made or began with. */
import { address } from '../lib/page'
import { Icon } from '../parts/Icon'
import { useAsk } from '../wire/query'
import { trainingQueries } from './queries'
import { kimgWords, stateWords } from './words'
import type { RunMention } from './wire'

/** The runs of a version, as a row of its facts; nothing while there are none. */
export function TrainedRow({ version }: { version: string }) {
  const runs = useAsk(trainingQueries.ofVersion(version)).data?.items ?? []
  if (runs.length === 0) return null
  return (
    <>
      <dt>Trained</dt>
      <dd>{runs.map((run, at) => <span key={run.id}>{at > 0 && ', '}<a href={address.run(run.id)}>{run.name}</a></span>)}</dd>
    </>
  )
}

/** The runs that made a network's snapshots and those that began with one; nothing while there are none. */
export function NetworkRuns({ network }: { network: string }) {
  const { data } = useAsk(trainingQueries.ofNetwork(network))
  if (!data || data.runs.length + data.started.length === 0) return null
  return (
    <ul className="card usedin" aria-label="Trainings">
      {data.runs.map((run) => <Line key={run.id} run={run} about={`Trained it, kimg ${kimgWords(run.kimg)}`} />)}
      {data.started.map((run) => <Line key={run.id} run={run} about={`Began with it, ${stateWords[run.state].toLowerCase()}`} />)}
    </ul>
  )
}

function Line({ run, about }: { run: Pick<RunMention, 'id' | 'name'>; about: string }) {
  return (
    <li className="row goingrow">
      <span className="faint"><Icon name="training" /></span>
      <a className="plain strong clip grow" href={address.run(run.id)}>{run.name}</a>
      <span className="xs soft num clip">{about}</span>
    </li>
  )
}
