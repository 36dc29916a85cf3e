/** Loupe: one portrait large, or two beside each other, over the grid. */
import { count } from '../lib/format'
import { mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { useWidget } from '../lib/widget'
import { withKey } from '../lib/keys'
import { Button } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { Switch } from '../parts/basics'
import type { Desk } from './desk'
import { createFilmstrip } from './filmstrip'
import { LoupePanel } from './LoupePanel'
import { active, beginCompare, decideHere, fitted, keepRight, leftOf, pinned, toggleZoom, zoom } from './loupe_state'
import { createPane } from './pane'
import { createPictures } from './pictures'
import { hasFaceBox, isAdvancing } from './use_library'
import { measure, momentOf } from './words'
import type { Portrait } from './wire'

/** How many are fetched ahead, and behind. */
const AHEAD = 5
const BEHIND = 2

export function Loupe({ desk }: { desk: Desk }) {
  const { view } = useStore(desk.place)
  const source = useStore(desk.source)
  const cursor = useStore(desk.cursor)
  useStore(desk.changes)
  const here = desk.current()
  const total = source?.index.count ?? 0
  return (
    <div className="loupe" data-region="stage">
      <div className="loupe-main">
        <LoupeBar desk={desk} here={here} words={`${count(cursor + 1)} of ${count(total)}${here ? ` · ${momentOf(here.taken_at)}` : ''}`} isTwo={view === 'compare'} />
        <Panes key={view} desk={desk} isTwo={view === 'compare'} />
        <div className="loupe-foot">
          <Strip desk={desk} />
          <div className="row loupe-keys not-phone">
            {[['P', 'Pick'], ['X', 'Reject'], ['U', 'Undecided'], ['0–5', 'Stars'], ['Z', '100 %'], ['C', 'Compare'], ['G', 'Grid']].map(([key, word]) => (
              <span key={key} className="row tight"><span className="kbd">{key}</span><span className="xs faint">{word}</span></span>
            ))}
            <Advance />
          </div>
        </div>
      </div>
      <LoupePanel desk={desk} portrait={view === 'compare' && active.get() === 0 ? (leftOf(desk) ?? undefined) : here} />
    </div>
  )
}

function Advance() {
  const isOn = useStore(isAdvancing)
  if (!mayEdit()) return null
  return <span className="end row xs soft nowrap">Next one after a decision <Switch label="Next one after a decision" isOn={isOn} onChange={(on) => isAdvancing.set(on)} /></span>
}

function LoupeBar({ desk, here, words, isTwo }: { desk: Desk; here: Portrait | undefined; words: string; isTwo: boolean }) {
  const { isFull } = useStore(zoom)
  const hasBox = useStore(hasFaceBox)
  return (
    <div className="row loupe-bar">
      <Button small kind="quiet" icon="grid" title={withKey('Grid', 'library.grid')} onClick={() => desk.open('grid')}>Grid</Button>
      <span className="faint xs num clip">{words}</span>
      <div className="row end tight">
        <Button small kind="quiet" on={!isFull} onClick={() => zoom.set(fitted)}>Fit</Button>
        <Button small kind="quiet" on={isFull} title={withKey('100 %', 'library.zoom')} onClick={() => !isFull && toggleZoom(here)}>100 %</Button>
        <Button small kind="quiet" icon="face" on={hasBox} title={withKey('Face box', 'library.face')} onClick={() => hasFaceBox.set(!hasBox)}><span className="not-phone">Face box</span></Button>
        <Button small kind="quiet" icon="compare" className="not-phone" on={isTwo} title={withKey('Compare', 'library.compare')} onClick={() => (isTwo ? desk.open('loupe') : beginCompare(desk))}>Compare</Button>
      </div>
    </div>
  )
}

function Strip({ desk }: { desk: Desk }) {
  const box = useWidget<HTMLDivElement>((scope, parent) => createFilmstrip(scope, parent, desk, (rank) => desk.moveTo(rank)), [desk])
  return <div ref={box} className="strip-box" />
}

function Panes({ desk, isTwo }: { desk: Desk; isTwo: boolean }) {
  const box = useWidget<HTMLDivElement>((scope, parent) => {
    const pictures = createPictures(scope)
    const shared = { pictures, zoom, hasFaceBox }
    const swipe = (direction: 1 | -1): void => {
      if (mayEdit()) decideHere(desk, { verdict: direction })
      else desk.moveTo(desk.cursor.get() - direction)
    }
    const left = isTwo ? createPane(scope, parent, { ...shared, onPress: () => active.set(0) }) : null
    const right = createPane(scope, parent, { ...shared, onSwipe: swipe, onPress: () => active.set(1) })
    const show = (): void => {
      const [source, cursor] = [desk.source.get(), desk.cursor.get()]
      left?.show(leftOf(desk) ?? undefined)
      right.show(desk.current())
      const near = [...Array.from({ length: AHEAD }, (_, at) => cursor + 1 + at), ...Array.from({ length: BEHIND }, (_, at) => cursor - 1 - at)]
      pictures.ahead(near.flatMap((rank) => (rank < 0 ? [] : (source?.get(rank)?.view_url ?? []))))
    }
    for (const store of [desk.cursor, desk.changes]) scope.add(store.subscribe(show))
    scope.add(pinned.subscribe(show))
    show()
  }, [desk, isTwo])
  return (
    <div className="loupe-stage">
      <div ref={box} className={isTwo ? 'panes pair' : 'panes'} />
      {isTwo && <Captions desk={desk} />}
      <button type="button" className="btn icon loupe-step left" aria-label="Previous portrait" onClick={() => desk.moveTo(desk.cursor.get() - 1)}><Icon name="left" /></button>
      <button type="button" className="btn icon loupe-step right" aria-label="Next portrait" onClick={() => desk.moveTo(desk.cursor.get() + 1)}><Icon name="right" /></button>
    </div>
  )
}

/** Below two: what each is, and which one the keys act on. */
function Captions({ desk }: { desk: Desk }) {
  const which = useStore(active)
  useStore(pinned)
  useStore(desk.changes)
  useStore(desk.cursor)
  const sides = [leftOf(desk), desk.current()]
  return (
    <div className="pane-captions">
      {sides.map((one, at) => (
        <div key={at} className={which === at ? 'caption on' : 'caption'}>
          <button type="button" aria-pressed={which === at} onClick={() => active.set(at as 0 | 1)}>
            {one && <span className="num xs clip">{momentOf(one.taken_at)}{one.sharpness === null ? '' : ` · sharpness ${measure('sharpness', one.sharpness)}`}</span>}
            {one && <VerdictWord portrait={one} />}
          </button>
          {at === 1 && <Button small kind="quiet" title={withKey('Keep this one on the left', 'library.keep')} onClick={() => keepRight(desk)}>Keep</Button>}
        </div>
      ))}
    </div>
  )
}

export function VerdictWord({ portrait }: { portrait: Pick<Portrait, 'verdict'> }) {
  if (portrait.verdict === 0) return <span className="xs faint">Undecided</span>
  return portrait.verdict === 1 ? <span className="row tight xs"><Icon name="flag" size="small" />Picked</span> : <span className="row tight xs danger"><Icon name="close" size="small" />Rejected</span>
}
