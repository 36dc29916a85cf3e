/** The path: pins in an order, the beats between them, and a loop that is played. */
import { useEffect, useRef, useState, type DragEvent, type KeyboardEvent } from 'react'
import { useCommands, withKey } from '../lib/keys'
import { useStore } from '../lib/store'
import { useWidget } from '../lib/widget'
import { isSameVector, vectorTitle } from '../network/vectors'
import { IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { Tip } from '../parts/Tooltip'
import { useEvents } from '../track/use_emitter'
import { carriesPin, droppedPin } from './pin_actions'
import { beatWords, INTERPOLATIONS, lengthWords, movedPoint, numberWords, pathWords, placeAt, secondsAt, withLength, withoutPoint, withPoint, type PathPoint } from './path'
import { PathActions, PathMenu } from './PathMenu'
import { useNamed, VectorPicture } from './PinPicture'
import { useExplored, useExplorer } from './use_explorer'
import { wander } from './wander'

export function PathBar() {
  const { desk } = useExplorer()
  const path = useStore(desk.path)
  const bpm = useStore(desk.bpm)
  useEvents(desk.clock.events, 'state')
  const isPlaying = desk.clock.isPlaying
  const toggle = (): void => (isPlaying ? desk.pause() : desk.play())
  useCommands([
    { id: 'explorer.play', title: 'Play the path', group: 'Playing', key: 'Space', run: toggle },
    { id: 'explorer.wander', title: 'Wander from here', group: 'Playing', key: 'w', run: () => wander(desk) },
  ])
  return (
    <section className="pathbar" aria-label="Path" data-region="path">
      <div className="row pathhead">
        <Tip text={path.waypoints.length < 2 ? 'A path needs two pins or more.' : withKey(isPlaying ? 'Pause' : 'Play the path', 'explorer.play')}>
          <button type="button" className="play small" aria-label={isPlaying ? 'Pause the path' : 'Play the path'} aria-disabled={path.waypoints.length < 2 || undefined} onClick={toggle}>
            <Icon name={isPlaying ? 'pause' : 'play'} />
          </button>
        </Tip>
        <PathMenu />
        <span className="xs faint num clip grow pathbeats">{path.waypoints.length < 2 ? pathWords(path, bpm) : `${beatWords(path)} at`}</span>
        <Tempo />
        <IconButton small kind="quiet" icon="loop" label={path.loop ? 'Plays round and round' : 'Plays to the end'} on={path.loop} onClick={() => desk.changePath((now) => ({ ...now, loop: !now.loop }), path.loop ? 'Path ends' : 'Path loops')} />
        <div className="group" role="group" aria-label="Between two pins">
          {INTERPOLATIONS.map(({ value, label, tip }) => (
            <Tip key={value} text={tip}><button type="button" className={path.interpolation === value ? 'btn small on' : 'btn small'} aria-pressed={path.interpolation === value} onClick={() => desk.changePath((now) => ({ ...now, interpolation: value }), label)}>{label}</button></Tip>
          ))}
        </div>
        <PathActions />
      </div>
      <Points />
    </section>
  )
}

function Tempo() {
  const { desk } = useExplorer()
  const bpm = useStore(desk.bpm)
  const [text, setText] = useState<string | null>(null)
  const keep = (): void => {
    const next = Number(text)
    if (text !== null && next >= 20 && next <= 400) desk.bpm.set(next)
    setText(null)
  }
  return (
    <label className="row tight xs faint tempo-field">
      <input className="field small num" aria-label="Beats a minute" inputMode="decimal" value={text ?? numberWords(bpm)} onFocus={(event) => event.target.select()} onChange={(event) => setText(event.target.value)}
        onBlur={keep} onKeyDown={(event) => event.key === 'Enter' && keep()} />
      bpm
    </label>
  )
}

function Points() {
  const { desk, pins } = useExplorer()
  const path = useStore(desk.path)
  const { vector } = useExplored()
  const [dragged, setDragged] = useState<number | null>(null)
  const [over, setOver] = useState<number | null>(null)
  const last = path.waypoints.length - 1
  const drop = (event: DragEvent, at: number): void => {
    event.preventDefault()
    setOver(null)
    const pin = droppedPin(event.dataTransfer, pins)
    if (pin) desk.changePath((now) => withPoint(now, { pin_id: pin.id, vector: pin.vector }, at), `Add “${pin.name}” to the path`)
    else if (dragged !== null) desk.changePath((now) => movedPoint(now, dragged, at > dragged ? at - 1 : at), 'Order of the path')
    setDragged(null)
  }
  const target = (at: number) => ({
    onDragOver: (event: DragEvent) => {
      if (dragged === null && !carriesPin(event.dataTransfer)) return
      event.preventDefault()
      setOver(at)
    },
    onDragLeave: () => setOver(null),
    onDrop: (event: DragEvent) => drop(event, at),
  })
  const addThis = (): void => desk.changePath((now) => withPoint(now, { pin_id: pins.find((pin) => isSameVector(pin.vector, vector))?.id ?? null, vector }), 'Add to the path')
  return (
    <div className="points" role="group" aria-label="Pins of the path">
      {path.waypoints.map((point, at) => (
        <div key={at} className={over === at ? 'pointpair droptarget' : 'pointpair'} {...target(at)}>
          <Point point={point} at={at} onDrag={setDragged} />
          {(at < last || path.loop) && path.waypoints.length > 1 && <Way point={point} at={at} />}
        </div>
      ))}
      <button type="button" className={over === last + 1 ? 'dropplace droptarget' : 'dropplace'} {...target(last + 1)} onClick={addThis}>
        <span className="xs">Drop a pin</span><span className="xxs faint">or click to add this<span className="unseen">: {vectorTitle(vector)}</span></span>
      </button>
    </div>
  )
}

function Point({ point, at, onDrag }: { point: PathPoint; at: number; onDrag: (at: number | null) => void }) {
  const { desk, pins } = useExplorer()
  const { vector } = useExplored()
  const named = useNamed(point.vector)
  const pin = pins.find((one) => one.id === point.pin_id) ?? named.pin
  const name = pin?.name ?? named.name
  const show = (): void => void desk.setVector(() => point.vector, name)
  const remove = (): void => desk.changePath((now) => withoutPoint(now, at), `Take “${name}” off the path`)
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Delete' || event.key === 'Backspace') remove()
    else if (event.altKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) desk.changePath((now) => movedPoint(now, at, at + (event.key === 'ArrowLeft' ? -1 : 1)), 'Order of the path')
    else return
    event.preventDefault()
  }
  return (
    <div className="point" data-point={at}>
      <button type="button" className={isSameVector(vector, point.vector) ? 'tile on' : 'tile'} draggable title={vectorTitle(point.vector)} aria-label={`${name}, place ${at + 1}. Alt with the arrows moves it, Delete takes it off.`}
        onClick={show} onKeyDown={press}
        onDragStart={(event) => {
          event.dataTransfer.effectAllowed = 'move'
          event.dataTransfer.setData('text/plain', name)
          onDrag(at)
        }}
        onDragEnd={() => onDrag(null)}>
        <VectorPicture vector={point.vector} pin={pin} />
      </button>
      <IconButton small className="off" icon="close" label={`Take “${name}” off the path`} onClick={remove} />
      <div className="xs clip">{name}</div>
    </div>
  )
}

/** From one pin to the next: how long, and where the clock is on it. A click goes there. */
function Way({ point, at }: { point: PathPoint; at: number }) {
  const { desk } = useExplorer()
  const [text, setText] = useState<string | null>(null)
  const line = useRef<HTMLDivElement>(null)
  const mark = useWidget<HTMLElement>((scope, element) => {
    scope.eachFrame(() => {
      const isShown = desk.shown.get() === 'path'
      const place = isShown ? placeAt(desk.path.get(), desk.clock.seconds, desk.bpm.get()) : null
      element.style.visibility = place?.at === at ? 'visible' : 'hidden'
      if (place?.at === at) element.style.left = `${place.share * 100}%`
    })
  }, [desk, at])
  useEffect(() => setText(null), [point.length])
  const keep = (): void => {
    const beats = Number((text ?? '').replace(',', '.').replace(/[^\d.].*$/, '')) * (/bar/.test(text ?? '') ? 4 : 1)
    if (beats > 0) desk.changePath((now) => withLength(now, at, beats), 'Length of the way')
    setText(null)
  }
  const seek = (clientX: number): void => {
    const box = line.current?.getBoundingClientRect()
    if (!box) return
    const share = Math.min(0.999, Math.max(0, (clientX - box.left) / box.width))
    desk.showPathAt(secondsAt(desk.path.get(), at, desk.bpm.get()) + (share * point.length * 60) / desk.bpm.get())
  }
  return (
    <div className="pathway">
      <input className="waylength xxs num" aria-label={`Beats from place ${at + 1} to the next`} value={text ?? lengthWords(point.length)} onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)} onBlur={() => text !== null && keep()}
        onKeyDown={(event) => {
          if (event.key === 'Enter') keep()
          if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
            event.preventDefault()
            desk.changePath((now) => withLength(now, at, point.length + (event.key === 'ArrowUp' ? 1 : -1)), 'Length of the way')
          }
        }} />
      <div ref={line} className="wayline" onClick={(event) => seek(event.clientX)}><i ref={mark} /></div>
    </div>
  )
}
