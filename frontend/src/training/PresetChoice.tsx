import type { Preset } from './wire'

/** Presets as cards, each with its sentence. */
export function PresetChoice({ presets, chosen, onChange }: { presets: readonly Preset[]; chosen: string; onChange: (preset: string) => void }) {
  return (
    <section className="step" aria-label="Preset">
      <div className="steptitle"><h2>Preset</h2><span className="soft xs">Where the settings begin. Each can be changed below.</span></div>
      <div className="choices" role="radiogroup" aria-label="Preset">
        {presets.map((one) => (
          <button key={one.name} type="button" role="radio" aria-checked={one.name === chosen} className={one.name === chosen ? 'choice preset on' : 'choice preset'} onClick={() => onChange(one.name)}>
            <span className="strong">{one.title}</span>
            <span className="xs soft">{one.text}</span>
          </button>
        ))}
      </div>
    </section>
  )
}
