/** Wire: what the studio's API says about networks beyond types.ts. */
import type { components } from '../wire/schema'
import type { Look, VectorSpec } from './vectors'

type Schemas = components['schemas']

/** What becomes, or became, of one file that was sent. Its row stays until it is dismissed, a refused file does not. */
export type Import = Schemas['SnapshotImportOut']

export type Pin = Omit<Schemas['PinOut'], 'vector' | 'look'> & { vector: VectorSpec; look: Look }

/** Work that a render service does once for each order. */
export type OrderState = Schemas['SheetOut']['state']

export type Method = Schemas['DirectionsIn']['method']
export type Directions = Schemas['DirectionsOut']

/** One drawing of several vectors by one snapshot, side by side. */
export type SheetItem = Schemas['SheetOut']
export type Sheets = Schemas['SheetsOut']

export type SnapshotExport = Schemas['SnapshotExportOut']
export type ExportForm = SnapshotExport['form']
