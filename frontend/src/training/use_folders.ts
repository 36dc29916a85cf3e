/** Folders that are being packed, to be sent as a zip by the same way as any other. */
import { newId } from '../lib/new_id'
import { useMemo, useRef, useState } from 'react'
import type { Folder } from '../lib/folders'
import { storedZip } from '../lib/stored_zip'
import { sentenceOf } from '../wire/api'
import { trainingKind } from '../wire/kinds'
import { addFiles, type UploadKind } from '../wire/uploads'
import { leftWords, pickPictures } from './folder'

export interface Packing {
  id: string
  name: string
  done: number
  /** Pictures, and dataset.json where there is one. */
  total: number
  /** What was left out, once it is packed. */
  told: string | null
  /** Why it was not packed. */
  error: string | null
}

export interface Folders {
  kind: UploadKind
  rows: readonly Packing[]
  /** Stops one, or takes what is said about it away. */
  drop: (id: string) => void
}

export function useFolders(): Folders {
  const [rows, setRows] = useState<readonly Packing[]>([])
  const stops = useRef(new Map<string, AbortController>())
  const kind = useMemo(() => {
    const change = (id: string, part: Partial<Packing>): void => setRows((now) => now.map((row) => (row.id === id ? { ...row, ...part } : row)))
    const pack = async (folder: Folder): Promise<void> => {
      const picked = pickPictures(folder)
      const row: Packing = { id: newId(), name: folder.name, done: 0, total: picked.files.length, told: null, error: null }
      const stop = new AbortController()
      stops.current.set(row.id, stop)
      setRows((now) => [...now, row])
      if (picked.pictures === 0) return change(row.id, { error: `“${folder.name}” holds no pictures. Choose a folder of PNG, JPEG, WebP or BMP files.` })
      try {
        const zip = await storedZip(picked.name, picked.files, (done) => change(row.id, { done }), stop.signal)
        addFiles([zip], trainingKind())
        const told = leftWords(picked.left)
        if (told) change(row.id, { told })
        else setRows((now) => now.filter((one) => one.id !== row.id))
      } catch (fault) {
        if (!stop.signal.aborted) change(row.id, { error: `“${folder.name}” could not be packed. ${sentenceOf(fault)}` })
      }
    }
    return trainingKind((folder) => void pack(folder))
  }, [])
  const drop = (id: string): void => {
    stops.current.get(id)?.abort()
    setRows((now) => now.filter((row) => row.id !== id))
  }
  return { kind, rows, drop }
}
