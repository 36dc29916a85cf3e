/** A sheet of pictures, drawn as one, with a button over each: arrows move from one to the next. */
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react'
import type { VectorSpec } from '../network/vectors'
import { useExplored, useExplorer } from './use_explorer'
import { useDrawn } from './use_drawn'

interface TileSheetProps {
  label: string
  vectors: VectorSpec[]
  columns: number
  chosen: number
  nameOf: (at: number) => string
  corner?: (at: number) => ReactNode
  mark?: (at: number) => ReactNode
  onChoose: (at: number, isKept: boolean) => void
  /** The arrows lead beyond the sheet. */
  onBeyond?: (step: 1 | -1) => void
}

export function TileSheet({ label, vectors, columns, chosen, nameOf, corner, mark, onChoose, onBeyond }: TileSheetProps) {
  const { network } = useExplorer()
  const { snapshotId } = useExplored()
  const tile = window.devicePixelRatio > 1.2 ? 160 : 96
  const rows = Math.ceil(vectors.length / columns)
  const drawn = useDrawn({
    networkId: network.id, snapshotIds: [snapshotId], width: columns * tile, height: rows * tile,
    parameters: { mode: 'sheet', sheet: vectors.map((vector) => ({ vector, snapshot: 0 })), columns },
  })
  const grid = useRef<HTMLDivElement>(null)
  const hasFocus = useRef(false)
  useEffect(() => {
    if (hasFocus.current) grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus()
  }, [chosen])
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const here = chosen < 0 ? 0 : chosen
    const next = here + step
    if (next >= 0 && next < vectors.length) onChoose(next, event.shiftKey)
    else onBeyond?.(step > 0 ? 1 : -1)
  }
  return (
    <div className={drawn.isFresh ? 'tilesheet' : 'tilesheet stale'} data-sheet={label} data-fresh={drawn.isFresh} style={{ aspectRatio: `${columns} / ${rows}` }}>
      <canvas ref={drawn.canvas} className={drawn.isShown ? '' : 'unshown'} aria-hidden="true" />
      <div ref={grid} className="tilebuttons" role="group" data-arrows aria-label={label} style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }} onKeyDown={press}
        onFocus={() => (hasFocus.current = true)} onBlur={() => (hasFocus.current = false)}>
        {vectors.map((_, at) => (
          <button
            key={at} type="button" className={at === chosen ? 'tile on' : 'tile'} aria-pressed={at === chosen} aria-label={nameOf(at)}
            tabIndex={at === (chosen < 0 ? 0 : chosen) ? 0 : -1} onClick={(event) => onChoose(at, event.shiftKey)}
          >
            {corner && <span className="corner bl num">{corner(at)}</span>}
            {mark?.(at)}
          </button>
        ))}
        {/* The sheet is black where its last row has no picture. */}
        {Array.from({ length: rows * columns - vectors.length }, (_, at) => <i key={at} className="notile" />)}
      </div>
      {drawn.sentence && <p className="xs soft sheet-fault">{drawn.sentence}</p>}
    </div>
  )
}
