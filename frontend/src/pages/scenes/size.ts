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

export const frameRates = ['24', '25', '30', '48', '50', '60', '24000/1001', '30000/1001', '60000/1001'] as const

/** Why a size cannot be drawn, or null. Sides are even because films keep colour at half size. */
export function wrongSize({ width, height }: Size): string | null {
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < 64 || side > 2048) return 'Write whole numbers from 64 to 2048.'
    if (side % 2 === 1) return 'Write even numbers: a film keeps colour at half size.'
  }
  return null
}
