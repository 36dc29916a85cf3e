/** How it is searched: recipe, space, which frames, losses, and what else is kept in the file. */
import { useState, type ReactNode } from 'react'
import { frameRate } from '../lib/format'
import { Select, Switch } from '../parts/basics'
import { Icon } from '../parts/Icon'
import { configOf, withChange, withRecipe, withSide, type Draft } from './draft'
import { NumberField, readRate, TypedField } from './NumberField'
import type { Config, Plan, Target } from './wire'
import { dividing, lossNames } from './words'

interface SettingsProps {
  draft: Draft
  target: Target | undefined
  plan: Plan | undefined
  onChange: (next: Draft) => void
}

const recipes: { value: Config['recipe']; title: string; about: string }[] = [
  { value: 'quick', title: 'Quick', about: 'Each frame begins at its neighbours, several are found together, and it stops where nothing is gained any more.' },
  { value: 'reference', title: 'Reference', about: 'The published recipe: every frame by itself from the mean, a thousand steps. Many times slower.' },
]

export function Settings({ draft, target, plan, onChange }: SettingsProps) {
  const [isWhole, setWhole] = useState(false)
  const config = configOf(draft)
  const set = <Name extends keyof Config>(name: Name, value: Config[Name]): void => onChange(withChange(draft, name, value))
  const wrong = (name: string): string | null => plan?.problems.find((one) => one.field === `config.${name}`)?.sentence ?? null
  return (
    <>
      <section className="step" aria-label="Recipe">
        <div className="steptitle"><h2>Recipe</h2></div>
        <div className="choices" role="radiogroup" aria-label="Recipe">
          {recipes.map((one) => (
            <button key={one.value} type="button" role="radio" aria-checked={config.recipe === one.value} className={config.recipe === one.value ? 'choice preset on' : 'choice preset'} onClick={() => onChange(withRecipe(draft, one.value))}>
              <span className="strong">{one.title}</span><span className="xs soft">{one.about}</span>
            </button>
          ))}
        </div>
      </section>
      <section className="step" aria-label="Settings">
        <div className="steptitle"><h2>Settings</h2></div>
        <div className="settinggroup open"><div className="settings-grid">
          <FrameSettings config={config} target={target} wrong={wrong} set={set} />
          <One title="Steps" name="steps" about={config.recipe === 'quick' ? 'The most that a frame may take.' : 'Each frame takes as many.'} wrong={wrong('steps')} isChanged={'steps' in draft.changes}>
            <NumberField id="setting-steps" value={config.steps} from={1} to={10_000} onSet={(value) => set('steps', value ?? 1)} />
          </One>
          <One title="Space" name="space" about={config.space === 'w' ? 'W: one vector for all rows, as GANce reads it.' : 'W+: a vector for each row, nearer to the target. Read by this studio alone.'} wrong={wrong('space')} isChanged={'space' in draft.changes}>
            <Select id="setting-space" value={config.space} choices={[{ value: 'w', label: 'W' }, { value: 'w+', label: 'W+' }]} onChange={(value) => set('space', value as Config['space'])} />
          </One>
          <One title="Fit" name="fit" about={fits[config.fit].about} wrong={wrong('fit')} isChanged={'fit' in draft.changes}>
            <Select id="setting-fit" value={config.fit} choices={Object.entries(fits).map(([value, { label }]) => ({ value, label }))} onChange={(value) => set('fit', value as Config['fit'])} />
          </One>
          <Losses config={config} wrong={wrong('losses')} isChanged={'losses' in draft.changes} onSet={(losses) => set('losses', losses)} />
        </div></div>
        <div className={isWhole ? 'settinggroup open' : 'settinggroup'}>
          <button type="button" className="fold row" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}><Icon name={isWhole ? 'down' : 'right'} size="small" /><h3>More</h3><span className="end xs faint">Batch, smoothness, hold, encoder, noise, sizes, rates, seed, histories</span></button>
          {isWhole && <More draft={draft} target={target} config={config} wrong={wrong} set={set} />}
        </div>
      </section>
    </>
  )
}

const fits: Record<Config['fit'], { label: string; about: string }> = {
  crop: { label: 'Crop', about: 'The middle square of each picture is looked for.' },
  pad: { label: 'Pad', about: 'The whole picture, mirrored beyond its edges.' },
  stretch: { label: 'Stretch', about: 'The whole picture, squashed to a square.' },
}

type Set = <Name extends keyof Config>(name: Name, value: Config[Name]) => void
type Wrong = (name: string) => string | null

function FrameSettings({ config, target, wrong, set }: { config: Config; target: Target | undefined; wrong: Wrong; set: Set }) {
  const isFilm = !target || target.kind === 'video' || target.kind === null
  if (!isFilm) return null
  const own = config.video_fps ?? target?.fps
  const rates = own ? dividing(own) : []
  const known = config.fps && !rates.includes(config.fps) ? [...rates, config.fps] : rates
  return (
    <>
      {target && (
        <One title="Frame rate" name="fps" about="It divides the film’s own. Scenes bring a low rate up again, by repeating or between the vectors." wrong={wrong('fps')} isChanged={config.fps !== null}>
          <Select id="setting-fps" aria-invalid={wrong('fps') !== null} value={config.fps ?? ''} choices={[{ value: '', label: own ? `${frameRate(own)}, all` : 'All frames' }, ...known.slice(1).map((one) => ({ value: one, label: frameRate(one) }))]} onChange={(value) => set('fps', value || null)} />
        </One>
      )}
      <One title="Frames" name="frames" about="How many at most; empty is all of them." wrong={wrong('frames')} isChanged={config.frames !== null}>
        <NumberField id="setting-frames" value={config.frames} from={1} to={1_000_000} optional placeholder={target?.frames ? `all ${target.frames}` : 'all'} onSet={(value) => set('frames', value)} />
      </One>
      {target && (
        <One title="Begins at" name="first_seconds" about="Seconds from the start of the film." wrong={wrong('first_seconds')} isChanged={config.first_seconds > 0}>
          <NumberField id="setting-first_seconds" value={config.first_seconds} from={0} to={Math.max(0, target.seconds ?? 86_400)} fraction onSet={(value) => set('first_seconds', value ?? 0)} />
        </One>
      )}
    </>
  )
}

function Losses({ config, wrong, isChanged, onSet }: { config: Config; wrong: string | null; isChanged: boolean; onSet: (losses: Config['losses']) => void }) {
  const all = Object.keys(lossNames) as Config['losses']
  const toggle = (one: Config['losses'][number]): void => onSet(all.filter((name) => (name === one) !== config.losses.includes(name)))
  return (
    <div className={isChanged ? 'onesetting changed' : 'onesetting'} data-setting="losses">
      <span className="name">Compared by</span>
      <span className="xs soft num end">{config.losses.length} of {all.length}</span>
      <div className="row wrap manychoices" role="group" aria-label="Compared by">
        {all.map((one) => <button key={one} type="button" className={config.losses.includes(one) ? 'chip on' : 'chip'} aria-pressed={config.losses.includes(one)} title={lossNames[one]?.about} onClick={() => toggle(one)}>{lossNames[one]?.title}</button>)}
      </div>
      {wrong && <div className="wrong-text" role="alert">{wrong}</div>}
    </div>
  )
}

const histories = { latents_histories: 'Vectors of each step', noises_histories: 'Noise of each step', images_histories: 'Pictures of each step' } as const
const precisions = { auto: 'By the device', fp32: 'fp32', fp16: 'fp16', bf16: 'bf16' } as const

function More({ draft, target, config, wrong, set }: { draft: Draft; target: Target | undefined; config: Config; wrong: Wrong; set: Set }) {
  const isQuick = config.recipe === 'quick'
  const changed = (name: keyof Config): boolean => name in draft.changes
  const isFilm = !target || target.kind === 'video' || target.kind === null
  return (
    <div className="settings-grid">
      {isQuick && <One title="Frames together" name="batch" about="So many are searched as one batch; less where memory is short." wrong={wrong('batch')} isChanged={changed('batch')}><NumberField id="setting-batch" value={config.batch} from={1} to={256} onSet={(value) => set('batch', value ?? 1)} /></One>}
      {isQuick && <One title="Smoothness" name="smoothness" about="How strongly neighbours are held together; 0 lets each frame go its own way." wrong={wrong('smoothness')} isChanged={changed('smoothness')}><NumberField id="setting-smoothness" value={config.smoothness} from={0} to={1000} fraction onSet={(value) => set('smoothness', value ?? 0)} /></One>}
      {isQuick && <One title="Held to the usual" name="pull" about="How strongly vectors are held where the network’s own pictures lie. Empty: 1 where pixels alone are compared, which lose eyes and mouth without it, else 0." wrong={wrong('pull')} isChanged={changed('pull')}><NumberField id="setting-pull" value={config.pull} from={0} to={1000} fraction optional placeholder="by itself" onSet={(value) => set('pull', value)} /></One>}
      {isQuick && <One title="Encoder" name="encoder" about="A small network learns first from this snapshot’s own pictures, and says where each search begins." wrong={wrong('encoder')} isChanged={changed('encoder')}><Switch label="Encoder" isOn={config.encoder} onChange={(isOn) => set('encoder', isOn)} /></One>}
      {isQuick && <One title="Noise" name="noise" about={config.noise === 'network' ? 'Frames are found with the network’s own noise, as scenes draw them.' : 'The noise is searched for too, as the reference does. Scenes do not draw it.'} wrong={wrong('noise')} isChanged={changed('noise')}><Select id="setting-noise" value={config.noise} choices={[{ value: 'network', label: 'The network’s' }, { value: 'fitted', label: 'Searched for' }]} onChange={(value) => set('noise', value as Config['noise'])} /></One>}
      {isFilm && <One title="The film’s own rate" name="video_fps" about="What it is taken to be, whatever the film says; empty believes the film. Every rate above divides it." wrong={wrong('video_fps')} isChanged={changed('video_fps')}><TypedField id="setting-video_fps" value={config.video_fps} placeholder={target?.fps ? `${frameRate(target.fps)}, as it says` : 'as it says'} read={readRate} onSet={(value) => set('video_fps', value)} /></One>}
      <TargetSize config={config} wrong={wrong('width_height')} isChanged={changed('width_height')} onSet={(size) => set('width_height', size)} />
      <One title="Precision" name="precision" about="Half precision is quicker on most GPUs." wrong={wrong('precision')} isChanged={changed('precision')}><Select id="setting-precision" value={config.precision} choices={Object.entries(precisions).map(([value, label]) => ({ value, label }))} onChange={(value) => set('precision', value as Config['precision'])} /></One>
      <One title="Seed" name="seed" about="The same seed finds the same again." wrong={wrong('seed')} isChanged={changed('seed')}><NumberField id="setting-seed" value={config.seed} from={0} to={2 ** 31 - 1} onSet={(value) => set('seed', value ?? 0)} /></One>
      {(Object.keys(histories) as (keyof typeof histories)[]).map((name) => (
        <One key={name} title={histories[name]} name={name} about="Kept in the file, for convergence plots. Makes it many times larger." wrong={wrong(name)} isChanged={changed(name)}><Switch label={histories[name]} isOn={config[name]} onChange={(isOn) => set(name, isOn)} /></One>
      ))}
    </div>
  )
}

const SMALLEST_PX = 16
const LARGEST_PX = 4096

function TargetSize({ config, wrong, isChanged, onSet }: { config: Config; wrong: string | null; isChanged: boolean; onSet: (size: Config['width_height']) => void }) {
  const [width, height] = config.width_height ?? [null, null]
  const sides = { from: SMALLEST_PX, to: LARGEST_PX, optional: true, placeholder: 'the network’s' }
  return (
    <>
      <One title="Width of targets" name="width_height" about="Pixels, in the file: larger makes sharper eyes for the overlay. What is searched for has the network’s size all the same." wrong={wrong} isChanged={isChanged}>
        <NumberField id="setting-width_height" value={width} {...sides} onSet={(value) => onSet(withSide(config.width_height, 0, value))} />
      </One>
      <One title="Height of targets" name="height" about="As wide as high until both are written; empty leaves both to the network." wrong={null} isChanged={isChanged}>
        <NumberField id="setting-height" value={height} {...sides} onSet={(value) => onSet(withSide(config.width_height, 1, value))} />
      </One>
    </>
  )
}

function One({ title, name, about, wrong, isChanged, children }: { title: string; name: string; about: string; wrong: string | null; isChanged: boolean; children: ReactNode }) {
  return (
    <div className={isChanged ? 'onesetting changed' : 'onesetting'} data-setting={name}>
      <label className="name clip" htmlFor={`setting-${name}`}><span className="clip">{title}</span></label>
      {children}
      <div className="about xs faint">{about}</div>
      {wrong && <div className="wrong-text" role="alert">{wrong}</div>}
    </div>
  )
}
