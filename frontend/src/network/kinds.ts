/** Kinds: what each kind of network is called, and what can be done with it. */
import type { Network } from '../wire/types'

export const kindNames: Record<string, string> = { stylegan2: 'StyleGAN2', stylegan3: 'StyleGAN3', cppn: 'Pattern' }

/** "StyleGAN3-R", or the species of a pattern network. */
export function kindTitle(thing: { kind: string; species?: string | undefined; facts?: Record<string, unknown> | undefined }): string {
  if (thing.kind === 'cppn' && thing.species) return thing.species
  const variant = thing.facts?.variant
  const name = kindNames[thing.kind] ?? thing.kind
  return typeof variant === 'string' && variant !== '' ? `${name}-${variant.toUpperCase()}` : name
}

/** Made here from a seed, never trained: nothing can be imported into it, and nobody else's tools know it. */
export function isPattern(network: Pick<Network, 'kind'>): boolean {
  return network.kind === 'cppn'
}
