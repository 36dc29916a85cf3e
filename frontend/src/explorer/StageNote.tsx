/** What keeps the picture from coming, and what to do about it. Nothing while it comes. */
import { useStore } from '../lib/store'
import { Button } from '../parts/Button'
import { Icon, type IconName } from '../parts/Icon'
import { Bar } from '../parts/Progress'
import type { PreviewSession, PreviewStatus } from '../preview/session'
import { useServices } from '../shell/live'
import { useExplorer, useStatus } from './use_explorer'

interface Card {
  title: string
  words: string
  icon: IconName
  mood: string
  again?: boolean
}

export function StageNote() {
  const session = useStore(useExplorer().session)
  return <PictureNote status={useStatus()} session={session} kept={AWAY_WORDS} />
}

interface NoteProps {
  status: PreviewStatus
  session: PreviewSession | null
  /** What still works while the render service is away. */
  kept: string
}

export function PictureNote({ status, session, kept }: NoteProps) {
  const isStarting = useServices()?.state === 'starting'
  if (status.state === 'preparing' && status.notice) return <Preparing status={status} />
  const card = CARDS[status.state]?.(status.sentence, kept)
  if (!card) return null
  return (
    <>
      <div className="stage-scrim" />
      <div className="stage-card" role="status">
        <span className={card.mood}><Icon name={card.icon} size="big" /></span>
        <h2>{card.title}</h2>
        <div className="soft">{status.state === 'waiting' && isStarting ? STARTING_WORDS : card.words}</div>
        {card.again && <div className="row"><Button icon="again" onClick={() => (status.state === 'failed' ? session?.takeOver() : session?.tryNow())}>Try again</Button></div>}
      </div>
    </>
  )
}

const CARDS: Partial<Record<PreviewStatus['state'], (sentence: string, kept: string) => Card>> = {
  away: (sentence, kept) => ({ title: sentence.split('. ')[0]?.replace(/\.$/, '') || 'The render service went away', words: kept, icon: 'away', mood: 'warn' }),
  waiting: (sentence) => ({ title: 'The picture waits', words: sentence || 'It begins by itself when a render service has room.', icon: 'machine', mood: 'faint' }),
  failed: (sentence) => ({ title: 'The picture stopped', words: sentence || 'The render service gave no reason.', icon: 'alert', mood: 'danger', again: true }),
  offline: () => ({ title: 'No connection to the studio', words: 'Sliders still move; the picture follows when the line is back.', icon: 'wifi', mood: 'warn', again: true }),
  refused: (sentence) => ({ title: 'No picture', words: sentence, icon: 'lock', mood: 'faint' }),
}

const AWAY_WORDS = 'This is the last picture it sent. Pins, paths and every slider still work; the picture follows when the service is back.'
const STARTING_WORDS = 'The render service is starting. The picture begins by itself when it is attached.'

function Preparing({ status: { notice, sentence } }: { status: PreviewStatus }) {
  const share = notice?.progress ?? null
  return (
    <div className="stage-foot col xs" role="status">
      <div className="row"><span className="grow">{notice?.stage ? `Preparing: ${notice.stage}` : sentence || 'Preparing the picture'}</span>{share !== null && <span className="num soft">{Math.round(share * 100)} %</span>}</div>
      <Bar share={share} label="Preparing the picture" />
    </div>
  )
}
