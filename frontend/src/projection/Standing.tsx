/** How far a projection is, and what one can ask of it. */
import { duration, percent } from '../lib/format'
import { useCommands } from '../lib/keys'
import { mayEdit } from '../lib/page'
import { Dot, Note } from '../parts/basics'
import { Button } from '../parts/Button'
import { Bar, SpokenProgress } from '../parts/Progress'
import { ServiceNote } from '../shell/ServiceNote'
import { wish } from './deeds'
import type { Projection } from './wire'
import { isGoing, leftWords, moodOf, paceWords, progressWords, shareOf, standingWords } from './words'

export function Standing({ one }: { one: Projection }) {
  const going = isGoing(one)
  const share = shareOf(one)
  const ended = one.state === 'done' && one.seconds > 0 ? `Done in ${duration(one.seconds)}` : percent(share)
  const isDanger = one.state === 'failed'
  return (
    <section className="makingof runbar" aria-label="How far it is">
      <div className="row howstands">
        <div className="grow row wrap">
          <h2 className="num nowrap">{progressWords(one)}</h2>
          <span className="row tight soft nowrap" data-state={one.state}><Dot mood={moodOf(one)} />{standingWords(one)}</span>
          {one.state === 'projecting' && one.tick && <span className="soft num nowrap">step {one.tick.step}</span>}
        </div>
        <span className="num strong nowrap">{leftWords(one) ?? ended}</span>
        <Acts one={one} />
      </div>
      <Bar share={one.state === 'checking' ? null : share} label={one.name} />
      <Footing one={one} />
      {one.sentence && (isDanger || one.state !== 'projecting') && <Note mood={isDanger ? 'danger' : 'plain'}>{one.sentence}</Note>}
      {one.state === 'waiting' && <ServiceNote waits="The projection waits and goes on by itself when one is." />}
      {one.warnings.map((warning) => <Note key={warning} mood="warn">{warning}</Note>)}
      <SpokenProgress name={one.name} share={going ? share : null} />
    </section>
  )
}

function Acts({ one }: { one: Projection }) {
  const going = isGoing(one)
  const isSearch = !one.is_imported && one.state !== 'done' && mayEdit()
  const pausing = one.wanted !== 'run'
  useCommands(isSearch ? [{ id: 'projection.pause', title: 'Pause or go on', group: 'Projection', key: 'p', run: () => wish(one, going && !pausing ? 'pause' : 'run') }] : [])
  if (!isSearch) return null
  if (!going) {
    return (
      <div className="row tight runacts">
        <Button small kind="primary" icon="play" onClick={() => wish(one, 'run')}>Resume</Button>
        {one.state !== 'stopped' && <Button kind="line" small icon="stop" onClick={() => wish(one, 'stop')}>Stop</Button>}
      </div>
    )
  }
  return (
    <div className="row tight runacts">
      {pausing
        ? <Button small icon="play" onClick={() => wish(one, 'run')}>Go on</Button>
        : <Button kind="line" small icon="pause" onClick={() => wish(one, 'pause')}>Pause</Button>}
      <Button kind="line" small icon="stop" reason={one.wanted === 'stop' ? 'It stops after the frames in hand.' : null} onClick={() => wish(one, 'stop')}>Stop</Button>
    </div>
  )
}

/** Where it runs and for how long it has, in small words. */
function Footing({ one }: { one: Projection }) {
  const facts = [one.seconds > 0 && `${duration(one.seconds)} of search`, paceWords(one), isGoing(one) && !one.is_imported && 'You can close this page; it goes on.'].filter(Boolean).join(' · ')
  return (
    <div className="row xs faint num footing">
      <span>{facts}</span>
      <span className="end">{[one.service_name, one.device].filter(Boolean).join(' · ')}</span>
    </div>
  )
}
