/** Compare: two snapshots on the same vectors: beside each other, one over the other, or what differs. */
import { useMemo, useState, type KeyboardEvent } from 'react'
import { useCommands } from '../lib/keys'
import { FaultNote, Select } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { ServiceNote } from '../shell/ServiceNote'
import type { Network, Snapshot } from '../wire/types'
import { useShownVectors, VectorChoice } from './Growth'
import { moved, snapshotTitle } from './growth'
import type { Place } from './place'
import { Sprite } from './Sprite'
import { useSheets, type DrawnSheets } from './sheets'

const SMALL_PX = 160
const LARGEST_PX = 512

const ways = [
  { id: 'beside', title: 'Side by side' },
  { id: 'swipe', title: 'Swipe' },
  { id: 'difference', title: 'Difference' },
] as const
export type Way = (typeof ways)[number]['id']

interface CompareProps {
  network: Network
  snapshots: readonly Snapshot[]
  left: Snapshot
  right: Snapshot
  place: Place
  go: (part: Partial<Place>) => void
}

export function Compare({ network, snapshots, left, right, place, go }: CompareProps) {
  const [way, setWay] = useState<Way>('beside')
  const [gain, setGain] = useState(1)
  const shown = useShownVectors(network, place.vectors)
  const row = Math.min(place.row, Math.max(0, shown.length - 1))
  const vectors = useMemo(() => shown.map((one) => one.vector), [shown])
  const ids = useMemo(() => [left.id, right.id], [left.id, right.id])
  const small = useSheets(network.id, { vectors, snapshotIds: ids, tile: SMALL_PX })
  const one = useMemo(() => vectors.slice(row, row + 1), [vectors, row])
  const side = Math.min(LARGEST_PX, Math.max(left.resolution, right.resolution))
  const large = useSheets(network.id, side > SMALL_PX ? { vectors: one, snapshotIds: ids, tile: side } : null)
  const choose = (at: number): void => go({ row: at })
  const next = (step: number) => (): void => choose(Math.min(shown.length - 1, Math.max(0, row + step)))
  useCommands([
    { id: 'compare.next', title: 'Next vector', group: 'Comparing', key: 'n', run: next(1) },
    { id: 'compare.previous', title: 'Previous vector', group: 'Comparing', key: 'p', run: next(-1) },
    { id: 'compare.way', title: 'Side by side, swipe, difference', group: 'Comparing', key: 'v', run: () => setWay(ways[(ways.findIndex((other) => other.id === way) + 1) % ways.length]!.id) },
    { id: 'compare.close', title: 'Leave the comparison', group: 'Comparing', key: 'Escape', run: () => go({ against: null }) },
  ])
  const picture = (snapshot: Snapshot) => <Large snapshot={snapshot} large={large} small={small} columns={vectors.length} at={row} name={`${snapshotTitle(snapshot, network.name)}, ${shown[row]?.name ?? ''}`} />
  const fault = small.fault ?? large.fault
  const isWaiting = !fault && [left, right].some((snapshot) => !small.of(snapshot)?.url)
  return (
    <section className="compare" aria-label="Comparison">
      <Bar network={network} snapshots={snapshots} left={left} right={right} place={place} go={go} way={way} setWay={setWay} gain={gain} setGain={setGain} />
      {fault && <FaultNote fault={fault} what="The pictures could not be ordered." again={small.again} />}
      {isWaiting && <ServiceNote waits="The pictures are drawn as soon as one is." />}
      <Pair way={way} gain={gain} left={picture(left)} right={picture(right)} names={[snapshotTitle(left, network.name), snapshotTitle(right, network.name)]} />
      <VectorStrip names={shown.map((vector) => vector.name)} sheet={small.of(left)?.url} row={row} onChoose={choose} />
    </section>
  )
}

interface BarProps extends CompareProps {
  way: Way
  setWay: (way: Way) => void
  gain: number
  setGain: (gain: number) => void
}

/** Which two, how, and of which vectors. */
function Bar({ network, snapshots, left, right, place, go, way, setWay, gain, setGain }: BarProps) {
  const choices = snapshots.map((one) => ({ value: one.id, label: snapshotTitle(one, network.name) }))
  return (
    <div className="row wrap comparebar">
      <Select small aria-label="Left" value={left.id} choices={choices} onChange={(id) => go({ snapshot: id })} />
      <IconButton small icon="loop" label="Swap left and right" onClick={() => go({ snapshot: right.id, against: left.id })} />
      <Select small aria-label="Right" value={right.id} choices={choices} onChange={(id) => go({ against: id })} />
      <span className="group" role="group" aria-label="How they are compared">
        {ways.map((one) => <Button key={one.id} small on={one.id === way} onClick={() => setWay(one.id)}>{one.title}</Button>)}
      </span>
      {way === 'difference' && <Select small aria-label="Difference made stronger" value={String(gain)} choices={[1, 4, 16].map((times) => ({ value: String(times), label: `× ${times}` }))} onChange={(value) => setGain(Number(value))} />}
      <span className="end row"><VectorChoice network={network} vectors={place.vectors} onChoose={(vectors) => go({ vectors, row: 0 })} /><Button small kind="line" onClick={() => go({ against: null })}>Done</Button></span>
    </div>
  )
}

/** The vectors as the left snapshot draws them; arrows choose. */
function VectorStrip({ names, sheet, row, onChoose }: { names: readonly string[]; sheet: string | null | undefined; row: number; onChoose: (row: number) => void }) {
  const press = (event: KeyboardEvent): void => {
    const next = moved({ column: row, row: 0 }, event.key, { columns: names.length, rows: 1 })
    if (!next) return
    event.preventDefault()
    onChoose(next.column)
  }
  return (
    <div className="vectorstrip" role="listbox" tabIndex={0} aria-label="Vectors" aria-orientation="horizontal" aria-activedescendant={`vector-${row}`} onKeyDown={press}>
      {names.map((name, at) => (
        <div key={at} id={`vector-${at}`} role="option" aria-selected={at === row} aria-label={name} className={at === row ? 'tile on' : 'tile'} title={name} onClick={() => onChoose(at)}>
          <Sprite sheet={sheet} columns={names.length} at={at} name="" />
        </div>
      ))}
    </div>
  )
}

/** The large picture where it is drawn, until then the small one. */
function Large({ snapshot, large, small, columns, at, name }: { snapshot: Snapshot; large: DrawnSheets; small: DrawnSheets; columns: number; at: number; name: string }) {
  const drawn = large.of(snapshot)?.url
  if (drawn) return <Sprite sheet={drawn} columns={1} at={0} name={name} />
  return <Sprite sheet={small.of(snapshot)?.url} columns={columns} at={at} name={name} />
}

function Pair({ way, gain, left, right, names }: { way: Way; gain: number; left: React.ReactNode; right: React.ReactNode; names: [string, string] }) {
  const [share, setShare] = useState(50)
  if (way === 'beside') {
    return (
      <div className="pair beside">
        {[left, right].map((picture, at) => <figure key={at}><div className="pic">{picture}</div><figcaption className="xs soft num">{names[at]}</figcaption></figure>)}
      </div>
    )
  }
  if (way === 'difference') {
    return (
      <div className="pair over">
        <figure>
          <div className="pic stacked difference" style={{ filter: gain === 1 ? 'none' : `brightness(${gain})` }}>{left}<div className="upper">{right}</div></div>
          <figcaption className="xs soft num">What differs between {names[0]} and {names[1]}{gain > 1 ? `, ${gain} times as strong` : ''}. Black is the same.</figcaption>
        </figure>
      </div>
    )
  }
  return (
    <div className="pair over">
      <figure>
        <div className="pic stacked">{right}<div className="upper" style={{ clipPath: `inset(0 ${100 - share}% 0 0)` }}>{left}</div><i className="swipeline" style={{ left: `${share}%` }} aria-hidden="true" />
          <input type="range" className="swipe" min={0} max={100} value={share} aria-label={`Share of ${names[0]} over ${names[1]}`} aria-valuetext={`${share} %`} onChange={(event) => setShare(Number(event.target.value))} />
        </div>
        <figcaption className="xs soft num row"><span className="grow">{names[0]}</span><span>{names[1]}</span></figcaption>
      </figure>
    </div>
  )
}
