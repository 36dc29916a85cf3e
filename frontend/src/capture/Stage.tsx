/** The stage: what the camera sees, with thirds and the newest face, and what goes wrong with the pictures. */
import { useEffect, useState, type RefObject } from 'react'
import { plural } from '../lib/format'
import { Button, IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { Dot } from '../parts/basics'
import type { CaptureDevice } from '../wire/types'
import { faceBoxOf, type Arrival } from './arrivals'
import type { DeviceView } from './use_capture'
import type { ShotWarning } from './warnings'
import { awayWords } from './words'

/** A face found so long ago says nothing of where it is now. */
const FRESH_FACE_MS = 8000
const MOST_WARNINGS = 2

interface StageProps {
  device: CaptureDevice
  view: DeviceView
  box: RefObject<HTMLDivElement | null>
  arrivals: readonly Arrival[]
  warnings: readonly ShotWarning[]
  now: Date
}

export function Stage({ device, view, box, arrivals, warnings, now }: StageProps) {
  const isTesting = view.status?.state === 'testing'
  const isStill = !view.isOnline || view.line.state === 'offline'
  return (
    <div className={`stage live-stage${isStill ? ' still' : ''}`} data-region="stage">
      <div className="live-well">
        <div className="live-picture" ref={box}>
          {[1, 2].map((third) => <i key={`v${third}`} className="third upright" style={{ left: `${(third * 100) / 3}%` }} />)}
          {[1, 2].map((third) => <i key={`h${third}`} className="third level" style={{ top: `${(third * 100) / 3}%` }} />)}
          {view.status?.state === 'shooting' && <Face arrivals={arrivals} isWarned={warnings.some((one) => one.kind === 'focus')} now={now} />}
        </div>
      </div>
      <StageCard device={device} view={view} now={now} />
      <LivePill view={view} />
      {isTesting && view.testShot && <TestFigures view={view} />}
      <Warnings view={view} warnings={warnings} />
    </div>
  )
}

function Face({ arrivals, isWarned, now }: { arrivals: readonly Arrival[]; isWarned: boolean; now: Date }) {
  const newest = arrivals.findLast((one) => one.portrait?.face_px)
  const face = newest && now.getTime() - new Date(newest.takenAt).getTime() < FRESH_FACE_MS ? faceBoxOf(newest.portrait) : null
  if (!face) return null
  const style = { left: `${face.left}%`, top: `${face.top}%`, width: `${face.width}%`, height: `${face.height}%` }
  return <span className={isWarned ? 'facebox warned' : 'facebox'} style={style} title="The face of the newest scored shot" />
}

function LivePill({ view }: { view: DeviceView }) {
  const [rate, setRate] = useState(0)
  const { session, isLiveOn, isOnline } = view
  useEffect(() => {
    const timer = setInterval(() => setRate(session?.liveRate() ?? 0), 500)
    return () => clearInterval(timer)
  }, [session])
  if (!isOnline) return null
  const words = view.status?.state === 'testing' ? 'Test shot, not kept' : !isLiveOn ? 'Live view off' : rate >= 1 ? `Live, ${Math.round(rate)} pictures/s` : rate > 0 ? 'Live, slowly' : 'Waiting for a picture'
  return (
    <div className="live-pill row tight">
      <span className="pill"><Dot mood={isLiveOn && rate > 0 ? 'danger' : 'off'} /><span className="num">{words}</span></span>
      <IconButton small kind="plain" icon="eye" label={isLiveOn ? 'Switch the live view off' : 'Switch the live view on'} on={isLiveOn} onClick={() => session?.setLive(!isLiveOn)} />
    </div>
  )
}

function TestFigures({ view }: { view: DeviceView }) {
  const measures = view.testShot?.measures
  if (!measures) return null
  const faces = measures.faces === null ? [] : [measures.faces === 0 ? 'no face found' : plural(measures.faces, 'face')]
  const facts = [`sharpness ${Math.round(measures.sharpness)}`, `brightness ${Math.round(measures.brightness)}`, `${Math.round(measures.clipped)} % clipped`, ...faces]
  return <div className="test-figures num" role="status">{facts.join(' · ')}</div>
}

/** What keeps the picture from being live, and what goes on all the same. */
function StageCard({ device, view, now }: { device: CaptureDevice; view: DeviceView; now: Date }) {
  if (view.line.state === 'offline' || view.line.state === 'refused') {
    return <Card icon="wifi" title="No connection" words={view.line.sentence} />
  }
  if (view.isOnline) return null
  if (device.state === 'new') {
    return <Card icon="camera" title={`“${device.name}” has not connected yet`} words="Start “phosphene-capture run” on it. It dials this studio by itself." />
  }
  return <Card icon="away" title={`“${device.name}” is off`} words={`${awayWords({ ...device, state: 'away', status: view.status ?? {} }, now)} It keeps every shot until the studio has confirmed it.`} />
}

function Card({ icon, title, words }: { icon: 'wifi' | 'camera' | 'away'; title: string; words: string }) {
  return (
    <>
      <div className="stage-scrim" />
      <div className="stage-card" role="status">
        <span className="soft"><Icon name={icon} size="big" /></span>
        <h2>{title}</h2>
        <div className="soft">{words}</div>
      </div>
    </>
  )
}

/** At most two at once; the device's own words (a full card, a lost camera) before what the pictures tell. */
function Warnings({ view, warnings }: { view: DeviceView; warnings: readonly ShotWarning[] }) {
  const own = (view.status?.warnings ?? []).map((one) => ({ key: one.kind + one.sentence, title: one.sentence, text: '' }))
  const told = warnings.map((one) => ({ key: one.kind, title: one.title, text: one.text }))
  const all = view.isOnline ? [...own, ...told] : []
  return (
    <div className="live-warnings" role="status" aria-live="polite">
      {all.slice(0, MOST_WARNINGS).map((one) => (
        <div className="note warn" key={one.key}>
          <Icon name="warning" />
          <div><b className="bold">{one.title}</b>{one.text && <><br />{one.text}</>}</div>
        </div>
      ))}
      {all.length > MOST_WARNINGS && <div className="xs soft">and {plural(all.length - MOST_WARNINGS, 'more warning')}</div>}
    </div>
  )
}

/** Under the stage on a phone, where the buttons of a test shot need room. */
export function RefusedNote({ sentence, onClose }: { sentence: string; onClose: () => void }) {
  return (
    <div className="note danger" role="alert">
      <Icon name="alert" />
      <div className="grow">{sentence}</div>
      <Button small kind="quiet" onClick={onClose}>Close</Button>
    </div>
  )
}
