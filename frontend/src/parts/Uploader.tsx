/** Uploader: drop anywhere on the page, one row per file, refused files stay with the reason until dismissed. */
import { useEffect, useRef, type ReactNode } from 'react'
import { chosenFolder, type Dropped } from '../lib/folders'
import { count, fileSize, sentOf, timeLeft } from '../lib/format'
import { useStore } from '../lib/store'
import { addFiles, goOn, kindFor, onArrival, pauseUpload, refusalOf, removeUpload, takeUpAgain, uploads, type UploadKind, type UploadRow } from '../wire/uploads'
import { Note } from './basics'
import { Button, IconButton } from './Button'
import { DropPlace } from './DropPlace'
import { Bar } from './Progress'
import { toastFault } from './toasts'

/** A drop of more files than this is told in one line at the end. */
const MOST_ROWS = 8

/** Opens the system's file chooser; with `folder` the one for a whole folder. */
export function useFileChooser(kind: UploadKind, folder = false): () => void {
  const latest = useRef(kind)
  useEffect(() => {
    latest.current = kind
  })
  return () => {
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = true
    input.accept = [latest.current, ...(latest.current.others ?? [])].flatMap((one) => one.endings).join(',')
    input.webkitdirectory = folder
    input.onchange = () => {
      const files = [...(input.files ?? [])]
      take(folder ? { files: [], folders: [chosenFolder(files)] } : { files, folders: [] }, latest.current)
    }
    input.click()
  }
}

/** What was dropped or chosen: folders as a whole where the kind takes them so, else what fits of their files. */
function take({ files, folders }: Dropped, kind: UploadKind): void {
  folders.forEach((one) => kind.onFolder?.(one))
  const inside = kind.onFolder ? [] : folders.flatMap((one) => one.files.map(({ file }) => file)).filter((file) => refusalOf(file, kindFor(file, kind)) === null)
  if (files.length + inside.length > 0) addFiles([...files, ...inside], kind)
}

/** Makes the whole page a place to drop files on, while `kind` is given. */
export function DropAnywhere({ kind, title, children }: { kind: UploadKind | null; title: string; children?: ReactNode }) {
  return <DropPlace isOn={kind !== null} title={title} onDrop={(dropped) => kind && take(dropped, kind)}>{children}</DropPlace>
}

/** The rows of one kind. `onArrived` is called as each file has arrived. */
export function UploadRows({ kind, onArrived, most = MOST_ROWS, wait = 0 }: { kind: UploadKind; onArrived?: (row: UploadRow) => void; most?: number; wait?: number }) {
  const kinds = [kind, ...(kind.others ?? [])].map((one) => one.kind)
  const rows = useStore(uploads).filter((row) => kinds.includes(row.kind) && row.state !== 'done')
  const latest = useRef(onArrived)
  useEffect(() => {
    latest.current = onArrived
  })
  const names = kinds.join()
  useEffect(() => onArrival((row) => names.split(',').includes(row.kind) && latest.current?.(row)), [names])
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const one of [kind, ...(kind.others ?? [])]) void takeUpAgain(one)
    }, wait)
    return () => clearTimeout(timer)
    // Once for each place that files go to.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [kind.kind, kind.project])
  if (rows.length === 0) return null
  // What moves or failed stands first; what only waits is counted.
  const shown = rows.length <= most ? rows : [...rows.filter((row) => row.state !== 'waiting'), ...rows.filter((row) => row.state === 'waiting')].slice(0, most)
  const rest = rows.filter((row) => !shown.includes(row))
  return (
    <section className="card uploads" aria-label="Uploads">
      {shown.map((row) => <Row key={row.id} row={row} />)}
      {rest.length > 0 && <Rest rows={rest} />}
    </section>
  )
}

/** The many of a large drop, in one line. */
function Rest({ rows }: { rows: readonly UploadRow[] }) {
  const refused = rows.filter((row) => row.state === 'refused')
  const drop = (): void => rows.forEach((row) => void removeUpload(row.id).catch((fault: unknown) => toastFault(fault)))
  return (
    <div className="upload row xs">
      <span className="grow soft num">And {count(rows.length)} more, {fileSize(rows.reduce((sum, row) => sum + row.size, 0))}{refused.length > 0 ? `; ${count(refused.length)} refused` : ''}</span>
      <Button small kind="quiet" onClick={drop}>Remove these</Button>
    </div>
  )
}

function words(row: UploadRow): { text: string; className: string } {
  switch (row.state) {
    case 'waiting':
      return { text: 'Waiting its turn', className: 'soft' }
    case 'offline':
      return { text: 'Waiting for the network', className: 'warn' }
    case 'paused':
      return { text: `Paused at ${sentOf(row.sent, row.size)}`, className: 'soft' }
    case 'checking':
      return { text: 'Looking at the file', className: 'soft' }
    case 'refused':
      return { text: row.error, className: 'danger' }
    case 'missing':
      return { text: row.error, className: 'warn' }
    case 'done':
      return { text: 'Sent', className: 'soft' }
    case 'sending':
      return { text: sentOf(row.sent, row.size) + (row.secondsLeft === null ? '' : `, ${timeLeft(row.secondsLeft)}`), className: 'soft' }
  }
}

function Row({ row }: { row: UploadRow }) {
  const { text, className } = words(row)
  const drop = (): void => void removeUpload(row.id).catch((fault: unknown) => toastFault(fault))
  return (
    <div className="upload" role="group" aria-label={row.name}>
      <div className="row xs">
        <span className="grow clip strong" title={row.name}>{row.name}</span>
        <span className={`num told ${className}`} role={row.state === 'refused' ? 'alert' : undefined}>{text}</span>
        {row.state === 'sending' && <Button small kind="quiet" onClick={() => pauseUpload(row.id)}>Pause</Button>}
        {row.state === 'paused' && <Button small kind="quiet" onClick={() => goOn(row.id)}>Go on</Button>}
        <IconButton small icon="close" label={row.state === 'refused' ? 'Dismiss' : `Remove ${row.name}`} onClick={drop} />
      </div>
      {(row.state === 'sending' || row.state === 'paused' || row.state === 'offline') && <Bar share={row.sent / row.size} label={`${row.name} sent`} />}
      {row.state === 'checking' && <Bar share={null} label={`${row.name} is looked at`} />}
    </div>
  )
}

/** The large dashed place of an empty page. */
export function DropCard({ title, children, choose, reason }: { title: string; children: ReactNode; choose: () => void; reason?: string | null }) {
  if (reason) return <Note>{reason}</Note>
  return (
    <div className="dropcard">
      <div className="grow">
        <div className="bold">{title}</div>
        <div className="soft">{children}</div>
      </div>
      <Button kind="primary" onClick={choose}>Choose files</Button>
    </div>
  )
}
