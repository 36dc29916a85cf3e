import type { ReactNode } from 'react'
import { when } from '../lib/format'
import { vectorTitle } from './vectors'
import type { Pin } from './wire'

interface PinCardProps {
  pin: Pin
  /** "kimg 4,800": the snapshot that it was pinned with. */
  snapshotName?: string
  href?: string
  onChoose?: () => void
  isOn?: boolean
  /** A menu, at the end of the name's line. */
  menu?: ReactNode
}

/** A pinned vector: its picture, its name, what it is made of, and who pinned it when. */
export function PinCard({ pin, snapshotName, href, onChoose, isOn, menu }: PinCardProps) {
  const picture = <div className={isOn ? 'pic on' : 'pic'}>{pin.thumbnail_url ? <img src={pin.thumbnail_url} alt="" loading="lazy" /> : <span className="faint blank xs">Being drawn</span>}</div>
  const recipe = vectorTitle(pin.vector)
  return (
    <article className="pincard" aria-label={pin.name}>
      {href !== undefined ? <a className="plain" href={href} aria-label={`Open “${pin.name}”`}>{picture}</a> : <button type="button" className="block" aria-pressed={isOn} aria-label={pin.name} onClick={onChoose}>{picture}</button>}
      <div className="row tight"><span className="strong clip grow" title={pin.name}>{pin.name}</span>{menu}</div>
      {recipe !== pin.name && <div className="xs soft num clip" title={recipe}>{recipe}</div>}
      <div className="xs faint num clip">{[snapshotName, pin.created_by_name, when(pin.created_at)].filter(Boolean).join(' · ')}</div>
      {pin.note && <div className="xs soft written note-words" title={pin.note}>{pin.note}</div>}
    </article>
  )
}
