/** Draft: what a person has chosen of a new projection, before it starts. It is kept in the page's address. */
import type { Config } from './wire'

export interface Draft {
  /** A video or picture that was sent, or a version of a dataset; at most one of them. */
  target: string | null
  version: string | null
  snapshot: string | null
  /** Only what differs from the recipe's own values. */
  changes: Partial<Config>
}

export const emptyDraft: Draft = { target: null, version: null, snapshot: null, changes: {} }

/** What the studio takes where nothing is said. */
export const plainConfig: Config = {
  recipe: 'quick', space: 'w', steps: 200, frames: null, fps: null, first_seconds: 0, video_fps: null, width_height: null, losses: ['pixels', 'discriminator'], batch: 8, smoothness: 1, pull: null, fit: 'crop', noise: 'network',
  encoder: false, seed: 0, precision: 'auto', latents_histories: false, noises_histories: false, images_histories: false,
}

/** The published recipe: every frame cold, by itself, a thousand steps. */
const REFERENCE_STEPS = 1000

/** What a recipe begins with. */
export function recipeConfig(recipe: Config['recipe']): Config {
  return recipe === 'reference' ? { ...plainConfig, recipe, steps: REFERENCE_STEPS } : plainConfig
}

export function configOf(draft: Draft): Config {
  return { ...recipeConfig(draft.changes.recipe ?? 'quick'), ...draft.changes }
}

/** Another recipe brings its own steps; what else was changed stays. */
export function withRecipe(draft: Draft, recipe: Config['recipe']): Draft {
  const { recipe: _recipe, steps: _steps, ...kept } = draft.changes
  return { ...draft, changes: recipe === 'quick' ? kept : { ...kept, recipe } }
}

/** One setting as the hand left it; taken back to the recipe's own value it is no change any more. */
export function withChange<Name extends keyof Config>(draft: Draft, name: Name, value: Config[Name]): Draft {
  const { [name]: _before, ...rest } = draft.changes
  const isPlain = JSON.stringify(value) === JSON.stringify(recipeConfig(draft.changes.recipe ?? 'quick')[name])
  return { ...draft, changes: (isPlain ? rest : { ...rest, [name]: value }) as Partial<Config> }
}

/** Width and height of the targets, after one was written: a square until the other is too; one taken away leaves both to the network. */
export function withSide(size: Config['width_height'], at: 0 | 1, value: number | null): Config['width_height'] {
  if (value === null) return null
  const other = size?.[1 - at] ?? value
  return at === 0 ? [value, other] : [other, value]
}

export function isReady(draft: Draft): boolean {
  return draft.snapshot !== null && (draft.target !== null || draft.version !== null)
}

/** What the plan is asked with, and the order. */
export function planBody(draft: Draft): Record<string, unknown> {
  return {
    snapshot_id: draft.snapshot,
    ...(draft.target ? { target_id: draft.target } : { version_id: draft.version }),
    config: configOf(draft),
  }
}

export function readDraft(search: string): Draft {
  const said = new URLSearchParams(search)
  return { target: said.get('target'), version: said.get('version'), snapshot: said.get('snapshot'), changes: readChanges(said.get('changes')) }
}

function readChanges(text: string | null): Partial<Config> {
  if (!text) return {}
  try {
    const read: unknown = JSON.parse(text)
    if (typeof read !== 'object' || read === null) return {}
    return Object.fromEntries(Object.entries(read).filter(([name]) => name in plainConfig)) as Partial<Config>
  } catch {
    return {}
  }
}

/** The address of a draft; what is as at first is left out. */
export function writeDraft(draft: Draft): string {
  const words = new URLSearchParams()
  for (const name of ['target', 'version', 'snapshot'] as const) if (draft[name]) words.set(name, draft[name])
  if (Object.keys(draft.changes).length > 0) words.set('changes', JSON.stringify(draft.changes))
  const text = words.toString()
  return text ? `?${text}` : ''
}
