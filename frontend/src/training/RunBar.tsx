/** How far a run is, and what one can ask of it. */
import { useState } from 'react'
import { duration, fileSize, percent } from '../lib/format'
import { mayEdit } from '../lib/page'
import { useCommands } from '../lib/keys'
import { Dot, Note } from '../parts/basics'
import { Button } from '../parts/Button'
import { Bar, SpokenProgress } from '../parts/Progress'
import { ServiceNote } from '../shell/ServiceNote'
import { ChangeSettings } from './ChangeSettings'
import { snapshotNow, wish } from './deeds'
import { Failure } from './Failure'
import type { FieldWords } from './fields'
import { LengthMenu } from './LengthMenu'
import type { Run } from './wire'
import { figure, isGoing, leftWords, longTime, moodOf, progressWords, rateWords, shareOf, standingWords } from './words'

export function RunBar({ run, words }: { run: Run; words: FieldWords }) {
  const share = shareOf(run)
  const going = isGoing(run)
  const left = leftWords(run)
  return (
    <section className="makingof runbar" aria-label="How far it is">
      <div className="row howstands">
        <div className="grow row wrap">
          <h2 className="num nowrap">{progressWords(run)}</h2>
          <span className="row tight soft nowrap" data-state={run.state}><Dot mood={moodOf(run)} />{standingWords(run)}</span>
          {run.state === 'training' && run.phase === 'training' && <span className="soft num nowrap">{rateWords(run.pictures_per_second)}</span>}
        </div>
        <span className="num strong nowrap">{left ?? (run.state === 'done' ? `Done in ${duration(run.seconds)}` : percent(share))}</span>
        <RunActs run={run} />
      </div>
      <Bar share={share} label={run.name} />
      <Footing run={run} />
      {run.state === 'failed' && <Failure run={run} words={words} />}
      {run.state !== 'failed' && run.state !== 'training' && run.sentence && <Note mood={run.state === 'yielding' ? 'info' : 'plain'}>{run.sentence}</Note>}
      {going && run.state === 'waiting' && <ServiceNote waits="The run waits and goes on by itself when one is." />}
      {run.warnings.map((one) => <Note key={one} mood="warn">{one}</Note>)}
      <SpokenProgress name={run.name} share={going ? share : null} />
    </section>
  )
}

function RunActs({ run }: { run: Run }) {
  const going = isGoing(run)
  const isEditor = mayEdit()
  const pausing = run.wanted !== 'run'
  const pause = (): void => wish(run, going && !pausing ? 'pause' : 'run')
  useCommands(isEditor && run.state !== 'done' ? [
    { id: 'run.pause', title: 'Pause or go on', group: 'Run', key: 'p', run: pause },
    { id: 'run.snapshot', title: 'Snapshot now', group: 'Run', key: 's', run: () => snapshotNow(run), isOff: () => !going },
  ] : [])
  if (!isEditor) return null
  if (!going) return <RestingActs run={run} />
  return (
    <div className="row tight runacts">
      <LengthMenu run={run} />
      <Button kind="line" small icon="camera" reason={run.state === 'training' ? null : 'A snapshot can be made while it trains.'} onClick={() => snapshotNow(run)}>Snapshot now</Button>
      {pausing
        ? <Button small icon="play" onClick={() => wish(run, 'run')}>Go on</Button>
        : <Button kind="line" small icon="pause" onClick={() => wish(run, 'pause')}>Pause</Button>}
      <Button kind="line" small icon="stop" reason={run.wanted === 'stop' ? 'It stops after this step.' : null} onClick={() => wish(run, 'stop')}>Stop</Button>
    </div>
  )
}

/** What can be asked of a run that does not train. */
function RestingActs({ run }: { run: Run }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <div className="row tight runacts">
      {run.state !== 'done' && <LengthMenu run={run} />}
      <Button small kind="line" onClick={() => setOpen(true)}>Change settings…</Button>
      {run.state === 'done' ? <LengthMenu run={run} act="Train on…" /> : <Button small kind="primary" icon="play" onClick={() => wish(run, 'run')}>Resume</Button>}
      {isOpen && <ChangeSettings run={run} onClose={() => setOpen(false)} />}
    </div>
  )
}

/** Where it runs and for how long it has, in small words. */
function Footing({ run }: { run: Run }) {
  // While it trains, the sentence says on what.
  const here = [run.service_name, run.state === 'training' && run.sentence ? run.sentence.replace(/\.$/, '') : run.device].filter(Boolean).join(' · ')
  const memory = run.tick?.memory_bytes ? fileSize(run.tick.memory_bytes) : ''
  const facts = [run.seconds > 0 && `${longTime(run.seconds)} of training`, run.p !== null && run.kimg > 0 && `p ${figure(run.p)}`, memory && `memory ${memory}`].filter(Boolean).join(' · ')
  return (
    <div className="row xs faint num footing">
      <span>{facts}{isGoing(run) && facts ? ' · ' : ''}{isGoing(run) && 'You can close this page; the run goes on.'}</span>
      <span className="end">{here}</span>
    </div>
  )
}
