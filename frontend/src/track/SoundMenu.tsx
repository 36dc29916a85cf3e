/** What one hears, in one popover: volume, pitch, the parts of the track alone, and how late the sound is heard here. */
import { useState } from 'react'
import { useStore } from '../lib/store'
import { Switch } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { Popover } from '../parts/Menu'
import { changeLatency, latency } from '../widgets/latency'
import type { Desk } from './desk'
import { LatencyDialog } from './grid/LatencyDialog'
import { PartLevels } from './PartLevels'
import { useEvents } from './use_emitter'

const MOST_MS = 500

export function SoundMenu({ desk }: { desk: Desk }) {
  const { player } = desk
  useEvents(player.events, 'state')
  const [isMeasuring, setMeasuring] = useState(false)
  const volume = player.audio.muted ? 0 : player.audio.volume
  return (
    <>
      <Popover label="Sound" button={<button type="button" className="btn icon quiet" aria-label={`Volume, ${Math.round(volume * 100)} %`}><Icon name={volume ? 'volume' : 'mute'} /></button>}>
        <div className="sect sound-panel">
          <div className="row">
            <IconButton small icon={volume ? 'volume' : 'mute'} label={volume ? 'Mute' : 'Sound on'} onClick={() => player.setVolume(volume ? 0 : 1)} />
            <input
              type="range" className="range grow" aria-label="Volume" min={0} max={1} step={0.01} value={volume}
              style={{ '--v': volume } as React.CSSProperties} onChange={(event) => player.setVolume(Number(event.target.value))}
            />
            <span className="value">{Math.round(volume * 100)} %</span>
          </div>
          <div className="row">
            <span className="grow">Keep the pitch at other rates</span>
            <Switch label="Keep the pitch at other rates" isOn={player.keepsPitch} onChange={(keeps) => player.setKeepsPitch(keeps)} />
          </div>
          <LatencyRow onMeasure={() => setMeasuring(true)} />
          <PartLevels desk={desk} />
        </div>
      </Popover>
      <LatencyDialog isOpen={isMeasuring} onClose={() => setMeasuring(false)} />
    </>
  )
}

/** The playhead is drawn so much later: for loudspeakers whose delay the browser does not know. */
function LatencyRow({ onMeasure }: { onMeasure: () => void }) {
  const { outputSeconds, tapSeconds } = useStore(latency)
  return (
    <div className="col">
      <label className="row">
        <span className="grow">Heard later by</span>
        <input
          className="field small latency-field" type="number" min={-MOST_MS} max={MOST_MS} step={5} aria-label="Output latency, milliseconds"
          value={Math.round(outputSeconds * 1000)} onChange={(event) => changeLatency({ outputSeconds: (Number(event.target.value) || 0) / 1000 })}
        />
        <span className="faint xs">ms</span>
      </label>
      <div className="row xs faint">
        <span className="grow">{tapSeconds === null ? 'Taps are not measured in this browser.' : `Taps come ${Math.round(tapSeconds * 1000)} ms late here.`}</span>
        <Button small kind="quiet" onClick={onMeasure}>Measure…</Button>
      </div>
    </div>
  )
}
