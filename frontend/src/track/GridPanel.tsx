/** The beat grid of a track in words and numbers: tempo, meter, where the tempo changes. */
import { clock } from '../lib/format'
import { useStore } from '../lib/store'
import { Tag } from '../parts/basics'
import type { Track } from '../wire/types'
import type { Desk } from './desk'
import { moves } from './moves'
import { soundDetail } from './track_words'

export function GridPanel({ desk, track }: { desk: Desk; track: Track }) {
  const grid = useStore(desk.sound.grid)
  const first = grid?.markers[0]
  return (
    <section aria-label="Beat grid">
      <div className="head">
        <h3>Beat grid</h3>
        <div className="end">{grid?.edited_by && <Tag>Edited by {grid.edited_by.name}</Tag>}</div>
      </div>
      <div className="sect grid-panel">
        <div className="row">
          <span className="nowrap grow"><span className="tempo num">{first ? first.bpm.toFixed(2) : '–'}</span> <span className="faint xs">bpm</span></span>
          <dl className="facts">
            <dt>Beats in a bar</dt><dd>{first?.beats_per_bar ?? '–'}</dd>
            <dt>Key</dt><dd>{track.key || '–'}</dd>
          </dl>
        </div>
        <div className="xs faint num">{soundDetail(track)}</div>
        {grid?.no_beats && <p className="xs soft">{grid.no_beats}</p>}
        {grid && grid.markers.length > 0 && <Markers desk={desk} />}
      </div>
    </section>
  )
}

/** Where the tempo changes; a click goes there. */
function Markers({ desk }: { desk: Desk }) {
  const markers = useStore(desk.sound.grid)?.markers ?? []
  return (
    <div className="markers">
      <table className="dense">
        <thead><tr><th>Tempo from</th><th className="num">Bar</th><th className="num">bpm</th></tr></thead>
        <tbody>
          {markers.map((marker) => (
            <tr key={marker.seconds}>
              <td className="num"><button type="button" className="link" onClick={() => moves(desk).go(marker.seconds)}>{clock(marker.seconds)}</button></td>
              <td className="num">{marker.downbeat}</td>
              <td className="num">{marker.bpm.toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
