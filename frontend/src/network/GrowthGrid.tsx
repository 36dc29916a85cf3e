import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import { Button } from '../parts/Button'
import type { Snapshot } from '../wire/types'
import { columnHead, columnsFor, moved, movedLying, pickedWith, snapshotTitle, type Cell } from './growth'
import { Sprite } from './Sprite'

const [LEAST_PX, GAP_PX] = [84, 4]

interface GridProps {
  networkName: string
  /** In order. */
  snapshots: readonly Snapshot[]
  /** Names of the vectors, one for each row. */
  vectorNames: readonly string[]
  /** The sheet of a snapshot, and how many tiles stand in a row of it. */
  sheetOf: (snapshot: Snapshot) => string | null
  sheetColumns: number
  chosen: Cell
  onChoose: (cell: Cell) => void
  onOpen: (cell: Cell) => void
}

/** Rows are vectors, columns are snapshots. One stop of the Tab key; arrows move the chosen cell, Enter opens it. */
export function GrowthGrid(props: GridProps) {
  const { snapshots, vectorNames, chosen, onChoose, onOpen } = props
  const isLying = snapshots.length === 1
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const [isWhole, setWhole] = useState(false)
  const most = columnsFor(width || 968, LEAST_PX, GAP_PX)
  const shown = isWhole ? [...snapshots] : pickedWith(snapshots, most, chosen.column)
  const id = useId()
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') onOpen(chosen)
    else {
      const at = shown.findIndex((one) => one === snapshots[chosen.column])
      const next = (isLying ? movedLying : moved)({ column: Math.max(0, at), row: chosen.row }, event.key, { columns: shown.length, rows: vectorNames.length })
      if (!next) return
      onChoose({ column: snapshots.indexOf(shown[next.column]!), row: next.row })
    }
    event.preventDefault()
  }
  const cell = (one: Snapshot, row: number) => {
    const column = snapshots.indexOf(one)
    const isOn = chosen.row === row && chosen.column === column
    return (
      <div key={`${one.id}-${row}`} id={`${id}-${row}-${column}`} role="gridcell" aria-selected={isOn} aria-label={`${snapshotTitle(one, props.networkName)}, ${vectorNames[row]}`} className={isOn ? 'tile on' : 'tile'}
        title={isLying ? vectorNames[row] : undefined} onClick={() => onChoose({ column, row })} onDoubleClick={() => onOpen({ column, row })}>
        <Sprite sheet={props.sheetOf(one)} columns={props.sheetColumns} at={row} name="" />
      </div>
    )
  }
  const [only] = snapshots
  const columns = isLying ? 'repeat(auto-fill, minmax(112px, 1fr))' : `repeat(${shown.length}, minmax(${LEAST_PX}px, 1fr))`
  return (
    <div ref={box}>
      <div className="growthgrid" role="grid" tabIndex={0} aria-label="Growth" aria-rowcount={isLying ? 1 : vectorNames.length} aria-colcount={isLying ? vectorNames.length : snapshots.length} aria-activedescendant={`${id}-${chosen.row}-${chosen.column}`} onKeyDown={press}
        style={{ gridTemplateColumns: columns, maxWidth: isLying ? undefined : shown.length * 136 }}>
        {isLying && only ? <div role="row" className="growthrow">{vectorNames.map((_, row) => cell(only, row))}</div> : (
          <>
            <div role="row" className="growthrow">
              {shown.map((one) => <Head key={one.id} snapshot={one} networkName={props.networkName} isOn={one === snapshots[chosen.column]} />)}
            </div>
            {vectorNames.map((_, row) => <div role="row" className="growthrow" key={row}>{shown.map((one) => cell(one, row))}</div>)}
          </>
        )}
      </div>
      {snapshots.length > most && (
        <div className="row xs faint growthmore">
          <span className="num grow">{isWhole ? `All ${snapshots.length} snapshots` : `${shown.length} of ${snapshots.length} snapshots`}</span>
          <Button small kind="quiet" onClick={() => setWhole(!isWhole)}>{isWhole ? 'Show as many as fit' : 'Show all'}</Button>
        </div>
      )}
    </div>
  )
}

function Head({ snapshot, networkName, isOn }: { snapshot: Snapshot; networkName: string; isOn: boolean }) {
  return <div role="columnheader" className={isOn ? 'xs num strong clip' : 'xs num faint clip'} title={snapshot.name}>{columnHead(snapshot, networkName)}</div>
}

/** The width of the box, px; 0 before it is known. */
function useWidth(box: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    if (!box.current) return
    const observer = new ResizeObserver(([seen]) => setWidth(Math.round(seen?.contentRect.width ?? 0)))
    observer.observe(box.current)
    setWidth(Math.round(box.current.getBoundingClientRect().width))
    return () => observer.disconnect()
  }, [box])
  return width
}
