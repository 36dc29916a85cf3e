/** Growth: the same vectors through every snapshot. */
import { useMemo } from 'react'
import { plural } from '../lib/format'
import { address } from '../lib/page'
import { FaultNote, Note, Select } from '../parts/basics'
import { IconButton } from '../parts/Button'
import { ServiceNote } from '../shell/ServiceNote'
import { useAsk } from '../wire/query'
import type { Network, Snapshot } from '../wire/types'
import { GrowthGrid } from './GrowthGrid'
import { isPattern } from './kinds'
import type { Place } from './place'
import { networkQueries } from './queries'
import { useSheets } from './sheets'
import { seedRow, USUAL_VECTORS, usualLabel, vectorTitle, type VectorSpec } from './vectors'

const TILE_PX = 160
const LARGEST_SEED = 1_000_000
/** More would be no grid to look at, and no order that the studio takes. */
const [MOST_PINS, MOST_SNAPSHOTS] = [24, 256]

export interface ShownVector {
  name: string
  vector: VectorSpec
  /** Where the explorer opens it. */
  search: string
}

/** The vectors of the growth grid, by what the place says. */
export function useShownVectors(network: Network, vectors: Place['vectors']): ShownVector[] {
  const pins = useAsk({ ...networkQueries.pins(network.id), enabled: vectors === 'pins' })
  const label = usualLabel(network.snapshots[0]?.num_classes)
  return useMemo(() => {
    if (vectors === 'pins') return (pins.data?.items ?? []).slice(0, MOST_PINS).map((one) => ({ name: one.name, vector: one.vector, search: `pin=${one.id}` }))
    return seedRow(vectors === 'usual' ? 0 : vectors, label).map((vector) => ({ name: vectorTitle(vector), vector, search: `seed=${vector.seed}` }))
  }, [vectors, pins.data, label])
}

/** The picture of each cell: the sheet that the import drew, or one that is asked for. */
export function useGrowthSheets(network: Network, snapshots: readonly Snapshot[], shown: readonly ShownVector[], isUsual: boolean): { of: (one: Snapshot) => string | null; sentence: string | null; fault: Error | null; again: () => void } {
  const hasAll = isUsual && snapshots.every((one) => one.sheet_url)
  const wanted = useMemo(() => ({ vectors: shown.map((one) => one.vector), snapshotIds: snapshots.slice(-MOST_SNAPSHOTS).map((one) => one.id), tile: TILE_PX }), [shown, snapshots])
  const sheets = useSheets(network.id, hasAll ? null : wanted)
  const of = (one: Snapshot): string | null => sheets.of(one)?.url ?? (isUsual ? one.sheet_url : null)
  const sentence = snapshots.map((one) => sheets.of(one)).find((one) => one?.state === 'failed')?.sentence ?? null
  return { of, sentence, fault: sheets.fault, again: sheets.again }
}

interface GrowthProps {
  network: Network
  /** In order. */
  snapshots: readonly Snapshot[]
  chosen: Snapshot | undefined
  place: Place
  go: (part: Partial<Place>) => void
}

export function Growth({ network, snapshots, chosen, place, go }: GrowthProps) {
  const shown = useShownVectors(network, place.vectors)
  const sheets = useGrowthSheets(network, snapshots, shown, place.vectors === 'usual')
  const row = Math.min(place.row, Math.max(0, shown.length - 1))
  const column = Math.max(0, snapshots.findIndex((one) => one.id === chosen?.id))
  const drawn = snapshots.filter((one) => sheets.of(one) !== null).length
  const isMissing = shown.length > 0 && drawn < snapshots.length
  const isOne = snapshots.length === 1
  const open = (cell: { row: number; column: number }): void => window.location.assign(address.explore(network.id, `?snapshot=${snapshots[cell.column]?.id ?? ''}&${shown[cell.row]?.search ?? ''}`))
  return (
    <section aria-label="Growth">
      <div className="row growthhead">
        <h3 className="grow">{isOne ? 'What it draws' : 'The same vectors through every snapshot'}</h3>
        <span className="xs faint num" role="status">{isMissing && !sheets.sentence ? `${drawn} of ${plural(snapshots.length, 'snapshot')} drawn` : ''}</span>
        {!isMissing && !isOne && <span className="xs faint not-phone">{isPattern(network) ? 'From simple to complex' : 'Thousand images seen'}</span>}
        <VectorChoice network={network} vectors={place.vectors} onChoose={(next) => go({ vectors: next, row: 0 })} />
      </div>
      {sheets.fault && <FaultNote fault={sheets.fault} what="The pictures could not be ordered." again={sheets.again} />}
      {sheets.sentence && <FaultNote fault={new Error(sheets.sentence)} what="Not every picture could be drawn." again={sheets.again} />}
      {isMissing && !sheets.sentence && !sheets.fault && <ServiceNote waits="The pictures are drawn as soon as one is." />}
      {shown.length === 0
        ? <Note>This network has no pins yet. Choose other vectors, or pin some in the explorer.</Note>
        : (
          <GrowthGrid networkName={network.name} snapshots={snapshots} vectorNames={shown.map((one) => one.name)} sheetOf={sheets.of} sheetColumns={shown.length}
            chosen={{ row, column }} onChoose={(cell) => go({ snapshot: snapshots[cell.column]?.id ?? null, row: cell.row })} onOpen={open} />
        )}
    </section>
  )
}

export function VectorChoice({ network, vectors, onChoose }: { network: Network; vectors: Place['vectors']; onChoose: (vectors: Place['vectors']) => void }) {
  const dice = (): void => onChoose(Math.floor(Math.random() * LARGEST_SEED))
  const isSeeds = typeof vectors === 'number'
  return (
    <span className="row tight">
      <Select small aria-label="Vectors" value={String(vectors)} onChange={(value) => (value === 'dice' ? dice() : onChoose(value === 'usual' || value === 'pins' ? value : Number(value)))} choices={[
        { value: 'usual', label: `${USUAL_VECTORS} vectors, seeds 0 to 7` },
        ...(isSeeds ? [{ value: String(vectors), label: `Seeds ${vectors} to ${vectors + USUAL_VECTORS - 1}` }] : []),
        { value: 'dice', label: isSeeds ? 'Other seeds again' : 'Other seeds' },
        ...(network.pins > 0 || vectors === 'pins' ? [{ value: 'pins', label: `The ${network.pins === 1 ? 'pin' : `${Math.min(MOST_PINS, network.pins)} pins`}` }] : []),
      ]} />
      <IconButton small icon="dice" label="Other vectors" onClick={dice} />
    </span>
  )
}
