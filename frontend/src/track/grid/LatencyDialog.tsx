/** How late one hears and taps here: tap along with a click, and the median is kept in this browser. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { createScope } from '../../lib/scope'
import { useStore } from '../../lib/store'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { changeLatency, latency } from '../../widgets/latency'
import { calibrate, CALIBRATION_TAPS, type Calibration } from './calibration'
import { startClicks } from './calibration_clicks'

export function LatencyDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog title="How late do you hear and tap?" isOpen={isOpen} onClose={onClose} className="latency-dialog">
      <Body onClose={onClose} />
    </Dialog>
  )
}

function Body({ onClose }: { onClose: () => void }) {
  const { tapSeconds } = useStore(latency)
  const { count, found, tap, again } = useCalibration()
  const ms = found && Math.round(found.lateSeconds * 1000)
  const shown = ms === null ? '' : `${ms < 0 ? '−' : ''}${Math.abs(ms)} ms`
  return (
    <div className="col">
      <p className="soft">Clicks play twice in a second. Tap along with what you hear, on any key or on the button, {CALIBRATION_TAPS} times. Taps on tracks are then taken off by what is measured.</p>
      <button type="button" className="tap-pad" autoFocus onPointerDown={(event) => tap(event.timeStamp)}>
        {found ? `${shown}, ±${Math.max(1, Math.round(found.spreadSeconds * 1000))}` : `${Math.min(count, CALIBRATION_TAPS)} of ${CALIBRATION_TAPS}`}
      </button>
      <p className="xs faint" role="status">{found ? `Your taps come ${Math.abs(ms!)} ms ${ms! >= 0 ? 'after' : 'before'} the click.` : tapSeconds === null ? 'Nothing is measured yet in this browser.' : `${Math.round(tapSeconds * 1000)} ms are kept in this browser.`}</p>
      <div className="feet">
        <Button kind="quiet" onClick={onClose}>Leave</Button>
        {found && <Button onClick={again}>Once more</Button>}
        {!found && tapSeconds !== null && <Button onClick={() => changeLatency({ tapSeconds: null })}>Forget</Button>}
        <Button
          kind="primary" reason={found ? null : `Tap ${CALIBRATION_TAPS} times first`}
          onClick={() => {
            if (found) changeLatency({ tapSeconds: found.lateSeconds })
            onClose()
          }}
        >
          Keep {shown}
        </Button>
      </div>
    </div>
  )
}

/** Clicks while the dialog is open, and what the taps say of them. */
function useCalibration() {
  const taps = useRef<number[]>([])
  const clicks = useRef<() => number[]>(() => [])
  const [count, setCount] = useState(0)
  const [found, setFound] = useState<Calibration | null>(null)
  const tap = useCallback((timeStamp: number): void => {
    taps.current.push(timeStamp / 1000)
    setCount(taps.current.length)
    setFound(calibrate(taps.current, clicks.current()))
  }, [])
  const again = (): void => {
    taps.current = []
    setCount(0)
    setFound(null)
  }
  useEffect(() => {
    const scope = createScope()
    clicks.current = startClicks(scope)
    scope.listen(window, 'keydown', (event) => {
      if (event.repeat || ['Tab', 'Escape', 'Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return
      const isOther = event.target instanceof HTMLElement && event.target.matches('.feet button')
      if (isOther) return
      event.preventDefault()
      tap(event.timeStamp)
    }, { capture: true })
    return () => scope.close()
  }, [tap])
  return { count, found, tap, again }
}
