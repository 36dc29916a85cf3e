import { useEffect, useRef } from 'react'
import { useStore } from '../lib/store'
import { isSameVector, vectorTitle, type VectorSpec } from '../network/vectors'
import type { Pin } from '../network/wire'
import { nameOf } from './recipe'
import { copyOnto } from './use_drawn'
import { useExplored, useExplorer } from './use_explorer'

/** The small picture of a pin, or of any vector through the snapshot that is explored. */
export function VectorPicture({ vector, pin }: { vector: VectorSpec; pin: Pin | undefined }) {
  return <span className="pinpic">{pin?.thumbnail_url ? <img src={pin.thumbnail_url} alt="" loading="lazy" draggable={false} /> : <Drawn vector={vector} snapshotId={pin?.snapshot_id} />}</span>
}

function Drawn({ vector, snapshotId }: { vector: VectorSpec; snapshotId: string | undefined }) {
  const { smalls } = useExplorer()
  const explored = useExplored()
  const canvas = useRef<HTMLCanvasElement>(null)
  const arrivals = useStore(smalls.arrivals)
  useEffect(() => {
    const found = smalls.find(snapshotId ?? explored.snapshotId, vector)
    if (found && canvas.current) copyOnto(canvas.current, found, found.width, found.height)
  }, [smalls, arrivals, snapshotId, explored.snapshotId, vector])
  return <canvas ref={canvas} aria-hidden="true" />
}

/** The pin that a vector is, if it is one, and what to call it. */
export function useNamed(vector: VectorSpec): { pin: Pin | undefined; name: string } {
  const { pins } = useExplorer()
  return { pin: pins.find((one) => isSameVector(one.vector, vector)), name: nameOf(vector, pins, vectorTitle) }
}
