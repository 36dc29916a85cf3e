/** Photos on their way: dropped on the list they ask which dataset they belong to, dropped on a dataset they go there. */
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { plural } from '../../lib/format'
import { mayEdit, projectId } from '../../lib/page'
import { useStore } from '../../lib/store'
import type { Dataset } from '../../library/wire'
import { ChoiceField } from '../../parts/basics'
import { FormDialog } from '../../parts/Dialog'
import { DropAnywhere, UploadRows, useFileChooser } from '../../parts/Uploader'
import { toast, toastFault } from '../../parts/toasts'
import { portraitKind } from '../../wire/kinds'
import { refresh } from '../../wire/query'
import { addFiles, uploads, type UploadKind } from '../../wire/uploads'
import { Imports } from '../networks/Imports'
import { Archives } from './Archives'
import { freeName, makeDataset } from './make_dataset'

interface Drop {
  kind: UploadKind
  choose: () => void
  zone: ReactNode
}

/** On the list of datasets: photos are taken anywhere; where they go is asked once. */
export function usePortraitDrop(datasets: readonly Dataset[] | undefined): Drop {
  const [files, setFiles] = useState<readonly File[]>([])
  // Not a dataset's: `taken` below sends the files on.
  const kind = useMemo(() => ({ ...portraitKind(''), onFiles: (some: readonly File[]) => setFiles(some) }), [])
  const choose = useFileChooser(kind)
  const zone = (
    <>
      <DropAnywhere kind={mayEdit() ? kind : null} title="Drop photos, folders or a zip">You choose their dataset next.</DropAnywhere>
      {files.length > 0 && <WhereTo files={files} datasets={datasets ?? []} onClose={() => setFiles([])} />}
    </>
  )
  return { kind, choose, zone }
}

const NEW = 'new'

function WhereTo({ files, datasets, onClose }: { files: readonly File[]; datasets: readonly Dataset[]; onClose: () => void }) {
  const name = freeName(datasets.map((one) => one.name))
  const [chosen, setChosen] = useState(datasets.at(-1)?.id ?? NEW)
  const [isBusy, setBusy] = useState(false)
  const send = async (): Promise<void> => {
    setBusy(true)
    try {
      const id = chosen === NEW ? (await makeDataset(projectId(), name)).id : chosen
      addFiles(files, portraitKind(id))
      onClose()
    } catch (fault) {
      toastFault(fault, 'The photos were not sent.')
      setBusy(false)
    }
  }
  const choices = [...datasets.map((one) => ({ value: one.id, label: one.name })), { value: NEW, label: `A new one: ${name}` }]
  return (
    <FormDialog title={`Where do ${plural(files.length, 'file')} belong?`} act="Add them" isOpen isBusy={isBusy} onSend={() => void send()} onClose={onClose}>
      <ChoiceField label="Dataset" value={chosen} choices={choices} onChange={setChosen} hint="The same picture is kept once in a dataset." />
    </FormDialog>
  )
}

const MOVING = ['waiting', 'sending', 'offline', 'checking']

/** The rows, what the worker reads of archives, and at the end one sentence on all of it. */
export function PortraitUploads({ kind, dataset }: { kind: UploadKind; dataset?: string }) {
  const rows = useStore(uploads).filter((row) => row.kind.startsWith('portrait'))
  const moving = rows.filter((row) => MOVING.includes(row.state)).length
  const told = useRef(new Set<string>())
  useEffect(() => {
    if (moving > 0) return
    const done = rows.filter((row) => row.state === 'done' && row.kind === 'portrait' && !told.current.has(row.id))
    if (done.length === 0) return
    for (const row of done) told.current.add(row.id)
    const known = done.filter((row) => row.isKnown).length
    const sent = done.length - known
    toast(sent === 0 ? `All ${plural(known, 'photo')} were here already.` : `${plural(sent, 'photo')} arrived.`, sent > 0 && known > 0 ? { more: `${plural(known, 'photo')} were here already.` } : {})
    void refresh('datasets')
  }, [moving, rows])
  if (!mayEdit()) return null
  return (
    <>
      <UploadRows kind={kind} most={3} wait={1500} onArrived={(row) => row.kind === 'portraits_archive' && void refresh('jobs')} />
      <Imports kinds={['import_portraits']} {...(dataset ? { subject: `dataset:${dataset}` } : {})} />
      {dataset && <Archives dataset={dataset} />}
    </>
  )
}
