/** Target beside result, large; beneath it a strip of all that is found, to be scrubbed; the review film once there is one. */
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { count } from '../lib/format'
import { useCommands } from '../lib/keys'
import { pickedWith } from '../network/growth'
import { figure } from '../training/words'
import { meanLoss, steppedBy } from './strip'
import type { Batch, Projection } from './wire'
import { isGoing } from './words'

interface StripProps {
  one: Projection
  batches: readonly Batch[]
  at: number
  onGo: (at: number) => void
}

/** Pictures in the strip at once; a slider reaches those between them. */
const MOST_TILES = 40

export function StripBox({ one, batches, at, onGo }: StripProps) {
  const [isReview, setReview] = useState(false)
  const many = batches.length
  const step = (key: string) => (): void => onGo(steppedBy(at, key, many) ?? at)
  useCommands(many > 1 ? [
    { id: 'strip.back', title: 'Frames before', group: 'Found frames', key: 'ArrowLeft', run: step('ArrowLeft') },
    { id: 'strip.on', title: 'Frames after', group: 'Found frames', key: 'ArrowRight', run: step('ArrowRight') },
    { id: 'strip.first', title: 'First frames', group: 'Found frames', key: 'Home', run: step('Home') },
    { id: 'strip.last', title: 'Newest frames', group: 'Found frames', key: 'End', run: step('End') },
  ] : [])
  const shown = batches[at]
  return (
    <>
      <div className="stage sheetstage foundstage" data-region="stage" data-frame={shown ? shown.end - 1 : undefined}>
        {isReview && one.review_url
          ? <video className="review" src={one.review_url} controls loop playsInline aria-label={`Review of ${one.name}: target, result and their difference`} />
          : shown?.picture_url
            ? <img src={shown.picture_url} alt={`Frame ${shown.end}: target left, result right`} />
            : <div className="soft firstsheet">{isGoing(one) ? 'Target and result stand here as soon as the first frames are found.' : one.is_imported ? 'A projection that was brought as a file has no pictures of its search. Its review film shows them.' : 'It ended before its first frames.'}</div>}
      </div>
      <div className="filmbar sheetbar" data-region="transport">
        {one.review_url && (
          <div className="row tight nowrap" role="group" aria-label="What is shown">
            <button type="button" className={isReview ? 'chip' : 'chip on'} aria-pressed={!isReview} onClick={() => setReview(false)}>Frames</button>
            <button type="button" className={isReview ? 'chip on' : 'chip'} aria-pressed={isReview} onClick={() => setReview(true)}>Review film</button>
          </div>
        )}
        {!isReview && <FrameWords one={one} shown={shown} />}
        {!isReview && many > 1 ? <Scrub batches={batches} at={at} onGo={onGo} /> : <span className="grow" />}
        {!isReview && shown && <span className="xs faint not-phone">Target left, result right</span>}
      </div>
      {!isReview && many > 1 && <Tiles batches={batches} at={at} onGo={onGo} />}
    </>
  )
}

function FrameWords({ one, shown }: { one: Projection; shown: Batch | undefined }) {
  if (!shown) return <span className="num strong nowrap sheetnow" role="status">No frame yet</span>
  const loss = meanLoss(shown)
  return (
    <span className="num nowrap sheetnow" role="status">
      <span className="strong">Frame {count(shown.end)}</span> <span className="soft">of {count(one.frames_total)}{loss === null ? '' : `, loss ${figure(loss)}`}</span>
    </span>
  )
}

function Scrub({ batches, at, onGo }: Omit<StripProps, 'one'>) {
  const last = batches.length - 1
  const press = (event: KeyboardEvent): void => {
    const next = steppedBy(at, event.key, batches.length)
    if (next === null) return
    event.preventDefault()
    event.stopPropagation()
    onGo(next)
  }
  return (
    <div className="scrub grow">
      <input type="range" className="range grow" min={0} max={last} step={1} value={at} style={{ '--v': at / last } as React.CSSProperties}
        aria-label="Frame" aria-valuetext={`Frame ${batches[at]?.end ?? 0}`} onChange={(event) => onGo(Number(event.target.value))} onKeyDown={press} />
    </div>
  )
}

/** Results alone, small: the right half of each picture. */
function Tiles({ batches, at, onGo }: Omit<StripProps, 'one'>) {
  const box = useRef<HTMLDivElement>(null)
  const places = pickedWith(batches.map((_, place) => place), MOST_TILES, at)
  useEffect(() => {
    const tile = box.current?.querySelector<HTMLElement>('.on')
    if (tile && box.current) box.current.scrollLeft = tile.offsetLeft - box.current.clientWidth / 2 + tile.clientWidth / 2
  }, [at, batches.length])
  return (
    <div className="foundstrip" ref={box} role="group" aria-label="Found frames">
      {places.map((place) => {
        const one = batches[place]!
        return (
          <button key={one.id} type="button" tabIndex={place === at ? 0 : -1} className={place === at ? 'foundtile on' : 'foundtile'} aria-pressed={place === at} aria-label={`Frame ${one.end}`} onClick={() => onGo(place)}>
            {one.picture_url && <img src={one.picture_url} alt="" loading="lazy" />}
          </button>
        )
      })}
    </div>
  )
}
