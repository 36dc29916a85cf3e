/** How a vector is looked at: truncation, noise, and the camera of StyleGAN3. */
import { Select } from '../parts/basics'
import { IconButton } from '../parts/Button'
import { plainLook, type Look } from '../network/vectors'
import { isMoved, PAN, unmoved, ZOOM } from './camera'
import { Group } from './Group'
import { Knob, knob } from './Knob'
import { RowsButton } from './RowStrip'
import { useExplored, useExplorer, useSnapshot } from './use_explorer'

const truncation = knob({ title: 'Truncation', default: 0.7, from: 0, to: 1, step: 0.01, unit: 'ψ', typed: [-2, 2] })
const strength = knob({ title: 'Noise', default: 1, from: 0, to: 2, step: 0.01, typed: [0, 4] })

const NOISE: { value: Look['noise']; label: string }[] = [
  { value: 'const', label: 'The network’s own' }, { value: 'random', label: 'Another' }, { value: 'none', label: 'None' },
]

export function LookKnobs() {
  const { desk } = useExplorer()
  const { vector, look } = useExplored()
  const snapshot = useSnapshot()
  const rows = snapshot?.num_ws ?? 1
  const hasNoise = snapshot?.kind === 'stylegan2'
  const change = (part: Partial<Look>, title: string): void => void desk.set((now) => ({ ...now, look: { ...now.look, ...part } }), title)
  return (
    <section className="sect" data-group="Look">
      <Knob
        field={truncation} value={vector.truncation}
        onMove={(value) => desk.moveVector((now) => ({ ...now, truncation: value }))} onSet={(value) => desk.setVector((now) => ({ ...now, truncation: value }), 'Truncation')}
        beside={rows > 1 && (
          <RowsButton
            label="Rows that are truncated" rows={{ first: 0, end: vector.truncation_end }} many={rows} fromFirst
            onMove={({ end }) => desk.moveVector((now) => ({ ...now, truncation_end: end }))} onSet={({ end }) => desk.setVector((now) => ({ ...now, truncation_end: end }), 'Rows of truncation')}
          />
        )}
      />
      {hasNoise && (
        <>
          <Knob
            field={strength} value={look.noise_strength}
            onMove={(value) => desk.move((now) => ({ ...now, look: { ...now.look, noise_strength: value } }))} onSet={(value) => change({ noise_strength: value }, 'Strength of the noise')}
          />
          <div className="row noise">
            <Select small aria-label="Which noise" value={look.noise} choices={NOISE} onChange={(value) => change({ noise: value as Look['noise'] }, 'Noise')} />
            <IconButton small kind="plain" icon="dice" label="Other noise" onClick={() => change({ noise: 'random', noise_seed: Math.floor(Math.random() * 2 ** 31) }, 'Other noise')} />
            {look.noise === 'random' && <span className="xxs faint num clip">{look.noise_seed}</span>}
          </div>
        </>
      )}
    </section>
  )
}

export const POSITION = {
  pan_x: knob({ title: 'To the right', default: 0, from: PAN[0], to: PAN[1], step: 0.005, unit: 'widths' }),
  pan_y: knob({ title: 'Down', default: 0, from: PAN[0], to: PAN[1], step: 0.005, unit: 'widths' }),
  turn: knob({ title: 'Turn', default: 0, from: -180, to: 180, step: 1, typed: [-360, 360], unit: '°' }),
  zoom: knob({ title: 'Zoom', default: 1, from: ZOOM[0], to: ZOOM[1], step: 0.01, isLog: true, unit: '×' }),
} as const

/** StyleGAN3 draws on an endless plane: where one looks on it. */
export function PositionKnobs() {
  const { desk } = useExplorer()
  const { look } = useExplored()
  return (
    <Group title="Position" summary={isMoved(look) ? 'moved' : 'Drag the picture'} actions={isMoved(look) && <IconButton small icon="undo" label="Back to the middle" onClick={() => desk.set((now) => ({ ...now, look: unmoved(now.look) }), 'Back to the middle')} />}>
      {(Object.keys(POSITION) as (keyof typeof POSITION)[]).map((name) => (
        <Knob
          key={name} field={POSITION[name]} value={look[name] ?? plainLook[name]}
          onMove={(value) => desk.move((now) => ({ ...now, look: { ...now.look, [name]: value } }))} onSet={(value) => desk.set((now) => ({ ...now, look: { ...now.look, [name]: value } }), POSITION[name].title)}
        />
      ))}
      <p className="xxs faint">Drag the picture to move it; the wheel zooms, with Shift it turns.</p>
    </Group>
  )
}
