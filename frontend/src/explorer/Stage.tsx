/** The stage of the explorer: the picture in its well, another beside it to compare, and what is measured beneath. */
import { useEffect, useRef, useState } from 'react'
import { pictureSize } from '../lib/format'
import { useCommands, withKey } from '../lib/keys'
import { mayEdit } from '../lib/page'
import type { Scope } from '../lib/scope'
import { useStore } from '../lib/store'
import { useWidget } from '../lib/widget'
import { vectorTitle } from '../network/vectors'
import { Button, IconButton } from '../parts/Button'
import { Menu } from '../parts/Menu'
import { toast } from '../parts/toasts'
import { createStage } from '../preview/stage'
import { dragged, turned, zoomed } from './camera'
import { Compared } from './Compared'
import { openDrawing } from './draw'
import type { Hand, HandFigures } from './hand'
import { pathWords } from './path'
import { StageNote } from './StageNote'
import { snapshotOf, useExplored, useExplorer, useSnapshot, useStatus, type Explorer } from './use_explorer'
import { copyOnto } from './use_drawn'

const WIDTHS = [128, 256, 384, 512, 768, 1024]
const WIDTH_KEY = 'phosphene.explorer-width'
const FIGURES_EVERY_MS = 250
const WHEEL_RESTS_MS = 350

declare global {
  interface Window {
    /** How long the hand waits for its picture, for measuring from outside. */
    phosphene_hand?: () => HandFigures & { isWaiting: boolean }
  }
}

function tellFigures(scope: Scope, hand: Hand): void {
  window.phosphene_hand = () => ({ ...hand.figures(), isWaiting: hand.isWaiting })
  scope.add(() => delete window.phosphene_hand)
}

/** As wide as the network draws, but no wider than half a screen; patterns have no size of their own. */
function usualWidth(explorer: Explorer): number {
  const kept = Number(localStorage.getItem(WIDTH_KEY))
  if (WIDTHS.includes(kept)) return kept
  const snapshot = snapshotOf(explorer, explorer.desk.explored.get().snapshotId)
  return snapshot?.kind === 'cppn' ? 256 : Math.max(256, Math.min(512, snapshot?.resolution ?? 256))
}

export function Stage({ onPin, isSmall = false }: { onPin: () => void; isSmall?: boolean }) {
  const explorer = useExplorer()
  const { desk, hand, network } = explorer
  const snapshot = useSnapshot()
  const beside = useStore(desk.beside)
  const status = useStatus()
  const [width, setWidth] = useState(() => usualWidth(explorer))
  const [isFormer, setFormer] = useState(false)
  const box = useWidget<HTMLDivElement>((scope, parent) => {
    const stage = createStage(scope, parent)
    stage.canvas.setAttribute('aria-label', 'Picture')
    explorer.canvas.set(stage.canvas)
    scope.add(() => explorer.canvas.set(null))
    let told = desk.explored.get().snapshotId
    const session = openDrawing(scope, {
      networkId: network.id, snapshotIds: () => [(told = desk.explored.get().snapshotId)], parameters: desk.parameters, width, height: width,
      onBegin: () => hand.reset(),
      onPicture(picture) {
        stage.show(picture)
        parent.dataset.revision = String(picture.revision)
        parent.dataset.fine = String(picture.isFine)
        if (!desk.clock.isPlaying) hand.painted(picture.revision, performance.now())
      },
      onRefused: (_field, message) => toast(message, { kind: 'error' }),
      onNotice: (notice) => {
        if (notice.type === 'moved') hand.moved(notice.n, notice.revision)
      },
    }, desk.clock, `phosphene.explorer-preview.${network.id}`)
    stage.connect(session)
    explorer.session.set(session)
    scope.add(() => explorer.session.set(null))
    tellFigures(scope, hand)
    scope.add(desk.explored.subscribe(() => {
      const id = desk.explored.get().snapshotId
      if (id === told) return
      told = id
      session.say({ type: 'snapshots', snapshot_ids: [id] })
    }))
    scope.eachFrame(() => {
      hand.tick(performance.now())
      if (desk.clock.isPlaying && desk.clock.isAtEnd) desk.clock.pause()
    })
    scope.every(FIGURES_EVERY_MS, () => {
      const { count, ...rest } = hand.figures()
      if (count !== explorer.figures.get()?.count) explorer.figures.set({ count, ...rest })
    })
  }, [desk, hand, network.id])
  const session = useStore(explorer.session)
  useEffect(() => session?.setSize(width, width), [session, width])
  useCommands([
    { id: 'explorer.pin', title: 'Pin what is shown', group: 'Exploring', key: 'p', run: onPin, isOff: () => !mayEdit() },
    { id: 'explorer.compare', title: 'Compare two', group: 'Seeing', key: 'c', run: () => turnBeside(explorer) },
    { id: 'explorer.full', title: 'Full screen', group: 'Seeing', key: 'f', run: () => void box.current?.requestFullscreen() },
    { id: 'explorer.former', title: 'The picture before, while held', group: 'Seeing', key: 'h', run: () => setFormer(true) },
  ])
  useEffect(() => {
    const letGo = (): void => setFormer(false)
    window.addEventListener('keyup', letGo)
    window.addEventListener('blur', letGo)
    return () => {
      window.removeEventListener('keyup', letGo)
      window.removeEventListener('blur', letGo)
    }
  }, [])
  const isStill = status.state === 'away' || status.state === 'offline' || status.state === 'failed'
  return (
    <div className={`stage preview-stage explorer-stage${isStill ? ' still' : ''}`} data-region="stage">
      <div className={beside ? 'wells two' : 'wells'}>
        <div className="well-box">
          <div className={snapshot?.kind === 'stylegan3' ? 'picture-well movable' : 'picture-well'} ref={box} data-preview />
          {snapshot?.kind === 'stylegan3' && <PictureHands box={box} />}
          {isFormer && <Former />}
        </div>
        {beside && !isSmall && <Compared beside={beside} width={Math.min(512, width)} />}
      </div>
      <StageNote />
      <Words isFormer={isFormer} />
      <div className="stage-tools top row tight">
        {mayEdit() && <PinButton onPin={onPin} />}
        {!isSmall && <IconButton kind="plain" small icon="compare" on={beside !== null} label={withKey('Compare two', 'explorer.compare')} onClick={() => turnBeside(explorer)} />}
        {!isSmall && (
          <IconButton kind="plain" small icon="undo" label={withKey('Hold to see the picture before', 'explorer.former')} on={isFormer}
            onPointerDown={() => setFormer(true)} onPointerUp={() => setFormer(false)} onPointerLeave={() => setFormer(false)} />
        )}
        <IconButton kind="plain" small icon="grow" label={withKey('Full screen', 'explorer.full')} onClick={() => void box.current?.requestFullscreen()} />
      </div>
      {!isSmall && <div className="stage-tools"><Menu
        align="end" button={<button type="button" className="btn quiet small num"><span className="unseen">Size of the picture: </span>{pictureSize(width, width)}</button>}
        items={WIDTHS.map((one) => ({ id: String(one), label: pictureSize(one, one), on: one === width, act: () => {
          localStorage.setItem(WIDTH_KEY, String(one))
          setWidth(one)
        } }))}
      /></div>}
    </div>
  )
}

function PinButton({ onPin }: { onPin: () => void }) {
  const shown = useStore(useExplorer().desk.shown)
  return <Button kind="primary" small icon="pin" reason={shown === 'path' ? 'A pin keeps a recipe. Choose a pin or a seed first: a place between two pins is none.' : null} onClick={onPin}>Pin</Button>
}

function turnBeside({ desk, pins, snapshots }: Explorer): void {
  if (desk.beside.get()) return desk.beside.set(null)
  const other = snapshots.find((one) => one.id !== desk.explored.get().snapshotId)
  const pin = pins[0]
  if (pin) desk.beside.set({ kind: 'pin', id: pin.id })
  else if (other) desk.beside.set({ kind: 'snapshot', id: other.id })
  else toast('There is nothing to compare with yet: no pin and no other snapshot.')
}

/** How it looked before the last change. */
function Former() {
  const { former } = useExplorer()
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    if (canvas.current && former.width > 0) copyOnto(canvas.current, former, former.width, former.height)
  }, [former])
  return <div className="picture-well former" data-shown="true"><canvas ref={canvas} className="picture" role="img" aria-label="The picture before" /></div>
}

function Words({ isFormer }: { isFormer: boolean }) {
  const { desk, figures } = useExplorer()
  const { vector } = useExplored()
  const shown = useStore(desk.shown)
  const path = useStore(desk.path)
  const bpm = useStore(desk.bpm)
  const measured = useStore(figures)
  const words = shown === 'path' ? `Path${path.name ? ` “${path.name}”` : ''}, ${pathWords(path, bpm)}` : vectorTitle(vector)
  return (
    <div className="figures xxs num" data-words>
      <span>{isFormer ? 'The picture before' : words}</span>
      {measured && measured.lastMs !== null && shown === 'picture' && (
        <span data-hand title={`Half of the last ${measured.count} within ${Math.round(measured.p50Ms ?? 0)} ms, 95 of 100 within ${Math.round(measured.p95Ms ?? 0)} ms`}>
          {Math.round(measured.lastMs)} ms from hand to picture
        </span>
      )}
    </div>
  )
}

/** StyleGAN3 alone: drag moves what is seen, the wheel zooms, with Shift it turns. */
function PictureHands({ box }: { box: React.RefObject<HTMLDivElement | null> }) {
  const { desk } = useExplorer()
  const hands = useRef<HTMLDivElement>(null)
  const drag = useRef<{ x: number; y: number } | null>(null)
  useEffect(() => {
    const element = hands.current
    if (!element) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const turn = (event: WheelEvent): void => {
      event.preventDefault()
      const side = sideOf(box.current)
      const frame = element.getBoundingClientRect()
      const at = { x: (event.clientX - frame.left - frame.width / 2) / side, y: (event.clientY - frame.top - frame.height / 2) / side }
      const wheel = event.deltaY || event.deltaX
      desk.move((now) => ({ ...now, look: event.shiftKey ? turned(now.look, wheel / 20) : zoomed(now.look, Math.exp(-wheel / 600), at) }))
      clearTimeout(timer)
      timer = setTimeout(() => desk.set((now) => now, event.shiftKey ? 'Turn' : 'Zoom'), WHEEL_RESTS_MS)
    }
    element.addEventListener('wheel', turn, { passive: false })
    return () => element.removeEventListener('wheel', turn)
  }, [desk, box])
  const drop = (): void => {
    if (drag.current) desk.set((now) => now, 'Move the picture')
    drag.current = null
  }
  return (
    <div
      ref={hands} className="picture-hands" aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        drag.current = { x: event.clientX, y: event.clientY }
      }}
      onPointerMove={(event) => {
        if (!drag.current) return
        const side = sideOf(box.current)
        const [right, down] = [(event.clientX - drag.current.x) / side, (event.clientY - drag.current.y) / side]
        drag.current = { x: event.clientX, y: event.clientY }
        desk.move((now) => ({ ...now, look: dragged(now.look, right, down) }))
      }}
      onPointerUp={drop} onPointerCancel={drop}
    />
  )
}

/** How wide the picture stands in its well. */
function sideOf(box: HTMLElement | null): number {
  return Math.max(1, Math.min(box?.clientWidth ?? 1, box?.clientHeight ?? 1))
}
