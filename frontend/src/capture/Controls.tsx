/** Counter and buttons: how far the burst is, and what can be done now. */
import { count, duration, plural, timeLeft } from '../lib/format'
import { useCommands } from '../lib/keys'
import { mayEdit } from '../lib/page'
import { Button } from '../parts/Button'
import { Bar, SpokenProgress } from '../parts/Progress'
import type { Session } from '../wire/types'
import { controlsOf, isLocked, STATE_WORDS, type Control } from './controls'
import type { BurstCount, DeviceStatus } from './messages'
import type { Commander, DeviceView } from './use_capture'
import { rateWords } from './words'

interface ControlsProps {
  view: DeviceView
  session: Session | null
  commander: Commander
  onStart: () => void
}

export function Controls({ view, session, commander, onStart }: ControlsProps) {
  const { status, isOnline } = view
  const press = (control: Control): void => void (control.name === 'start' ? onStart() : commander.send(control.name))
  const controls = mayEdit() && isOnline ? controlsOf(status?.state) : []
  const burst = counted(view, session?.count ?? null)
  useControlKeys(controls, press, commander.busy !== null)
  return (
    <div className="controls">
      <Counter burst={burst} />
      <Course status={status} burst={burst} session={session} isOnline={isOnline} />
      <div className="row buttons">
        {controls.map((control) => (
          <Button
            key={control.name}
            className="tall"
            kind={control.kind}
            icon={control.icon}
            reason={control.reason ?? (commander.busy !== null && commander.busy !== control.name ? 'Waits for the device.' : null)}
            busy={commander.busy === control.name}
            onClick={() => press(control)}
          >
            {control.label}
          </Button>
        ))}
      </div>
    </div>
  )
}

/** Of a burst that is over: what the studio has of it may be more than the line could tell. */
export function counted(view: Pick<DeviceView, 'status' | 'burst'>, arrived: number | null): BurstCount | null {
  const { status, burst } = view
  if (status === null) return null
  if (isLocked(status.state)) return { taken: status.taken, wanted: status.wanted }
  const taken = Math.max(burst?.taken ?? 0, arrived ?? 0)
  return taken === 0 ? { taken: 0, wanted: status.wished.number_of_photos } : { taken, wanted: Math.max(burst?.wanted ?? 0, taken) }
}

function Counter({ burst }: { burst: BurstCount | null }) {
  return (
    <div className="counter num" aria-label={burst ? `${count(burst.taken)} of ${plural(burst.wanted, 'shot')}` : 'No shots yet'}>
      {burst ? count(burst.taken) : '–'}<span className="of"> of {burst ? count(burst.wanted) : '–'}</span>
    </div>
  )
}

/** "2.1 shots/s · 1 min 30 s left · 20 November, evening". */
function Course({ status, burst, session, isOnline }: { status: DeviceStatus | null; burst: BurstCount | null; session: Session | null; isOnline: boolean }) {
  const share = burst && burst.wanted > 0 ? Math.min(1, burst.taken / burst.wanted) : 0
  return (
    <div className="course">
      <Bar share={share} label="Shots of this burst" />
      <div className="row xs soft num">
        {courseWords(status, isOnline).map((words) => <span key={words} className="nowrap">{words}</span>)}
        {session && <span className="faint clip">{[session.name, session.prompt && `“${session.prompt}”`].filter(Boolean).join(', ')}</span>}
      </div>
      <SpokenProgress name="Burst" share={status?.state === 'shooting' ? share : null} />
    </div>
  )
}

export function courseWords(status: DeviceStatus | null, isOnline = true): string[] {
  if (status === null) return ['Nothing is known yet']
  if (!isOnline) return [`When last heard from: ${STATE_WORDS[status.state].toLowerCase()}`]
  const { state, seconds_left: left } = status
  if (state === 'countdown') return [left === null ? 'Starts in a moment' : `Starts in ${duration(Math.ceil(left))}`]
  if (state !== 'shooting') return [STATE_WORDS[state]]
  return [rateWords(status.rate) || 'Measuring speed', left === null || status.taken < 2 ? '' : timeLeft(left)].filter(Boolean)
}

/** One command per key, whatever state the device is in. */
function useControlKeys(controls: readonly Control[], press: (control: Control) => void, isBusy: boolean): void {
  const run = (key: string) => (): void => {
    const control = controls.find((one) => one.key === key && !one.reason)
    if (control && !isBusy) press(control)
  }
  const isOff = (key: string) => (): boolean => isBusy || !controls.some((one) => one.key === key && !one.reason)
  useCommands([
    { id: 'capture.test', title: 'Test shot, or take it again', group: 'Capture', key: 't', run: run('t'), isOff: isOff('t') },
    { id: 'capture.accept', title: 'Accept the test shot', group: 'Capture', key: 'a', run: run('a'), isOff: isOff('a') },
    { id: 'capture.discard', title: 'Discard the test shot', group: 'Capture', key: 'Escape', run: run('Escape'), isOff: isOff('Escape') },
    { id: 'capture.start', title: 'Start', group: 'Capture', key: 's', run: run('s'), isOff: isOff('s') },
    { id: 'capture.pause', title: 'Pause, or go on', group: 'Capture', key: 'Space', run: run('Space'), isOff: isOff('Space') },
    { id: 'capture.stop', title: 'Stop', group: 'Capture', key: 'x', run: run('x'), isOff: isOff('x') },
  ])
}
