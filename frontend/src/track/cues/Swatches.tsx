/** The colours that a cue may have. */
import type { Hue } from '../../wire/types'
import { hueName, HUES } from '../../widgets/hues'

export function Swatches({ colour, onChange }: { colour: Hue | null; onChange: (colour: Hue) => void }) {
  return (
    <div className="row tight swatches" role="radiogroup" aria-label="Colour">
      {HUES.map((hue) => (
        <button key={hue} type="button" role="radio" aria-checked={hue === colour} aria-label={hueName(hue)} title={hueName(hue)} className="swatch-button" onClick={() => onChange(hue)}>
          <i style={{ background: `var(--hue-${hue})` }} />
        </button>
      ))}
    </div>
  )
}
