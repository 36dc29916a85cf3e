/** The column beside the loupe: the decision, scores, the stack, facts. */
import { useEffect } from 'react'
import { fileSize, shortHash, when } from '../lib/format'
import { mayEdit } from '../lib/page'
import { useSettled } from '../lib/settled'
import { useStore } from '../lib/store'
import { Button } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { useAsk } from '../wire/query'
import type { Desk } from './desk'
import { cameraFacts } from './facts'
import { decideHere, foundFaces } from './loupe_state'
import { libraryQueries } from './queries'
import { VerdictWord } from './Loupe'
import type { Portrait, PortraitFacts } from './wire'
import { figure, measure, momentOf, scales } from './words'
import type { RangeName } from './filter'

export function LoupePanel({ desk, portrait }: { desk: Desk; portrait: Portrait | undefined }) {
  // A held arrow key passes many by: facts are asked for where it rests.
  const rested = useSettled(portrait?.id ?? 0, 150)
  const facts = useAsk({ ...libraryQueries.facts(rested), enabled: rested > 0 })
  const told = facts.data
  useEffect(() => {
    if (told) foundFaces.set({ id: told.id, faces: told.faces_found })
  }, [told])
  if (!portrait) return <aside className="panel right loupe-panel" data-region="inspector" />
  const known = facts.data?.id === portrait.id ? facts.data : undefined
  return (
    <aside className="panel right loupe-panel" data-region="inspector" aria-label="This portrait">
      <Verdict desk={desk} portrait={portrait} />
      <Scores portrait={portrait} scoredBy={known?.scored_by} />
      {portrait.stack !== null && portrait.stack_size > 1 && <Stack desk={desk} portrait={portrait} stack={portrait.stack} />}
      <Facts portrait={portrait} facts={known} />
    </aside>
  )
}

function Verdict({ desk, portrait }: { desk: Desk; portrait: Portrait }) {
  const by = portrait.decided_by?.name.split(' ')[0] ?? ''
  const said = by && portrait.decided_at ? `${by}, ${when(portrait.decided_at) === 'now' ? 'just now' : when(portrait.decided_at)}` : 'Nobody yet'
  const mark = (verdict: 1 | -1) => () => decideHere(desk, { verdict: portrait.verdict === verdict ? 0 : verdict })
  return (
    <div className="sect verdict">
      {mayEdit() ? (
        <div className="row">
          <Button icon="flag" className="tallish" on={portrait.verdict === 1} onClick={mark(1)}>Pick</Button>
          <Button icon="close" className={portrait.verdict === -1 ? 'tallish rejected' : 'tallish'} on={portrait.verdict === -1} onClick={mark(-1)}>Reject</Button>
        </div>
      ) : <VerdictWord portrait={portrait} />}
      <div className="row tight starsrow">
        <div className="row" role="radiogroup" aria-label="Stars">
          {[1, 2, 3, 4, 5].map((star) => (
            <button
              key={star} type="button" role="radio" aria-checked={portrait.stars === star} aria-label={`${star} ${star === 1 ? 'star' : 'stars'}`}
              className={portrait.stars >= star ? 'star on' : 'star'} aria-disabled={!mayEdit() || undefined}
              onClick={() => mayEdit() && decideHere(desk, { stars: portrait.stars === star ? 0 : star })}
            >
              <Icon name="star" />
            </button>
          ))}
        </div>
        <span className="end xs faint clip">{said}</span>
      </div>
    </div>
  )
}

const shownScores: [RangeName, string, (portrait: Portrait) => number | null][] = [
  ['sharpness', 'Sharpness in face', (one) => one.sharpness],
  ['face_px', 'Face size', (one) => one.face_px],
  ['off_centre', 'Off centre', (one) => one.off_centre],
  ['clipped', 'Clipped light', (one) => one.clipped],
  ['brightness', 'Brightness', (one) => one.brightness],
  ['roll', 'Roll', (one) => one.roll],
]

function Scores({ portrait, scoredBy }: { portrait: Portrait; scoredBy: string | undefined }) {
  const isScored = portrait.sharpness !== null
  return (
    <div className="sect">
      <div className="title">Scores<span className="end faint xxs clip scoredby" title={scoredBy}>{scoredBy?.split(';')[0]?.replace('dlib-hog', 'dlib HOG')}</span></div>
      {!isScored && <p className="xs faint">{portrait.state === 'broken' ? 'A file that cannot be read has no scores.' : 'The worker has not looked at it yet.'}</p>}
      {isScored && portrait.faces !== 1 && <div className="row scorerow xs"><span className="soft">Faces</span><span className="num end">{portrait.faces === 0 ? 'none found' : portrait.faces}</span></div>}
      {isScored && shownScores.map(([name, title, value]) => {
        const found = value(portrait)
        if (found === null) return null
        const { from, to } = scales[name]
        return (
          <div key={name} className="row scorerow">
            <span className="xs soft">{name === 'sharpness' && portrait.faces === 0 ? 'Sharpness' : title}</span>
            <div className="bar grow"><i style={{ width: `${Math.min(100, Math.max(2, (100 * (found - from)) / (to - from)))}%` }} /></div>
            <span className="num xs">{name === 'sharpness' || name === 'brightness' ? figure(found) : measure(name, found)}</span>
          </div>
        )
      })}
    </div>
  )
}

function Stack({ desk, portrait, stack }: { desk: Desk; portrait: Portrait; stack: number }) {
  const members = useAsk({ queryKey: ['stack', desk.dataset, stack], queryFn: ({ signal }) => desk.wire.page({ stack }, null, 60, signal) })
  useStore(desk.changes)
  const items = members.data?.items ?? []
  const seconds = items.length > 1 ? (Date.parse(items.at(-1)!.taken_at) - Date.parse(items[0]!.taken_at)) / 1000 : 0
  const sharpest = [...items].sort((a, b) => (b.sharpness ?? 0) - (a.sharpness ?? 0))
  const go = (one: Portrait): void => {
    const rank = desk.source.get()?.rankOf(one.id)
    if (rank === null || rank === undefined) desk.show({ stack })
    else desk.moveTo(rank)
  }
  return (
    <div className="sect">
      <div className="title">Stack of {portrait.stack_size}{seconds > 0 ? `, within ${Math.max(1, Math.round(seconds))} s` : ''}<button type="button" className="link end xs accent" onClick={() => desk.show({ stack })}>Open</button></div>
      <div className="stackgrid">
        {sharpest.slice(0, 9).map((one) => (
          <button key={one.id} type="button" className={one.id === portrait.id ? 'tile on' : 'tile'} aria-label={one.sharpness === null ? momentOf(one.taken_at) : `${momentOf(one.taken_at)}, sharpness ${figure(one.sharpness)}`} onClick={() => go(one)}>
            {one.thumb_url && <img src={one.thumb_url} alt="" loading="lazy" />}
            {one.sharpness !== null && <span className="corner bl num" aria-hidden="true">{figure(one.sharpness)}</span>}
          </button>
        ))}
      </div>
      <div className="xs faint underline">The sharpest lies on top.</div>
    </div>
  )
}

function Facts({ portrait, facts }: { portrait: Portrait; facts: PortraitFacts | undefined }) {
  const rows: [string, string][] = [
    ['File', portrait.name],
    ['Size', `${portrait.width_px} × ${portrait.height_px}${facts?.bytes ? `, ${fileSize(facts.bytes)}` : ''}`],
    ...cameraFacts(facts),
    ...(facts?.device_name ? [['Device', facts.device_name] as [string, string]] : []),
  ]
  return (
    <div className="sect last">
      <div className="title">Facts<a className="end xs" href={portrait.original_url} download>Download</a></div>
      <dl className="facts">
        {rows.map(([name, value]) => <Fact key={name} name={name} value={value} />)}
        {facts?.sha256 && <><dt>SHA-256</dt><dd className="mono" title={facts.sha256}>{shortHash(facts.sha256)}</dd></>}
      </dl>
      {portrait.error && <p className="xs warn">{portrait.error}</p>}
    </div>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return <><dt>{name}</dt><dd className="clip" title={value}>{value}</dd></>
}
