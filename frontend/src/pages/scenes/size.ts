/** Size: the sizes that are offered, and what the encoder takes. */

export interface Size {
  width: number
  height: number
}

export const sizes: readonly (Size & { label: string })[] = [
  { width: 256, height: 256, label: '256²' },
  { width: 512, height: 512, label: '512²' },
  { width: 768, height: 768, label: '768²' },
  { width: 1024, height: 1024, label: '1024²' },
  { width: 1280, height: 720, label: '1280 × 720, wide' },
  { width: 1920, height: 1080, label: '1920 × 1080, wide' },
  { width: 1080, height: 1920, label: '1080 × 1920, upright' },
]

/** A frame with a long side of `side` px; `aspect` is width over height of what was photographed, null for squares.

A network's picture covers its frame, so in this one nothing is seen of what squares were padded with. */
export function sizeOf(aspect: number | null, side: number): Size {
  const even = (length: number): number => Math.max(64, 2 * Math.round(length / 2))
  const shape = aspect ?? 1
  return shape >= 1 ? { width: even(side), height: even(side / shape) } : { width: even(side * shape), height: even(side) }
}

/** Width over height that renders of these snapshots give back, where all were trained on padded pictures of one shape. */
export function aspectOf(snapshots: readonly { facts: Readonly<Record<string, unknown>> }[]): number | null {
  const said = snapshots.map((one) => one.facts.aspect)
  const [first] = said
  return typeof first === 'number' && said.every((one) => one === first) ? first : null
}

export const frameRates = ['24', '25', '30', '48', '50', '60', '24000/1001', '30000/1001', '60000/1001'] as const

/** Why a size cannot be drawn, or null. Sides are even because films keep colour at half size. */
export function wrongSize({ width, height }: Size): string | null {
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < 64 || side > 2048) return 'Write whole numbers from 64 to 2048.'
    if (side % 2 === 1) return 'Write even numbers: a film keeps colour at half size.'
  }
  return null
}
