/** Small pictures of vectors that have none of their own: those that are missing are drawn together, as one sheet. */
import { createScope } from '../lib/scope'
import { createStore, type Store } from '../lib/store'
import type { VectorSpec } from '../network/vectors'
import { drawOnce } from './draw'

const SIDE = 160
const COLUMNS = 8
const MOST_AT_ONCE = 24
const GATHER_MS = 250
const KEPT = 200

export interface SmallPictures {
  /** Counts up when pictures arrive. */
  readonly arrivals: Store<number>
  /** The picture, or null; what is missing is drawn soon. */
  find(snapshotId: string, vector: VectorSpec): HTMLCanvasElement | null
  /** One that is at hand already. */
  take(snapshotId: string, vector: VectorSpec, from: HTMLCanvasElement): void
}

export function createSmallPictures(networkId: string): SmallPictures {
  const kept = new Map<string, HTMLCanvasElement>()
  const wanted = new Map<string, { snapshotId: string; vector: VectorSpec }>()
  const arrivals = createStore(0)
  let isDrawing = false

  const keep = (key: string, from: CanvasImageSource, x: number, y: number, side: number): void => {
    const small = document.createElement('canvas')
    small.width = small.height = SIDE
    small.getContext('2d')?.drawImage(from, x, y, side, side, 0, 0, SIDE, SIDE)
    kept.set(key, small)
    const oldest = kept.size > KEPT ? kept.keys().next().value : undefined
    if (oldest !== undefined) kept.delete(oldest)
  }
  const draw = (): void => {
    const batch = [...wanted].slice(0, MOST_AT_ONCE)
    if (batch.length === 0) return void (isDrawing = false)
    const snapshots = [...new Set(batch.map(([, one]) => one.snapshotId))]
    const columns = Math.min(COLUMNS, batch.length)
    const scope = createScope()
    drawOnce(scope, {
      networkId, snapshotIds: () => snapshots, width: columns * SIDE, height: Math.ceil(batch.length / columns) * SIDE,
      parameters: () => ({ mode: 'sheet', columns, sheet: batch.map(([, { vector, snapshotId }]) => ({ vector, snapshot: snapshots.indexOf(snapshotId) })) }),
      onPicture({ bitmap }) {
        batch.forEach(([key], at) => {
          keep(key, bitmap, (at % columns) * SIDE, Math.floor(at / columns) * SIDE, SIDE)
          wanted.delete(key)
        })
        arrivals.set((now) => now + 1)
        setTimeout(draw)
      },
      onRefused() {
        // A vector that cannot be drawn has no picture, and holds up no other one.
        for (const [key] of batch) wanted.delete(key)
        scope.close()
        setTimeout(draw)
      },
    })
  }
  return {
    arrivals,
    find(snapshotId, vector) {
      const key = `${snapshotId} ${JSON.stringify(vector)}`
      const found = kept.get(key)
      if (found) return found
      wanted.set(key, { snapshotId, vector })
      if (!isDrawing) {
        isDrawing = true
        setTimeout(draw, GATHER_MS)
      }
      return null
    },
    take(snapshotId, vector, from) {
      keep(`${snapshotId} ${JSON.stringify(vector)}`, from, 0, 0, from.width)
      arrivals.set((now) => now + 1)
    },
  }
}
