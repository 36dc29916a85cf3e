/** Species: the kinds of pattern network, with what each looks like. */

export const species = [
  { name: 'smoke', title: 'Smoke', look: 'Soft veils that fold into each other. The default.' },
  { name: 'silk', title: 'Silk', look: 'Lit cloth in long, calm folds.' },
  { name: 'contour', title: 'Contour', look: 'Glowing lines of equal height, as on a map.' },
  { name: 'mandala', title: 'Mandala', look: 'Mirrored bands around a centre.' },
  { name: 'iris', title: 'Iris', look: 'A tunnel of rings that opens like an eye.' },
  { name: 'dream', title: 'Dream', look: 'Folded leather and foil, sharply lit.' },
] as const

export type Species = (typeof species)[number]['name']

export const LARGEST_SEED = 2 ** 31 - 1

export function wrongSeed(text: string): string | null {
  const seed = Number(text)
  return text.trim() !== '' && Number.isInteger(seed) && seed >= 0 && seed <= LARGEST_SEED ? null : 'Write a whole number from 0 to 2,147,483,647.'
}

export function anySeed(): string {
  return String(Math.floor(Math.random() * 100_000))
}
