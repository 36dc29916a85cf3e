/** The newest shots: at once as a number, with their picture when it has come, with the studio's scores when they are there. */
import { address } from '../lib/page'
import { timeOfDay } from '../lib/format'
import { Icon } from '../parts/Icon'
import type { Arrival } from './arrivals'

const SHOWN = 16

export function Arriving({ arrivals, datasetId, sessionId }: { arrivals: readonly Arrival[]; datasetId: string | null; sessionId: string | null }) {
  const newest = arrivals.slice(-SHOWN).reverse()
  return (
    <section className="arriving" aria-label="Arriving">
      <div className="row arriving-head">
        <h3 className="grow">Arriving</h3>
        <span className="xs faint">{newest.length === 0 ? 'The newest shots of a session stand here first' : `Number: sharpness${newest.some((one) => one.isScored) ? ' in the face' : ''}`}</span>
      </div>
      <div className="arriving-grid">
        {newest.map((one) => <Tile key={one.key} arrival={one} href={one.portrait && datasetId ? libraryAddress(datasetId, sessionId, one.portrait.id) : undefined} />)}
        {Array.from({ length: SHOWN - newest.length }, (_, at) => <div key={at} className="tile" />)}
      </div>
    </section>
  )
}

export function libraryAddress(datasetId: string, sessionId: string | null, at?: number): string {
  const query = new URLSearchParams()
  if (sessionId) query.set('filter', JSON.stringify({ sessions: [sessionId] }))
  if (at !== undefined) query.set('at', String(at))
  return `${address.place('library')}${datasetId}/?${query}`
}

function Tile({ arrival, href }: { arrival: Arrival; href: string | undefined }) {
  const { portrait, sharpness, faces } = arrival
  const number = sharpness === null ? '' : String(Math.round(sharpness))
  const words = [
    arrival.takenAt ? timeOfDay(arrival.takenAt) : '',
    number && `sharpness ${number}`,
    faces === 0 ? 'no face' : '',
    portrait?.state === 'broken' ? 'broken' : portrait ? '' : 'still on the device',
  ].filter(Boolean).join(', ')
  const inside = (
    <>
      {portrait?.thumb_url ? <img src={portrait.thumb_url} alt="" loading="lazy" decoding="async" /> : <span className="waiting"><Icon name={portrait?.state === 'broken' ? 'alert' : portrait ? 'again' : 'wifi'} /></span>}
      {number && <span className="corner bl num" aria-hidden="true">{number}</span>}
      {faces === 0 && <span className="corner br" aria-hidden="true"><Icon name="face" />0</span>}
    </>
  )
  const classes = `tile${portrait?.thumb_url ? '' : ' pending'}`
  return href ? <a className={classes} href={href} title={words} aria-label={words}>{inside}</a> : <div className={classes} title={words} role="img" aria-label={words}>{inside}</div>
}
