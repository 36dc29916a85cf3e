/** Size and frame rate of the film. */
import { useState } from 'react'
import { frameRate, pictureSize } from '../lib/format'
import { mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { Select } from '../parts/basics'
import type { Draft } from './draft'

const SIZES: [number, number][] = [[256, 256], [512, 512], [1024, 1024], [640, 360], [1280, 720], [1920, 1080], [720, 1280], [1080, 1920]]
const RATES = ['24', '25', '30', '50', '60', '24000/1001', '30000/1001', '60000/1001']
const OWN = 'own'

export function FilmFields({ draft }: { draft: Draft }) {
  const { width, height, fps } = useStore(draft.scene)
  const faults = useStore(draft.faults)
  const [isOwn, setOwn] = useState(false)
  if (!mayEdit()) {
    return <section className="sect"><div className="title">Film<span className="faint xs end num">{pictureSize(width, height)}, {frameRate(fps)} fps, H.264</span></div></section>
  }
  const known = SIZES.some(([wide, high]) => wide === width && high === height)
  const fault = faults.width ?? faults.height ?? faults.fps
  return (
    <section className="sect film-fields">
      <div className="title">Film<span className="faint xs end num">{pictureSize(width, height)}, {frameRate(fps)} fps, H.264</span></div>
      <div className="row">
        <span className="label scene-label">Size</span>
        <Select
          small className="grow" aria-label="Size of the film" value={isOwn || !known ? OWN : `${width}x${height}`}
          choices={[...SIZES.map(([wide, high]) => ({ value: `${wide}x${high}`, label: pictureSize(wide, high) })), { value: OWN, label: 'Own size' }]}
          onChange={(value) => {
            setOwn(value === OWN)
            const [wide, high] = value.split('x').map(Number)
            if (wide && high) draft.change({ width: wide, height: high }, 'Size')
          }}
        />
      </div>
      {(isOwn || !known) && <OwnSize key={`${width}x${height}`} width={width} height={height} onChange={(size) => draft.change(size, 'Size')} />}
      <div className="row">
        <span className="label scene-label">Frame rate</span>
        <Select
          small className="grow" aria-label="Frame rate of the film" value={fps} onChange={(value) => draft.change({ fps: value }, 'Frame rate')}
          choices={(RATES.includes(fps) ? RATES : [fps, ...RATES]).map((rate) => ({ value: rate, label: `${frameRate(rate)} fps` }))}
        />
      </div>
      {fault && <div className="wrong-text" role="alert">{fault}</div>}
    </section>
  )
}

function OwnSize({ width, height, onChange }: { width: number; height: number; onChange: (size: { width: number; height: number }) => void }) {
  const [text, setText] = useState({ width: String(width), height: String(height) })
  const [fault, setFault] = useState<string | null>(null)
  const keep = (): void => {
    const [wide, high] = [Number(text.width), Number(text.height)]
    const isRight = [wide, high].every((side) => Number.isInteger(side) && side >= 64 && side <= 4096 && side % 2 === 0)
    setFault(isRight ? null : 'Write even numbers from 64 to 4096.')
    if (isRight && (wide !== width || high !== height)) onChange({ width: wide, height: high })
  }
  return (
    <>
      <div className="row">
        <span className="label scene-label" />
        {(['width', 'height'] as const).map((side) => (
          <input key={side} className="field small num grow" inputMode="numeric" aria-label={side === 'width' ? 'Width in pixels' : 'Height in pixels'} value={text[side]}
            onChange={(event) => setText((now) => ({ ...now, [side]: event.target.value }))} onBlur={keep} onKeyDown={(event) => event.key === 'Enter' && keep()} />
        ))}
      </div>
      {fault && <div className="wrong-text" role="alert">{fault}</div>}
    </>
  )
}
