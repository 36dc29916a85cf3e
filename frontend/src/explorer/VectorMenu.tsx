/** Choose a vector that another one takes something from: a pin, or a seed from anywhere. */
import type { ReactElement } from 'react'
import type { VectorSpec } from '../network/vectors'
import { Menu } from '../parts/Menu'
import { plainOf } from './recipe'
import { useExplored, useExplorer } from './use_explorer'

const SHOWN = 24

export function VectorMenu({ button, onChoose, reason = null }: { button: ReactElement; onChoose: (vector: VectorSpec, name: string) => void; reason?: string | null }) {
  const { pins } = useExplorer()
  const { vector } = useExplored()
  const anySeed = (): void => {
    const seed = Math.floor(Math.random() * 100_000)
    onChoose(plainOf(vector, seed), `Seed ${seed}`)
  }
  return (
    <Menu align="end" button={button} items={[
      { id: 'seed', label: 'A seed from anywhere', icon: 'dice', reason, act: anySeed },
      ...pins.slice(0, SHOWN).map((pin, at) => ({
        id: pin.id, label: pin.name, icon: 'pin' as const, reason, ...(at === 0 ? { line: true } : {}), act: () => onChoose(pin.vector, pin.name),
      })),
    ]} />
  )
}
