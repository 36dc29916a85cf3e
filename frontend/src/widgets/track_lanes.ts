/** The curves of a track as lanes draw them, read from its packed `lanes` file. */
import type { Curve } from './draw_curve'
import { readArray, readHeader } from './packed'

/** A curve with its name and the colour it has everywhere. */
export interface NamedCurve extends Curve {
  name: string
  title: string
  /** What stands fainter beside the title: "20–150 Hz". */
  detail: string
  hue: string
}

interface LanesFacts {
  lanes: { name: string; title: string; unit: string; low: number; high: number; points_per_second: number; rows: number }[]
}

const HUES: Record<string, string> = {
  loudness: 'hue-blue',
  short_term: 'hue-blue',
  bass: 'hue-green',
  low_mid: 'hue-green',
  mid: 'hue-green',
  high_mid: 'hue-green',
  high: 'hue-green',
  onset: 'hue-orange',
  chroma: 'hue-violet',
  brightness: 'hue-yellow',
}

/** All curves of the file, in its order. */
export function readLanes(buffer: ArrayBuffer): NamedCurve[] {
  const header = readHeader<LanesFacts>(buffer)
  return header.facts.lanes.flatMap((lane) => {
    const values = readArray(buffer, header, lane.name)
    if (!values) return []
    const { title, detail } = splitTitle(lane.title)
    return [{
      name: lane.name,
      title,
      detail,
      hue: HUES[lane.name] ?? 'hue-grey',
      values,
      columns: lane.rows,
      scale: 1 / 255,
      secondsPerValue: 1 / lane.points_per_second,
      start: 0,
    }]
  })
}

/** "Bass 20–150 Hz" → "Bass" and "20–150 Hz"; "Chroma C … B" likewise. */
function splitTitle(title: string): { title: string; detail: string } {
  const found = /^(.*?)(?:,? )((?:\d[\d ]*–\d[\d ]* Hz|\d+ s|C … B))$/.exec(title)
  return found ? { title: found[1]!, detail: found[2]! } : { title, detail: '' }
}
