/** Kinds: what each kind of network is called, and what can be done with it. */
import type { Network, Snapshot } from '../wire/types'

export const kindNames: Record<string, string> = { stylegan2: 'StyleGAN2', stylegan3: 'StyleGAN3', cppn: 'Pattern' }

/** "StyleGAN3-R" where the settings are known, or the species of a pattern network. */
export function kindTitle(thing: { kind: string; species?: string | undefined; facts?: Record<string, unknown> | undefined }): string {
  if (thing.kind === 'cppn' && thing.species) return thing.species
  const name = kindNames[thing.kind] ?? thing.kind
  const { use_radial_filters: isRadial } = (thing.facts?.config ?? {}) as { use_radial_filters?: unknown }
  return thing.kind === 'stylegan3' && typeof isRadial === 'boolean' ? `${name}-${isRadial ? 'R' : 'T'}` : name
}

/** Made here from a seed, never trained: nothing can be imported into it, and nobody else's tools know it. */
export function isPattern(network: Pick<Network, 'kind'>): boolean {
  return network.kind === 'cppn'
}

/** A run of the studio made it; no file was imported. */
export function isTrained(snapshot: Pick<Snapshot, 'facts'>): boolean {
  return typeof snapshot.facts.training_id === 'string'
}
