import { vectorTitle, type VectorSpec } from '../network/vectors'
import { nameOf } from './recipe'
import type { Pin } from '../network/wire'
import { useExplorer } from './use_explorer'

/** The small picture of a pin; an empty well until it is drawn. */
export function PinPicture({ pin }: { pin: Pick<Pin, 'thumbnail_url'> | undefined }) {
  return <span className="pinpic">{pin?.thumbnail_url && <img src={pin.thumbnail_url} alt="" loading="lazy" draggable={false} />}</span>
}

/** The pin that a vector is, if it is one, and what to call it. */
export function useNamed(vector: VectorSpec): { pin: Pin | undefined; name: string } {
  const { pins } = useExplorer()
  const name = nameOf(vector, pins, vectorTitle)
  return { pin: pins.find((one) => one.name === name && JSON.stringify(one.vector) === JSON.stringify(vector)) ?? pins.find((one) => one.name === name), name }
}
