/** Folders on their way into a zip: how far each is, what was left out, why one was not packed. */
import { count } from '../lib/format'
import { Note } from '../parts/basics'
import { IconButton } from '../parts/Button'
import { Bar } from '../parts/Progress'
import type { Packing } from './use_folders'

export function FolderRows({ rows, drop }: { rows: readonly Packing[]; drop: (id: string) => void }) {
  const ended = rows.filter((row) => row.told ?? row.error)
  const going = rows.filter((row) => !ended.includes(row))
  return (
    <>
      {ended.length > 0 && <div className="col coming">{ended.map((row) => <Note key={row.id} mood={row.error ? 'danger' : 'info'} action={<IconButton small icon="close" label="Dismiss" onClick={() => drop(row.id)} />}>{row.error ?? `“${row.name}”: ${row.told}`}</Note>)}</div>}
      {going.length > 0 && <section className="card uploads" aria-label="Folders">{going.map((row) => <Going key={row.id} row={row} drop={drop} />)}</section>}
    </>
  )
}

function Going({ row, drop }: { row: Packing; drop: (id: string) => void }) {
  return (
    <div className="upload" role="group" aria-label={row.name}>
      <div className="row xs">
        <span className="grow clip strong" title={row.name}>{row.name}</span>
        <span className="num told soft">Packing, {count(row.done)} of {count(row.total)} files</span>
        <IconButton small icon="close" label={`Remove ${row.name}`} onClick={() => drop(row.id)} />
      </div>
      <Bar share={row.done / row.total} label={`${row.name} packed`} />
    </div>
  )
}
