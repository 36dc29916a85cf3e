/** The last 60 shots as three lines: sharpness, light, faces. */
import { plural } from '../lib/format'
import { focusChange, lightChange, median, WINDOW, withoutFace, type ShotFacts } from './warnings'

const SHOWN = 60

interface Line {
  title: string
  words: string
  isWarned: boolean
  hue: string
  values: (number | null)[]
}

export function Sparks({ facts }: { facts: readonly ShotFacts[] }) {
  return (
    <div className="sect sparks">
      <div className="title">Last {SHOWN} shots</div>
      {facts.length === 0 && <div className="xs faint">Sharpness, light and faces are drawn here once shots are taken.</div>}
      {facts.length > 0 && linesOf(facts).map((line) => <Spark key={line.title} line={line} />)}
    </div>
  )
}

function Spark({ line }: { line: Line }) {
  return (
    <div className="spark">
      <div className="row xs"><span className="grow soft">{line.title}</span><span className={line.isWarned ? 'num warn' : 'num soft'}>{line.words}</span></div>
      <svg className="plot" viewBox={`0 0 ${SHOWN - 1} 100`} preserveAspectRatio="none" role="img" aria-label={`${line.title}: ${line.words}`}>
        {pathsOf(line.values).map((points, at) => <polyline key={at} points={points} style={{ stroke: `var(--hue-${line.hue})` }} vectorEffect="non-scaling-stroke" />)}
      </svg>
    </div>
  )
}

/** Right-aligned, with gaps where nothing is known. Values are 0 to 100. */
export function pathsOf(values: readonly (number | null)[]): string[] {
  const from = SHOWN - values.length
  const runs: string[][] = [[]]
  values.forEach((value, at) => {
    if (value === null) runs.push([])
    else runs.at(-1)?.push(`${from + at},${(100 - 6 - value * 0.88).toFixed(1)}`)
  })
  // A single point is drawn as a short stroke, or it would not be seen.
  return runs.filter((run) => run.length > 0).map((run) => (run.length === 1 ? [run[0], run[0]] : run).join(' '))
}

export function linesOf(facts: readonly ShotFacts[]): Line[] {
  const last = facts.slice(-SHOWN)
  const newest = <K extends keyof ShotFacts>(name: K): number[] => last.map((one) => one[name]).filter((value) => value !== null)
  const [focus, light] = [focusChange(facts), lightChange(facts)]
  const [sharpness, brightness, faces] = [newest('sharpness'), newest('brightness'), newest('faces')]
  const now = (values: number[]): number => Math.round(median(values.slice(-WINDOW)))
  const found = faces.filter((value) => value > 0).length
  return [
    {
      title: 'Sharpness', hue: 'orange', isWarned: focus !== null, values: last.map((one) => one.sharpness),
      words: sharpness.length === 0 ? 'not measured' : focus ? `${Math.round(focus.is)}, was ${Math.round(focus.was)}` : String(now(sharpness)),
    },
    {
      title: 'Light', hue: 'blue', isWarned: light !== null, values: last.map((one) => one.brightness),
      words: brightness.length === 0 ? 'not measured' : light ? `${Math.round(light.is)}, was ${Math.round(light.was)}` : brightness.length < WINDOW ? String(now(brightness)) : `steady at ${now(brightness)}`,
    },
    {
      title: 'Faces found', hue: 'green', isWarned: (withoutFace(facts) ?? 0) >= 5, values: last.map((one) => (one.faces === null ? null : one.faces > 0 ? 92 : 4)),
      words: faces.length === 0 ? 'nobody has looked yet' : `${found} of ${plural(faces.length, 'shot')}`,
    },
  ]
}
