/** Which pins a cue can go to: those of the scene's networks, then others that fit, then, with the reason, those that do not. */
import type { Choice } from '../parts/basics'
import type { OfferedPin } from '../wire/types'

type Vector = OfferedPin['vector'] | null

/** The pins that every snapshot of the scene can draw, its own networks' first. */
export function fitting(pins: readonly OfferedPin[]): OfferedPin[] {
  return pins.filter(({ misfit }) => misfit === '')
}

/** Why no pin can be gone to; null where one can, nothing to say where there is none at all. */
export function whyNone(pins: readonly OfferedPin[]): string | null {
  return pins.length > 0 && fitting(pins).length === 0 ? 'No pin fits these snapshots' : null
}

/** The choices of a list of pins, and which of them is the vector; what no pin has any more stays as it is. */
export function pinChoices(pins: readonly OfferedPin[], vector: Vector): { value: string; choices: Choice[] } {
  const here = pins.find((pin) => JSON.stringify(pin.vector) === JSON.stringify(vector))
  const ranked = [...fitting(pins), ...pins.filter(({ misfit }) => misfit !== '')]
  return {
    value: here?.id ?? '',
    choices: [...(here ? [] : [{ value: '', label: 'As it is' }]), ...ranked.map(pinChoice)],
  }
}

function pinChoice({ id, name, network_name, is_own, misfit }: OfferedPin): Choice {
  const choice = { value: id, label: name, group: is_own ? 'Of this scene’s networks' : 'Another picture here: of other networks' }
  const named = `${name} (${network_name})`
  if (misfit) return { value: id, label: `${named}: ${misfit}`, group: 'Do not fit', isDisabled: true }
  return is_own ? choice : { ...choice, label: named }
}
